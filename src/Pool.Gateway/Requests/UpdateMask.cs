using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Pool.Actors;
using Pool.Gateway.Errors;

namespace Pool.Gateway.Requests;

/// <summary>Which fields an update changes (AIP-134): those of the mask, or all of them when it is empty.</summary>
internal sealed class UpdateMask
{
    private static readonly JsonNamingPolicy SnakeCase = JsonNamingPolicy.SnakeCaseLower;

    private readonly HashSet<string> _paths;

    public UpdateMask(FieldMask? mask, params string[] updatable)
    {
        // A mask in a query string arrives as it was written there: JSON clients write displayName.
        var paths = mask?.Paths.Select(path => SnakeCase.ConvertName(path)).ToList() ?? [];
        if (paths.FirstOrDefault(path => !updatable.Contains(path)) is { } unknown)
        {
            throw new RefusedException(RefusalReason.FieldInvalid, "update_mask", $"{unknown} cannot be updated");
        }

        _paths = paths.Count == 0 ? [.. updatable] : [.. paths];
    }

    public bool Has(string path) => _paths.Contains(path);

    /// <summary>The value when its field is changed, else null.</summary>
    public T? Value<T>(string path, Func<T> read) where T : struct => Has(path) ? read() : null;

    public string? Text(string path, string value) => Has(path) ? value : null;
}
