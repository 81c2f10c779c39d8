using Pool.Databases;

namespace Pool.Cluster.Tests;

/// <summary>What is done to a cluster under load.</summary>
public enum Fault
{
    /// <summary>SIGKILL of a silo, which is started again.</summary>
    KilledSilo,

    /// <summary>SIGKILL of all silos at once, which are started again.</summary>
    KilledSilos,

    /// <summary>SIGKILL of a gateway, which is started again.</summary>
    KilledGateway,

    /// <summary>SIGKILL of PostgreSQL, which is started again.</summary>
    CrashedDatabase,

    /// <summary>SIGSTOP of a silo for 30 s, then SIGCONT: it goes on as if it still owned its actors.</summary>
    HungSilo,

    /// <summary>A silo's commits stand, and it never hears of them.</summary>
    LostAcknowledgements,

    /// <summary>A silo whose connections to the database end, and that gets no new one for a while, which may be half a minute; the others have both.</summary>
    CutSilo,

    /// <summary>The same, but nothing ends: what the silo says is lost on the way, and so is every answer.</summary>
    SilentSilo,

    /// <summary>Every silo and every gateway is stopped in order and started again, one after the other.</summary>
    RollingRestart,

    /// <summary>A silo whose clock is wrong by up to a minute and a half.</summary>
    SkewedClock,
}

/// <summary>A fault with all that is chance about it, drawn before anything runs: the seed alone says what will be done.</summary>
/// <param name="After">How many writes are acknowledged before.</param>
/// <param name="Length">How long it lasts; a hung silo hangs for half a minute in any case.</param>
/// <param name="Skew">How wrong a clock is.</param>
public sealed record FaultPlan(Fault Fault, int After, int Silo, int Gateway, TimeSpan Length, TimeSpan Skew)
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    public static FaultPlan Of(Fault fault, Seeds seeds)
    {
        var after = 100 + seeds.Next(400);
        var (silo, gateway) = (seeds.Next(PoolCluster.Silos), seeds.Next(PoolCluster.Gateways));
        var length = TimeSpan.FromMilliseconds(500 + seeds.Next(3_000));
        var skew = TimeSpan.FromSeconds((20 + seeds.Next(70)) * (seeds.Next(2) == 0 ? 1 : -1));
        var isLong = seeds.Next(4) == 0;
        return new(fault, after, silo, gateway, fault switch
        {
            Fault.HungSilo => Long,
            Fault.CutSilo or Fault.SilentSilo when isLong => Long,
            // Longer than a silo alone would bear it: nobody ends, because nobody has the database.
            Fault.CrashedDatabase when isLong => Long / 2,
            Fault.CutSilo or Fault.SilentSilo or Fault.SkewedClock => 2 * length,
            Fault.KilledSilo or Fault.KilledSilos or Fault.KilledGateway or Fault.CrashedDatabase or Fault.LostAcknowledgements => length,
            Fault.RollingRestart => TimeSpan.Zero,
        }, skew);
    }
}

/// <summary>Carries a fault out and mends it again.</summary>
public static class Faults
{
    /// <summary>How Orleans ends a process that has been declared dead: by SIGABRT.</summary>
    private const int Aborted = 134;

    /// <summary>How a silo ends that alone has lost the database.</summary>
    private const int CutOff = 9;

    /// <summary>Whether clients must not notice it at all.</summary>
    public static bool MustBeHidden(this Fault fault) => fault == Fault.RollingRestart;

    /// <summary>Does it to the cluster, and brings everything back.</summary>
    public static async Task Strike(this PoolCluster cluster, FaultPlan plan, CrashableServer server)
    {
        var mend = await Begin(cluster, plan, server);
        // So long does the fault last; nothing is waited for.
        await Task.Delay(plan.Length);
        await mend();
    }

