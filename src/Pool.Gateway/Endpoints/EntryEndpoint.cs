using System.Text.RegularExpressions;
using Google.Api;
using Grpc.Core;
using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Gateway.Requests;
using Pool.Gateway.Resources;
using Pool.Hosting;
using Pool.Ledgers;
using Pool.V1;
using Pool.Views;
using StatementLine = Pool.Ledgers.StatementLine;

namespace Pool.Gateway.Endpoints;

internal sealed partial class EntryEndpoint(IGrainFactory grains, Lists lists) : EntryService.EntryServiceBase
{
    /// <summary>The most lines of an exported statement.</summary>
    private const int MostLines = 100_000;

    private const int LinesAtOnce = 1_000;

    private static readonly FilterField[] FilterFields =
    [
        FilterField.Enum<Ledgers.Book>("book", ViewColumns.Book, EntriesReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.EnumDescriptor>("Book")),
        FilterField.Code("community", ViewColumns.Community),
        FilterField.Code("giver", ViewColumns.Giver),
    ];

    public override async Task<Entry> GetEntry(GetEntryRequest request, ServerCallContext context)
    {
        var name = ResourceNames.Entry("name", request.Name);
        return EntryResource.Write((await grains.Ledger(name.Street).Entry(name.Number).For(context)).Value);
    }

    public override async Task<ListEntriesResponse> ListEntries(ListEntriesRequest request, ServerCallContext context)
    {
        var street = ResourceNames.Ledger("parent", request.Parent);
        var list = new ListRequest(
            "entries", request.PageSize, request.PageToken, request.MinPosition, Lists.Under([street.Text], ViewColumns.Street).Concat(Filters.Read(request.Filter, FilterFields)));
        var (items, next) = await lists.Read<ListedEntry>(list, context);
        return new() { Entries = { items.Select(item => EntryResource.Write(item.Value)) }, NextPageToken = next };
    }

    public override async Task<ListStatementLinesResponse> ListStatementLines(ListStatementLinesRequest request, ServerCallContext context)
    {
        var conditions = Statement(request.Parent, request.Month);
        var (items, next) = await lists.Read<StatementLine>(new("lines", request.PageSize, request.PageToken, request.MinPosition, conditions), context);
        return new() { Lines = { items.Select(item => EntryResource.Write(item.Value)) }, NextPageToken = next };
    }

    public override async Task<HttpBody> ExportStatement(ExportStatementRequest request, ServerCallContext context)
    {
        var conditions = Statement(request.Parent, request.Month);
        using var table = new StatementTable(Languages.Of(context.GetHttpContext().Request));
        var (lines, token) = (0, "");
        do
        {
            var (items, next) = await lists.Read<StatementLine>(new("lines", LinesAtOnce, token, request.MinPosition, conditions), context);
            foreach (var item in items)
            {
                table.Add(item.Value);
            }

            (lines, token) = (lines + items.Count, next);
            if (lines >= MostLines && token.Length > 0)
            {
                throw new RefusedException(RefusalReason.ValueOutOfRange, "month", $"1..{MostLines} lines");
            }
        }
        while (token.Length > 0);
        return new() { ContentType = StatementTable.ContentType, Data = table.Finish() };
    }

    /// <summary>What narrows a statement: an account, a month, or both.</summary>
    private static List<ListCondition> Statement(string parent, string month)
    {
        var (street, account) = ResourceNames.Accounts("parent", parent);
        if (account is null && month.Length == 0)
        {
            throw new RefusedException(RefusalReason.FieldRequired, "month");
        }

        if (month.Length > 0 && !MonthForm().IsMatch(month))
        {
            throw new RefusedException(RefusalReason.FieldInvalid, "month", "YYYY-MM");
        }

        var conditions = new List<ListCondition>();
        if (account is { } one)
        {
            conditions.Add(new(ViewColumns.Account, ListedAccount.Key(street, one)));
        }

        if (month.Length > 0)
        {
            conditions.Add(new(ViewColumns.Month, StatementLine.MonthKey(street, month)));
        }

        return conditions;
    }

    [GeneratedRegex(@"^[0-9]{4}-(0[1-9]|1[0-2])\z")]
    private static partial Regex MonthForm();
}
