using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Npgsql;
using Pool.Benchmarks.Arena;
using Pool.Cluster.Tests;
using Pool.Databases;
using Pool.V1;

namespace Pool.Benchmarks;

/// <summary>
/// A silo that is killed with a million demands open, each searched for and waiting, and started again after some of their deadlines
/// have passed: when it gives its first answer, and whether it keeps every deadline.
/// </summary>
internal static class ColdStartBenchmark
{
    private const int Callers = 256;
    private const string Expired = "demand.expired";

    /// <summary>Demands that expire while the silo is down, and as many that expire when it is there again.</summary>
    private const int Deadlines = 5_000;

    /// <summary>Returns when an instant has come by the clock of the cluster, which is its database's.</summary>
    private const string Until = "SELECT pg_sleep_until($1)";

    private static readonly ArenaWorld World = new(Streets: 8, Communities: 40, Partners: 0);
    private static readonly TimeSpan Down = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>By how much a deadline may be late that is still kept: after it was due, or after the silo started again where it was due before.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(30);

    public const int Items = 1_000_000;

    /// <summary>The fewest demands that it can be run with.</summary>
    public const int Fewest = (2 * Deadlines) + 1;

    /// <returns>Whether both goals were met.</returns>
    public static async Task<bool> Run(int items)
    {
        await using var server = await DatabaseServer.Start();
        var database = await server.CreateDatabase();
        Console.WriteLine($"PostgreSQL from {server.Origin}");
        var deadlines = new ConcurrentDictionary<string, DateTimeOffset>();
        string some;
        await using (var program = StartSilo(database))
        {
            await program.UntilItServes();
            using var channel = GrpcChannel.ForAddress(program.Grpc, new() { HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true } });
            await Found(channel);
            some = (await Post(channel, 0, DateTimeOffset.UtcNow.AddDays(30))).Name;
            await PostMany(channel, items - 1 - (2 * Deadlines), _ => DateTimeOffset.UtcNow.AddDays(30));
            await Searched(database);
            // One half expires while the silo is down, the other when it is there again.
            var falls = DateTimeOffset.UtcNow + Down;
            foreach (var demand in await PostMany(channel, 2 * Deadlines, number => number % 2 == 0 ? falls : falls + Ahead))
            {
                deadlines[demand.Name] = LastStart(demand);
            }

            await Searched(database);
            await program.Kill();
        }

        var passed = deadlines.Values.Min();
        Console.Error.WriteLine($"{items:N0} demands stand and were searched for; the silo was killed, and starts again when {Deadlines:N0} of them have expired");
        await DatabaseServer.Execute(new NpgsqlConnectionStringBuilder(database) { CommandTimeout = 0 }.ConnectionString, Until, passed);