    /// <returns>What ends the fault.</returns>
    private static async Task<Func<Task>> Begin(PoolCluster cluster, FaultPlan plan, CrashableServer server) => plan.Fault switch
    {
        Fault.KilledSilo => await KillSilos(cluster, [plan.Silo]),
        Fault.KilledSilos => await KillSilos(cluster, [.. Enumerable.Range(0, PoolCluster.Silos)]),
        Fault.KilledGateway => await KillGateway(cluster, plan.Gateway),
        Fault.CrashedDatabase => await CrashDatabase(server),
        Fault.HungSilo => await HangSilo(cluster, plan.Silo),
        Fault.LostAcknowledgements => LoseAcknowledgements(cluster.Link(plan.Silo)),
        Fault.CutSilo => Cut(cluster, plan, cluster.Link(plan.Silo).Cut),
        Fault.SilentSilo => Cut(cluster, plan, cluster.Link(plan.Silo).Silence),
        Fault.RollingRestart => await Roll(cluster),
        Fault.SkewedClock => await Skew(cluster, plan.Silo, plan.Skew),
    };

    private static async Task<Func<Task>> KillSilos(PoolCluster cluster, int[] silos)
    {
        await Task.WhenAll(silos.Select(silo => cluster.Silo(silo).Kill()));
        return () => Task.WhenAll(silos.Select(silo => cluster.StartSilo(silo)));
    }

    private static async Task<Func<Task>> KillGateway(PoolCluster cluster, int gateway)
    {
        await cluster.Gateway(gateway).Kill();
        return () => cluster.StartGateway(gateway);
    }

    private static async Task<Func<Task>> CrashDatabase(CrashableServer server)
    {
        await server.Crash();
        return server.Restart;
    }

    private static async Task<Func<Task>> HangSilo(PoolCluster cluster, int silo)
    {
        await cluster.Silo(silo).Pause();
        return async () =>
        {
            await cluster.Silo(silo).Resume();
            // The others have declared it dead: it ends itself when it learns of that.
            await StartAgain(cluster, silo, Aborted);
        };
    }

    private static Func<Task> LoseAcknowledgements(DatabaseLink link)
    {
        link.LoseAnswers();
        return () =>
        {
            link.CloseAll();
            return Task.CompletedTask;
        };
    }

    private static Func<Task> Cut(PoolCluster cluster, FaultPlan plan, Action cut)
    {
        cut();
        return async () =>
        {
            cluster.Link(plan.Silo).Mend();
            if (plan.Length == FaultPlan.Long)
            {
                // Long before, it has seen that only it has lost the database, and ended itself.
                await StartAgain(cluster, plan.Silo, CutOff);
            }
        };
    }

    private static async Task<Func<Task>> Skew(PoolCluster cluster, int silo, TimeSpan skew)
    {
        await EndInOrder(cluster.Silo(silo));
        await cluster.StartSilo(silo, skew);
        return () => Task.CompletedTask;
    }

    /// <summary>Waits until a silo has ended itself, and starts it as its supervisor would.</summary>
    private static async Task StartAgain(PoolCluster cluster, int silo, int ends)
    {
        if (await cluster.Silo(silo).Ended() is var code && code != ends)
        {
            throw new InvalidOperationException($"A silo that should have ended itself with {ends} ended with {code}: {cluster.Silo(silo).Output}");
        }

        await cluster.StartSilo(silo);
    }

    private static async Task<Func<Task>> Roll(PoolCluster cluster)
    {
        for (var silo = 0; silo < PoolCluster.Silos; silo++)
        {
            await EndInOrder(cluster.Silo(silo));
            await cluster.StartSilo(silo);
        }

        for (var gateway = 0; gateway < PoolCluster.Gateways; gateway++)
        {
            await EndInOrder(cluster.Gateway(gateway));
            await cluster.StartGateway(gateway);

            // The next one goes only when clients have found the one that is back.
            await cluster.UntilClientsAreAt(gateway);
        }

        return () => Task.CompletedTask;
    }

    private static async Task EndInOrder(PoolProgram process)
    {
        if (await process.Terminate() is not 0 and var code)
        {
            throw new InvalidOperationException($"A process that was told to stop ended with {code}: {process.Output}");
        }
    }
}
