using System.Diagnostics;
using Grpc.Net.Client;
using Pool.Cluster.Tests;
using Pool.Databases;
using Pool.V1;

namespace Pool.Benchmarks;

/// <summary>How long after each fault every actor answers again, asked without a pause through a gateway.</summary>
internal static class RecoveryBenchmark
{
    private const int Actors = 300;
    private const int Rounds = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <returns>Whether every goal is met.</returns>
    public static async Task<bool> Run()
    {
        await using var server = await DatabaseServer.OwnServer();
        Console.WriteLine($"PostgreSQL from {server.Origin}; {Actors} actors, {Rounds} rounds each");
        Console.WriteLine();
        Console.WriteLine("| fault | median actor | slowest actor, by round | goal |");
        Console.WriteLine("| --- | --- | --- | --- |");
        await using var cluster = await PoolCluster.Start(server);
        using var channel = cluster.Client();
        var actors = await Found(channel);
        var met = await Measure("SIGKILL of one silo of three", most: 5, median: 2, async round =>
        {
            await cluster.Silo(round % PoolCluster.Silos).Kill();
            return Stopwatch.GetTimestamp();
        }, async round => await cluster.StartSilo(round % PoolCluster.Silos));
        met &= await Measure("SIGSTOP of one silo of three", most: 10, median: null, async round =>
        {
            await cluster.Silo(round % PoolCluster.Silos).Pause();
            return Stopwatch.GetTimestamp();
        }, async round =>
        {
            await cluster.Silo(round % PoolCluster.Silos).Kill();
            await cluster.StartSilo(round % PoolCluster.Silos);
        });
        var starting = Task.CompletedTask;
        met &= await Measure("SIGKILL of all silos, all started again at once", most: 15, median: null, async _ =>
        {
            await Task.WhenAll(Enumerable.Range(0, PoolCluster.Silos).Select(silo => cluster.Silo(silo).Kill()));
            var killed = Stopwatch.GetTimestamp();
            starting = Task.WhenAll(Enumerable.Range(0, PoolCluster.Silos).Select(silo => cluster.StartSilo(silo)));
            return killed;
        }, _ => starting);
        met &= await Measure("SIGKILL of PostgreSQL, from its first accept on", most: 5, median: null, async _ =>
        {
            await server.Crash();
            await server.Restart();
            return Stopwatch.GetTimestamp();
        }, _ => Task.CompletedTask);
        return met;

        async Task<bool> Measure(string what, double most, double? median, Func<int, Task<long>> fault, Func<int, Task> mend)
        {
            var (all, slowest) = (new List<double>(), new List<double>());
            for (var round = 0; round < Rounds; round++)
            {
                // A whole cluster again: gateways look for silos that have joined every five seconds, and connect when they are asked.
                do
                {
                    await Task.WhenAll(actors.Select(actor => Answer(channel, actor, Stopwatch.GetTimestamp())));
                }
                while (!cluster.IsWhole);

                var since = await fault(round);
                var times = await Task.WhenAll(actors.Select(actor => Answer(channel, actor, since)));
                all.AddRange(times);
                slowest.Add(times.Max());
                await mend(round);
            }

            var middle = Median.Of(all);
            var good = slowest.Max() <= most && (median is null || middle <= median);
            Console.WriteLine($"| {what} | {middle:0.00} s | {string.Join(", ", slowest.Select(time => $"{time:0.0}"))} s | {(median is null ? "" : $"median {median} s, ")}all within {most} s: {(good ? "met" : "NOT MET")} |");
            return good;
        }
    }

    /// <summary>Seconds from an instant until a write of the actor is answered.</summary>
    private static async Task<double> Answer(GrpcChannel channel, string partner, long since)
    {
        var request = new UpdatePartnerRequest { Partner = new Partner { Name = partner, DisplayName = "again" }, UpdateMask = new() { Paths = { "display_name" } }, RequestId = Guid.NewGuid().ToString() };
        while (true)
        {
            try
            {
                await new PartnerService.PartnerServiceClient(channel).UpdatePartnerAsync(request);
                return Stopwatch.GetElapsedTime(since).TotalSeconds;
            }
            catch (Grpc.Core.RpcException) when (Stopwatch.GetElapsedTime(since) < Patience)
            {
                // The client's own retries are used up: it asks again.
            }
        }
    }

    private static async Task<List<string>> Found(GrpcChannel channel)
    {
        await SmallWorld.Found(new Seeds(1)).Send(channel);

        var actors = Enumerable.Range(0, Actors).Select(i => $"{SmallWorld.Communities[i % SmallWorld.Communities.Count]}/partners/actor-{i}").ToList();
        await Task.WhenAll(actors.Select(async actor =>
        {
            foreach (var request in SmallWorld.Register(new Seeds(2 + actor.GetHashCode(StringComparison.Ordinal)), actor))
            {
                await request.Send(channel);
            }
        }));
        return actors;
    }
}
