using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Pool.Benchmarks;

/// <summary>Numbers of the command line, each with the least and the most that it may be.</summary>
internal static class Numbers
{
    public static Option<int> Option(string name, string description, int standard, int least = 1, int most = int.MaxValue) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => standard,
        Validators = { parsed => Check(parsed, name, least, most) },
    };

    public static Argument<int> Argument(string name, string description, int standard, int least = 1, int most = int.MaxValue) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => standard,
        Validators = { parsed => Check(parsed, name, least, most) },
    };

    /// <summary>What is no number at all the parser itself refuses.</summary>
    private static void Check(SymbolResult parsed, string name, int least, int most)
    {
        if (parsed.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var given) && (given < least || given > most))
        {
            parsed.AddError(most == int.MaxValue ? $"{name} takes a number from {least}." : $"{name} takes a number from {least} to {most}.");
        }
    }
}