        var (began, startedAt) = (Stopwatch.GetTimestamp(), DateTimeOffset.UtcNow);
        await using var again = StartSilo(database);
        await again.UntilItServes();
        using var door = GrpcChannel.ForAddress(again.Grpc, new() { HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true } });
        await new DemandService.DemandServiceClient(door).GetDemandAsync(new() { Name = some });
        var read = Stopwatch.GetElapsedTime(began);
        await Post(door, 0, DateTimeOffset.UtcNow.AddDays(30));
        var written = Stopwatch.GetElapsedTime(began);
        var open = (long)(await DatabaseServer.Execute(database, "SELECT count(*) FROM wakeup"))!;
        var met = Goal.Tell(written.TotalSeconds <= 10, $"{open:N0} wake-ups wait; from the start of the process to the first answer {read.TotalSeconds:0.0} s, to the first durable one {written.TotalSeconds:0.0} s; goal 10 s");

        using var over = new CancellationTokenSource(Patience);
        var expired = (await Task.WhenAll(Enumerable.Range(0, World.Streets).Select(street => Expiries(door, street, deadlines, over.Token)))).SelectMany(expiries => expiries).ToList();
        var (meanwhile, ahead) = (expired.Where(expiry => expiry.Due == passed).ToList(), expired.Where(expiry => expiry.Due != passed).ToList());
        var kept = expired.Count(expiry => expiry.At >= expiry.Due && expiry.At <= (expiry.Due > startedAt ? expiry.Due : startedAt) + Late);
        return Goal.Tell(
            kept == deadlines.Count,
            $"{kept:N0} of {deadlines.Count:N0} deadlines kept, none early and none later than {Late.TotalSeconds:0} s: {meanwhile.Count:N0} that had passed, all by {Longest(meanwhile.Select(expiry => expiry.At - startedAt)).TotalSeconds:0.0} s after the start; {ahead.Count:N0} that came, all within {Longest(ahead.Select(expiry => expiry.At - expiry.Due)).TotalSeconds:0.0} s; goal all") & met;
    }

    private static PoolProgram StartSilo(string database) => PoolProgram.StartSilo(database, "--door", "--grpc-port", "0");

    /// <summary>Completes when nobody is to be woken now: every demand that stands was searched for.</summary>
    private static async Task Searched(string database)
    {
        using var looks = new PeriodicTimer(TimeSpan.FromSeconds(5));
        while (await DatabaseServer.Execute(database, "SELECT count(*) FROM wakeup WHERE due_at <= now()") is long due and > 0)
        {
            Console.Error.WriteLine($"{due:N0} of them are still to be searched for");
            await looks.WaitForNextTickAsync();
        }
    }

    /// <summary>Nobody serves anybody here, and nobody looks again for a week.</summary>
    private static async Task Found(GrpcChannel channel)
    {
        await World.Found(channel);
        var streets = new StreetService.StreetServiceClient(channel);
        for (var number = 0; number < World.Streets; number++)
        {
            var street = await streets.GetStreetAsync(new() { Name = ArenaWorld.Street(number) });
            street.Policy.RetryAfterMinutes = 7 * 24 * 60;
            await streets.UpdateStreetAsync(new() { Street = street, UpdateMask = new() { Paths = { "policy" } }, RequestId = ArenaWorld.NewId() });
        }
    }

    private static async Task<List<Demand>> PostMany(GrpcChannel channel, int count, Func<int, DateTimeOffset> lastStart)
    {
        var (next, posted) = (-1, new ConcurrentBag<Demand>());
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            for (var number = Interlocked.Increment(ref next); number < count; number = Interlocked.Increment(ref next))
            {
                var demand = await Post(channel, number, lastStart(number));
                if (count <= 2 * Deadlines)
                {
                    posted.Add(demand);
                }

                if ((number + 1) % 100_000 == 0)
                {
                    Console.Error.WriteLine($"{number + 1:N0} demands");
                }
            }
        }));
        return [.. posted];
    }

    private static async Task<Demand> Post(GrpcChannel channel, int number, DateTimeOffset lastStart)
    {
        var demand = ArenaWorld.Care();
        (demand.WindowStartTime, demand.WindowEndTime) = (Timestamp.FromDateTimeOffset(lastStart), Timestamp.FromDateTimeOffset(lastStart.AddMinutes(demand.DurationMinutes)));
        return await new DemandService.DemandServiceClient(channel).PostDemandAsync(new() { Parent = World.Community(number), Demand = demand, RequestId = ArenaWorld.NewId() });
    }

    private static DateTimeOffset LastStart(Demand demand) => demand.WindowEndTime.ToDateTimeOffset().AddMinutes(-demand.DurationMinutes);

    /// <summary>When the demands of a street expired, and when they should have.</summary>
    private static async Task<List<(DateTimeOffset Due, DateTimeOffset At)>> Expiries(
        GrpcChannel channel, int street, ConcurrentDictionary<string, DateTimeOffset> deadlines, CancellationToken over)
    {
        var (name, expiries) = (ArenaWorld.Street(street), new List<(DateTimeOffset, DateTimeOffset)>());
        var awaited = deadlines.Keys.Where(demand => demand.StartsWith($"{name}/", StringComparison.Ordinal)).ToHashSet();
        using var watch = new DispatchService.DispatchServiceClient(channel).WatchDispatches(new() { Parent = name, Cursor = 0, Events = { Expired } }, cancellationToken: over);
        try
        {
            while (awaited.Count > 0 && await watch.ResponseStream.MoveNext(over))
            {
                var happened = watch.ResponseStream.Current;
                if (happened.Demand is { } demand && awaited.Remove(demand.Name))
                {
                    expiries.Add((LastStart(demand), happened.Time.ToDateTimeOffset()));
                }
            }
        }
        catch (Exception late) when (over.IsCancellationRequested && late is RpcException or OperationCanceledException)
        {
            // Those that are missing were not kept.
        }

        return expiries;
    }

    private static TimeSpan Longest(IEnumerable<TimeSpan> late) => late.DefaultIfEmpty().Max();
}
