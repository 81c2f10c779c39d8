using Google.Protobuf.Reflection;
using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Views;

namespace Pool.Gateway.Requests;

/// <summary>A field by which a list can be filtered: its column, and how a value of the filter reads there (null: not a value).</summary>
internal sealed record FilterField(string Name, string Column, Func<string, string?> Read)
{
    /// <summary>An enum's value by its proto name; the tables keep the domain's name, which has the same number.</summary>
    public static FilterField Enum<TDomain>(string name, string column, EnumDescriptor values) where TDomain : struct, System.Enum =>
        new(name, column, text => values.FindValueByName(text) is { Number: > 0 } value ? $"{(TDomain)(object)value.Number}" : null);

    public static FilterField Bool(string name, string column) =>
        new(name, column, text => bool.TryParse(text, out var value) ? $"{value}" : null);

    /// <summary>A code, or a resource name that ends in it.</summary>
    public static FilterField Code(string name, string column) => new(name, column, text => text[(text.LastIndexOf('/') + 1)..]);
}

/// <summary>The part of AIP-160 that lists need: <c>field = value</c>, joined by <c>AND</c>; a value may stand in double quotes.</summary>
internal static class Filters
{
    public static IEnumerable<ListCondition> Read(string filter, params FilterField[] fields)
    {
        if (string.IsNullOrWhiteSpace(filter))
        {
            yield break;
        }

        foreach (var term in filter.Split(" AND ", StringSplitOptions.TrimEntries))
        {
            var sides = term.Split('=', 2, StringSplitOptions.TrimEntries);
            var field = sides.Length == 2 ? fields.FirstOrDefault(known => known.Name == sides[0]) : null;
            var value = sides.Length == 2 ? sides[1].Trim('"') : "";
            if (field is null || value.Length == 0 || field.Read(value) is not { } read)
            {
                var known = fields.Length == 0 ? "this list has no filter" : $"'{term}'; fields are {string.Join(", ", fields.Select(f => f.Name))}";
                throw new RefusedException(RefusalReason.FilterInvalid, "filter", known);
            }

            yield return new(field.Column, read);
        }
    }
}
