using Grpc.Core;
using Pool.Actors;
using Pool.Gateway.Availability;
using Pool.Gateway.Errors;
using Pool.Hosting;
using Pool.Views;

namespace Pool.Gateway.Requests;

/// <summary>What every list request says, whatever it lists.</summary>
internal sealed record ListRequest(string List, int PageSize, string PageToken, long MinPosition, IEnumerable<ListCondition> Conditions);

/// <summary>Reads pages of the views.</summary>
internal sealed class Lists(IGrainFactory grains, PageTokens tokens)
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1_000;

    /// <summary>The conditions that the parent of a list makes: its parts by column, those that are "-" left out.</summary>
    public static IEnumerable<ListCondition> Under(string?[] parent, params string[] columns) =>
        columns.Zip(parent).Where(pair => pair.Second is not null).Select(pair => new ListCondition(pair.First, pair.Second!));

    /// <summary>Those of some rows that there are, by their keys.</summary>
    public Task<IReadOnlyDictionary<string, T>> Find<T>(IEnumerable<string> keys, long minPosition, ServerCallContext context) where T : class =>
        Admission.Wait(grains.Views().Find<T>([.. keys], minPosition), context);

    /// <summary>One page, and the token of the next ("" at the end).</summary>
    public async Task<(IReadOnlyList<ListItem<T>> Items, string NextPageToken)> Read<T>(ListRequest request, ServerCallContext context) where T : class
    {
        if (request.PageSize is < 0 or > LargestPage)
        {
            throw new RefusedException(RefusalReason.ValueOutOfRange, "page_size", $"0..{LargestPage}");
        }

        var conditions = request.Conditions.ToList();
        var list = $"{request.List}?{string.Join('&', conditions.Select(condition => $"{condition.Column}={condition.Value}"))}";
        var query = new ListQuery(
            [.. conditions], tokens.Read(list, request.PageToken), request.PageSize == 0 ? DefaultPage : request.PageSize, request.MinPosition);
        var page = await Admission.Wait(grains.Views().List<T>(query), context);
        return (page.Items, page.More ? tokens.Write(list, page.Items[^1].Place) : "");
    }
}
