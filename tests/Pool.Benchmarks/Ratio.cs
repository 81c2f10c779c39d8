using System.Diagnostics;

namespace Pool.Benchmarks;

/// <summary>A figure against another of the same run: machines differ, ratios less.</summary>
/// <param name="AtLeast">Whether the goal is a least or a most.</param>
internal sealed record Ratio(string What, string Against, IReadOnlyList<double> Rounds, double Goal, bool AtLeast, string Unit, double Median, double AgainstMedian)
{
    private double Middle => Benchmarks.Median.Of(Rounds);

    public bool Met => AtLeast ? Middle >= Goal : Middle <= Goal;

    public override string ToString() =>
        $"{What}: {Middle:0.00} times {Against} (rounds {Rounds.Min():0.00} to {Rounds.Max():0.00}; {Median:0} against {AgainstMedian:0} {Unit}); goal {(AtLeast ? "at least" : "at most")} {Goal:0.00}: {(Met ? "met" : "NOT MET")}";

    /// <summary>Measures both sides in turn, several rounds, and compares round by round.</summary>
    /// <param name="rest">Completes when nothing of the turn before is left to do.</param>
    public static async Task<Ratio> Measure(
        string what, Func<Task<double>> side, string against, Func<Task<double>> other, double goal, bool atLeast, string unit, int rounds = 5, Func<Task>? rest = null)
    {
        // Unmeasured rounds of each: the just-in-time compiler takes its time, and the caches settle.
        for (var round = 0; round < 2; round++)
        {
            await Turn(side);
            await Turn(other);
        }

        var (sides, others) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            sides.Add(await Turn(side));
            others.Add(await Turn(other));
        }

        return new(
            what, against, [.. sides.Zip(others, (a, b) => a / b)], goal, atLeast, unit,
            Benchmarks.Median.Of(sides), Benchmarks.Median.Of(others));

        async Task<double> Turn(Func<Task<double>> measure)
        {
            var measured = await measure();
            await (rest?.Invoke() ?? Task.CompletedTask);
            return measured;
        }
    }

    /// <summary>Calls a second with so many callers, over a stretch of time.</summary>
    public static async Task<double> Rate(int callers, TimeSpan time, Func<int, int, Task> call)
    {
        var begun = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var calls = 0;
            while (Stopwatch.GetElapsedTime(begun) < time)
            {
                await call(caller, calls++);
            }

            return calls;
        })));
        return counts.Sum() / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }
}
