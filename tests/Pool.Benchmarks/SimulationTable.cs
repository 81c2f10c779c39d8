using System.Diagnostics;
using System.Globalization;

namespace Pool.Benchmarks;

/// <summary>Many seeds of the simulation, on every processor, and what they found.</summary>
internal static class SimulationTable
{
    private const int Seeds = 1_000;
    private const int Steps = 100_000;
    private const int FirstSeed = 1;
    private const int Told = 50;

    /// <param name="arguments">How many seeds, how many steps each, and the first seed.</param>
    /// <returns>Whether no seed found anything wrong.</returns>
    public static bool Run(IReadOnlyList<string> arguments)
    {
        var (seeds, steps, first) = (Number(0, Seeds), Number(1, Steps), Number(2, FirstSeed));
        var (began, told, done, wrong) = (Stopwatch.GetTimestamp(), new Lock(), 0, 0);
        var (taken, events, lived) = (0L, 0L, TimeSpan.Zero);
        Parallel.For(first, first + seeds, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed =>
        {
            var outcome = Simulation.Tests.Simulation.RunAndShrink(seed, steps);
            lock (told)
            {
                (taken, events, lived) = (taken + outcome.Steps, events + outcome.Events.Values.Sum(), lived + outcome.Lived);
                if (outcome.Wrong.Count > 0)
                {
                    wrong++;
                    Console.WriteLine(outcome.Report);
                }

                if (++done % Told == 0 || done == seeds)
                {
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{done:N0} of {seeds:N0} seeds: {taken:N0} steps, {events:N0} events in {lived.TotalDays:N0} days, {wrong} seeds with anything wrong, {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));
                }
            }
        });
        return wrong == 0;

        int Number(int at, int standard) => arguments.Count > at ? int.Parse(arguments[at], CultureInfo.InvariantCulture) : standard;
    }
}
