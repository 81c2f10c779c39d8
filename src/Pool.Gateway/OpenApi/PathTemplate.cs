using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Pool.Gateway.OpenApi;

/// <summary>What a request field takes from the path.</summary>
/// <param name="Field">The field, dotted where it is nested: <c>partner.name</c>.</param>
/// <param name="Pattern">Its value: <c>streets/{street}</c>.</param>
/// <param name="Parameters">The parameters of the pattern: <c>street</c>.</param>
internal sealed record PathVariable(string Field, string Pattern, ImmutableArray<string> Parameters);

/// <summary>The path of an HTTP annotation as OpenAPI writes it: a parameter stands for one segment, never for several.</summary>
internal sealed partial record PathTemplate(string Path, ImmutableArray<PathVariable> Variables)
{
    /// <summary>Reads a template such as <c>/v1/{name=streets/*}:setTreaty</c>.</summary>
    public static PathTemplate Parse(string template)
    {
        var variables = ImmutableArray.CreateBuilder<PathVariable>();
        var path = Variable().Replace(template, match =>
        {
            variables.Add(Expand(match.Groups["field"].Value, match.Groups["segments"] is { Success: true } given ? given.Value : "*"));
            return variables[^1].Pattern;
        });
        return new(path, variables.ToImmutable());
    }

    private static PathVariable Expand(string field, string template)
    {
        var parameters = ImmutableArray.CreateBuilder<string>();
        var segments = template.Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i] is "*" or "**")
            {
                parameters.Add(i > 0 ? Singular(segments[i - 1]) : field);
                segments[i] = $"{{{parameters[^1]}}}";
            }
        }
        return new(field, string.Join('/', segments), parameters.ToImmutable());
    }

    private static string Singular(string collection) =>
        collection.EndsWith("ies", StringComparison.Ordinal) ? $"{collection[..^3]}y"
        : collection.EndsWith('s') ? collection[..^1]
        : collection;

    [GeneratedRegex(@"\{(?<field>[\w.]+)(=(?<segments>[^}]+))?\}")]
    private static partial Regex Variable();
}
