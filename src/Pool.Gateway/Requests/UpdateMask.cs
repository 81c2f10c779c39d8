using System.Collections;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Pool.Actors;
using Pool.Gateway.Errors;

namespace Pool.Gateway.Requests;

/// <summary>
/// Which fields an update changes (AIP-134): those of the mask, all of them under "*", and without a mask those that
/// the request fills in, so that what a client leaves out stays as it is.
/// </summary>
internal sealed class UpdateMask
{
    private const string All = "*";

    private static readonly JsonNamingPolicy SnakeCase = JsonNamingPolicy.SnakeCaseLower;

    private readonly HashSet<string> _paths;

    /// <exception cref="RefusedException">The mask names a field that cannot be updated.</exception>
    public UpdateMask(FieldMask? mask, IMessage resource, params string[] updatable)
    {
        // A mask in a query string arrives as it was written there: JSON clients write displayName.
        var paths = mask?.Paths.Select(path => path == All ? All : SnakeCase.ConvertName(path)).ToList() ?? [];
        if (paths.FirstOrDefault(path => path != All && !updatable.Contains(path)) is { } unknown)
        {
            throw new RefusedException(RefusalReason.FieldInvalid, "update_mask", $"{unknown} cannot be updated");
        }

        _paths = paths.Contains(All) ? [.. updatable] : paths.Count > 0 ? [.. paths] : [.. updatable.Where(path => IsFilled(resource, path))];
    }

    public bool Has(string path) => _paths.Contains(path);

    /// <summary>The value when its field is changed, else null.</summary>
    public T? Value<T>(string path, Func<T> read) where T : struct => Has(path) ? read() : null;

    public string? Text(string path, string value) => Has(path) ? value : null;

    /// <summary>Whether a field stands on the wire: proto3 leaves out what has its type's default.</summary>
    private static bool IsFilled(IMessage resource, string path) => resource.Descriptor.FindFieldByName(path).Accessor.GetValue(resource) switch
    {
        null or "" or 0 or 0L or false => false,
        System.Enum value => Convert.ToInt32(value, null) != 0,
        ICollection items => items.Count > 0,
        _ => true,
    };
}
