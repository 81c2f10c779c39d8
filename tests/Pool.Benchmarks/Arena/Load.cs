using System.Collections.Concurrent;
using System.Diagnostics;
using HdrHistogram;

namespace Pool.Benchmarks.Arena;

/// <summary>What one round of load gave.</summary>
/// <param name="Rate">Done a second.</param>
/// <param name="P50">The median latency in milliseconds.</param>
/// <param name="P99">Of a hundred, one took longer; milliseconds.</param>
internal sealed record LoadResult(double Rate, double P50, double P99, long Done);

/// <summary>How load is made: by callers who each wait for their answer, or at instants that no answer moves.</summary>
internal static class Load
{
    private const long Longest = 60_000_000;
    private const int Digits = 3;

    /// <summary>So many callers, each with one call at a time. What is under way at the end is waited for, and not counted.</summary>
    /// <param name="call">Makes a call by its number.</param>
    public static async Task<LoadResult> Closed(int callers, TimeSpan time, Func<int, Task> call)
    {
        var (begun, latencies) = (Stopwatch.GetTimestamp(), new ConcurrentBag<LongHistogram>());
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var mine = Histogram();
            for (var (sent, number) = (Stopwatch.GetElapsedTime(begun), caller); sent < time; number += callers)
            {
                await call(number);
                var answered = Stopwatch.GetElapsedTime(begun);
                if (answered < time)
                {
                    Record(mine, answered - sent);
                }

                sent = answered;
            }

            latencies.Add(mine);
        })));
        return Result(latencies, time);
    }

    /// <summary>
    /// So many calls a second, sent when they are due, whatever comes of those before. Latency counts from the instant at which a
    /// call was due: a stall is paid by all who would have called meanwhile.
    /// </summary>
    /// <param name="begin">What is measured; the task within is what follows, and is only waited for.</param>
    public static async Task<LoadResult> Open(double rate, TimeSpan time, Func<int, Task<Task>> begin)
    {
        var (begun, latencies, calls, count) = (Stopwatch.GetTimestamp(), Histogram(), new List<Task>(), (int)(rate * time.TotalSeconds));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var next = 0; next < count; await ticks.WaitForNextTickAsync())
        {
            for (; next < count && Due(next) <= Stopwatch.GetElapsedTime(begun); next++)
            {
                calls.Add(Call(next));
            }
        }

        await Task.WhenAll(calls);
        return Result([latencies], time);

        TimeSpan Due(int number) => TimeSpan.FromSeconds(number / rate);

        async Task Call(int number)
        {
            await Task.Yield();
            var rest = await begin(number);
            var took = Stopwatch.GetElapsedTime(begun) - Due(number);
            lock (latencies)
            {
                Record(latencies, took);
            }

            await rest;
        }
    }

    private static LongHistogram Histogram() => new(Longest, Digits);

    private static void Record(LongHistogram latencies, TimeSpan took) => latencies.RecordValue(Math.Min(Longest, (long)took.TotalMicroseconds));

    private static LoadResult Result(IEnumerable<LongHistogram> latencies, TimeSpan time)
    {
        var all = Histogram();
        foreach (var some in latencies)
        {
            all.Add(some);
        }

        return new(all.TotalCount / time.TotalSeconds, all.GetValueAtPercentile(50) / 1_000.0, all.GetValueAtPercentile(99) / 1_000.0, all.TotalCount);
    }
}
