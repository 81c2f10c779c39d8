using System.Diagnostics;
using System.Globalization;
using Pool.Auditing;
using Pool.Databases;

namespace Pool.Cluster.Tests;

/// <summary>One seeded run: a fresh cluster, clients at work, a fault, and what is found afterwards.</summary>
public static class FaultRun
{
    private static readonly TimeSpan QuietPatience = TimeSpan.FromSeconds(90);
    private const int Repeated = 10;

    /// <summary>How long an event may wait for its commit; much less than a clock is wrong by.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(10);

    /// <summary>Demands a second: what two streets' twelve partners can be asked for and still come to rest.</summary>
    private const int Posts = 10;

    /// <summary>Demands posted in a run, so that it is under load for ten seconds at the least.</summary>
    private const int LeastPosts = 10 * Posts;

    /// <summary>Writes after the fault, which show that the pool works again.</summary>
    private const int WritesAfter = 50;

    /// <summary>What a run did and found.</summary>
    /// <param name="Wrong">Broken invariants, lost acknowledgements and failures that nothing excuses, a sentence each.</param>
    public sealed record Report(Fault Fault, int Seed, int Acknowledged, int Unknown, int Events, int Snapshots, TimeSpan Took, IReadOnlyList<string> Wrong)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Fault}, seed {Seed}: {Acknowledged} acknowledged, {Unknown} unknown at first, {Events} events, {Snapshots} snapshots, {Took.TotalSeconds:0} s");
    }

    public static async Task<Report> Of(Fault fault, int seed, CrashableServer server)
    {
        var (began, seeds) = (Stopwatch.GetTimestamp(), new Seeds(seed));
        var plan = FaultPlan.Of(fault, seeds);
        await using var cluster = await PoolCluster.Start(server);
        using var channel = cluster.Client();
        var load = new Load(seeds, Posts);
        await load.InOrder(channel, SmallWorld.Found(seeds));
        await Task.WhenAll(SmallWorld.Partners.Select(partner => load.InOrder(channel, SmallWorld.Register(seeds, partner).ToList())));
        try
        {
            await Strike(plan, server, cluster, load, channel);
            await load.Settle(channel);
            var journal = await RecordedJournal.Quiet(cluster.Database, QuietPatience);
            var (snapshots, spoilt) = await SnapshotAudit.Of(cluster.Database, journal);
            IReadOnlyList<string> wrong =
            [
                .. load.Failures, .. cluster.Ended(), .. spoilt, .. fault == Fault.SkewedClock ? OutOfTime(journal) : [], .. journal.Audit(load.Posted, DateTimeOffset.UtcNow), .. load.Contradictions(journal),
                .. await load.Repeat(channel, seeds, Repeated),
            ];
            return new(fault, seed, load.Acknowledged.Count, load.Unknown, journal.Rows.Count, snapshots, Stopwatch.GetElapsedTime(began), wrong.Count == 0 ? wrong : [.. wrong, cluster.Output()]);
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            return new(fault, seed, load.Acknowledged.Count, load.Unknown, 0, 0, Stopwatch.GetElapsedTime(began), [broken.ToString(), .. load.Failures, cluster.Output()]);
        }
    }

    /// <summary>Events that one silo dates otherwise than the others: all share the database's time.</summary>
    private static IEnumerable<string> OutOfTime(RecordedJournal journal)
    {
        var latest = DateTimeOffset.MinValue;
        foreach (var row in journal.Rows)
        {
            if (row.At + Delay < latest)
            {
                yield return $"{row} is of {Sentence.Of(row.At)}, and one before it of {Sentence.Of(latest)}.";
            }

            latest = row.At > latest ? row.At : latest;
        }
    }

    private static async Task Strike(FaultPlan plan, CrashableServer server, PoolCluster cluster, Load load, Grpc.Net.Client.GrpcChannel channel)
    {
        using var over = new CancellationTokenSource();
        var working = load.Run(channel, faulty: !plan.Fault.MustBeHidden(), over.Token);
        var posted = load.More(LeastPosts, "post");
        try
        {
            await load.More(plan.After);
            await cluster.Strike(plan, load, server);
            await load.More(WritesAfter);
            await posted;
        }
        finally
        {
            await over.CancelAsync();
            await working;
        }
    }
}
