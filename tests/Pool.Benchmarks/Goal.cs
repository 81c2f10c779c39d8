using System.Globalization;

namespace Pool.Benchmarks;

/// <summary>A figure that is held against a goal, where there is nothing to compare it with.</summary>
internal static class Goal
{
    /// <summary>Prints the figure and whether it is good enough.</summary>
    /// <returns>The latter.</returns>
    public static bool Tell(bool met, FormattableString figure)
    {
        Console.WriteLine($"{figure.ToString(CultureInfo.InvariantCulture)}: {(met ? "met" : "NOT MET")}");
        return met;
    }
}
