using System.Collections.Concurrent;
using System.Diagnostics;
using HdrHistogram;

namespace Pool.Benchmarks.Arena;

/// <summary>What one round of load gave.</summary>
/// <param name="Rate">Done a second: of a closed loop those that ended within the time, of an open one all.</param>
/// <param name="P50">Their median latency in milliseconds.</param>
/// <param name="P99">Of a hundred of them, one took longer; milliseconds.</param>
/// <param name="Done">All that were done, before and after the time, too: what they cost is measured of all.</param>
internal sealed record LoadResult(double Rate, double P50, double P99, long Done);

/// <summary>How load is made: by callers who each wait for their answer, or at instants that no answer moves.</summary>
internal static class Load
{
    private const long Longest = 60_000_000;
    private const int Digits = 3;

    /// <summary>How long callers are at work before the time begins: it is measured while as many are under way as at its end.</summary>
    private static readonly TimeSpan Ramp = TimeSpan.FromSeconds(2);

    /// <summary>So many callers, each with one call at a time. What is under way at the end is waited for.</summary>
    /// <param name="call">Makes a call by its number.</param>
    public static async Task<LoadResult> Closed(int callers, TimeSpan time, Func<int, Task> call)
    {
        var (begun, latencies, over, done) = (Stopwatch.GetTimestamp(), new ConcurrentBag<LongHistogram>(), Ramp + time, 0L);
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var mine = Histogram();
            for (var (sent, number) = (Stopwatch.GetElapsedTime(begun), caller); sent < over; number += callers)
            {
                await call(number);
                var answered = Stopwatch.GetElapsedTime(begun);
                Interlocked.Increment(ref done);
                if (answered >= Ramp && answered < over)
                {
                    Record(mine, answered - sent);
                }

                sent = answered;
            }

            latencies.Add(mine);
        })));
        return Result(latencies, time, done);
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
        return Result([latencies], time, count);

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

    private static LoadResult Result(IEnumerable<LongHistogram> latencies, TimeSpan time, long done)
    {
        var all = Histogram();
        foreach (var some in latencies)
        {
            all.Add(some);
        }

        return new(all.TotalCount / time.TotalSeconds, all.GetValueAtPercentile(50) / 1_000.0, all.GetValueAtPercentile(99) / 1_000.0, done);
    }
}
