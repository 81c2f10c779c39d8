using System.Diagnostics;
using System.Globalization;

namespace Pool.Benchmarks;

/// <summary>Many seeds of the simulation, on every processor, and what they found.</summary>
internal static class SimulationTable
{
    private const int Told = 50;

    /// <param name="steps">Of each seed.</param>
    /// <returns>Whether no seed found anything wrong.</returns>
    public static bool Run(int seeds, int steps, int first)
    {
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
    }
}
