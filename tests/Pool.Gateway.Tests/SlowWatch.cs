using System.Diagnostics.Metrics;
using Grpc.Core;
using Pool.Hosting;
using Pool.V1;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>A client that opens a watch and reads nothing of it until the pool has cut it off.</summary>
internal static class SlowWatch
{
    /// <summary>The cut is heard off an instrument of the whole process, so two of them at a time would be mistaken for each other.</summary>
    public const string OneAtATime = "slow watches";

    private const int Demands = 60;

    /// <summary>Brings about more news than lies between a server and a client that does not read.</summary>
    public static async Task Fill(TestPool pool)
    {
        for (var demand = 0; demand < Demands; demand++)
        {
            var big = pool.NewDemand(reach: 0);
            big.Description = new('长', 2_000);
            var posted = await pool.Post(big);
            await pool.Until(posted, waiting => waiting.RetryTime is not null);
        }
    }

    /// <summary>Reads what had come by the time of the cut, and then what cut it off.</summary>
    /// <param name="news">Is given what had come.</param>
    public static async Task Read(TestPool pool, Metadata headers, List<DispatchEvent> news)
    {
        var cut = new TaskCompletionSource();
        using var listener = new MeterListener { InstrumentPublished = (instrument, listening) => Listen(instrument, listening) };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => cut.TrySetResult());
        listener.Start();
        // Whatever comes of it, nobody waits for it for ever.
        using var watch = pool.Dispatch.WatchDispatches(new() { Parent = Beigan, Cursor = 0 }, headers, DateTime.UtcNow.AddMinutes(1));
        await watch.ResponseHeadersAsync;
        await cut.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await foreach (var told in watch.ResponseStream.ReadAllAsync())
        {
            news.Add(told);
        }

        static void Listen(Instrument instrument, MeterListener listening)
        {
            if (instrument == PoolTelemetry.WatchesCutOff)
            {
                listening.EnableMeasurementEvents(instrument);
            }
        }
    }
}
