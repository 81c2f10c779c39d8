using System.Text.RegularExpressions;
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

    /// <summary>SIGSTOP of a silo until the others have declared it dead and gone on without it, then SIGCONT: it goes on as if it still owned its actors.</summary>
    HungSilo,

    /// <summary>A silo's commits stand, and it never hears of them.</summary>
    LostAcknowledgements,

    /// <summary>A silo whose connections to the database end, and that gets no new one for a while, which may be until it has ended itself; the others have both.</summary>
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
/// <param name="Amount">0 to 2,999, of which the numbers below are made.</param>
/// <param name="Skew">How wrong a clock is.</param>
/// <param name="IsLong">Whether it lasts until the pool has seen to it by itself.</param>
public sealed record FaultPlan(Fault Fault, int After, int Silo, int Gateway, int Amount, TimeSpan Skew, bool IsLong)
{
    /// <summary>Writes that are acknowledged while it lasts, where the pool goes on: 1 to 100.</summary>
    public int Writes => 1 + (Amount % 100);

    /// <summary>Messages and connections that are lost while it lasts, no more than every silo has under way: 1 to 3.</summary>
    public int Losses => 1 + (Amount % 3);

    public static FaultPlan Of(Fault fault, Seeds seeds)
    {
        var after = 100 + seeds.Next(400);
        var (silo, gateway) = (seeds.Next(PoolCluster.Silos), seeds.Next(PoolCluster.Gateways));
        var amount = seeds.Next(3_000);
        var skew = TimeSpan.FromSeconds((20 + seeds.Next(70)) * (seeds.Next(2) == 0 ? 1 : -1));
        return new(fault, after, silo, gateway, amount, skew, IsLong: seeds.Next(4) == 0);
    }
}

/// <summary>Carries a fault out and mends it again.</summary>
public static partial class Faults
{
    /// <summary>How Orleans ends a process that has been declared dead: by SIGABRT.</summary>
    private const int Aborted = 134;

    /// <summary>How a silo ends that alone has lost the database.</summary>
    private const int CutOff = 9;

    /// <summary>Whether clients must not notice it at all.</summary>
    public static bool MustBeHidden(this Fault fault) => fault == Fault.RollingRestart;

    /// <summary>Does it to the cluster while clients are at work, and brings everything back.</summary>
    public static Task Strike(this PoolCluster cluster, FaultPlan plan, Load load, CrashableServer server) => plan.Fault switch
    {
        Fault.KilledSilo => KillSilo(cluster, plan, load),
        Fault.KilledSilos => KillSilos(cluster, plan),
        Fault.KilledGateway => KillGateway(cluster, plan, load),
        Fault.CrashedDatabase => CrashDatabase(cluster, plan, server),
        Fault.HungSilo => HangSilo(cluster, plan, load),
        Fault.LostAcknowledgements => LoseAcknowledgements(cluster.Link(plan.Silo), plan),
        Fault.CutSilo => Cut(cluster, plan, cluster.Link(plan.Silo).Cut),
        Fault.SilentSilo => Cut(cluster, plan, cluster.Link(plan.Silo).Silence),
        Fault.RollingRestart => Roll(cluster),
        Fault.SkewedClock => Skew(cluster, plan, load),
    };

    private static async Task KillSilo(PoolCluster cluster, FaultPlan plan, Load load)
    {
        await cluster.Silo(plan.Silo).Kill();
        await (plan.IsLong ? cluster.UntilDeclaredDead(plan.Silo) : load.More(plan.Writes));
        await cluster.StartSilo(plan.Silo);
    }

    /// <summary>All come back at once, or when every gateway has given up a call.</summary>
    private static async Task KillSilos(PoolCluster cluster, FaultPlan plan)
    {
        var silos = Enumerable.Range(0, PoolCluster.Silos);
        await Task.WhenAll(silos.Select(silo => cluster.Silo(silo).Kill()));
        if (plan.IsLong)
        {
            await Task.WhenAll(Enumerable.Range(0, PoolCluster.Gateways).Select(gateway => cluster.Gateway(gateway).Until(CallGivenUp())));
        }

        await Task.WhenAll(silos.Select(silo => cluster.StartSilo(silo)));
    }

    private static async Task KillGateway(PoolCluster cluster, FaultPlan plan, Load load)
    {
        await cluster.Gateway(plan.Gateway).Kill();
        await load.More(plan.Writes);
        await cluster.StartGateway(plan.Gateway);
    }

    /// <summary>
    /// It comes back when every silo has noticed, or when a silo that alone had lost it would have ended: nobody ends, because
    /// nobody has the database.
    /// </summary>
    private static async Task CrashDatabase(PoolCluster cluster, FaultPlan plan, CrashableServer server)
    {
        await server.Crash();
        await Task.WhenAll(Enumerable.Range(0, PoolCluster.Silos).Select(silo => cluster.Silo(silo).Until(plan.IsLong ? EverythingWaits() : TimeNotRead())));
        await server.Restart();
    }

    private static async Task HangSilo(PoolCluster cluster, FaultPlan plan, Load load)
    {
        await cluster.Silo(plan.Silo).Pause();
        await cluster.UntilDeclaredDead(plan.Silo);
        // Its actors go on elsewhere, so that what it still means to write comes too late.
        await load.More(plan.Writes);
        await cluster.Silo(plan.Silo).Resume();
        // It ends itself when it learns of that.
        await Ends(cluster.Silo(plan.Silo), Aborted);
        await cluster.StartSilo(plan.Silo);
    }

    private static async Task LoseAcknowledgements(DatabaseLink link, FaultPlan plan)
    {
        var lost = link.Loses(plan.Losses);
        link.LoseAnswers();
        await lost;
        link.CloseAll();
    }

    private static async Task Cut(PoolCluster cluster, FaultPlan plan, Action cut)
    {
        var (silo, link) = (cluster.Silo(plan.Silo), cluster.Link(plan.Silo));
        var lost = link.Loses(plan.Losses);
        cut();
        await lost;
        if (plan.IsLong)
        {
            // It sees that only it has lost the database.
            await Ends(silo, CutOff);
        }
        else if (plan.Amount % 2 == 0)
        {
            await silo.Until(TimeNotRead());
        }

        link.Mend();
        if (plan.IsLong)
        {
            await cluster.StartSilo(plan.Silo);
        }
    }

    private static async Task Skew(PoolCluster cluster, FaultPlan plan, Load load)
    {
        await Stop(cluster.Silo(plan.Silo));
        await cluster.StartSilo(plan.Silo, plan.Skew);
        await load.More(plan.Writes);
    }

    private static async Task Roll(PoolCluster cluster)
    {
        for (var silo = 0; silo < PoolCluster.Silos; silo++)
        {
            await Stop(cluster.Silo(silo));
            await cluster.StartSilo(silo);
        }

        for (var gateway = 0; gateway < PoolCluster.Gateways; gateway++)
        {
            await Stop(cluster.Gateway(gateway));
            await cluster.StartGateway(gateway);

            // The next one goes only when clients have found the one that is back.
            await cluster.UntilClientsAreAt(gateway);
        }
    }

    /// <summary>Waits until a process has ended itself, with a code.</summary>
    private static async Task Ends(PoolProgram process, int code)
    {
        if (await process.Ended() is var ended && ended != code)
        {
            throw new InvalidOperationException($"A process that should have ended with {code} ended with {ended}: {process.Output}");
        }
    }

    private static async Task Stop(PoolProgram process)
    {
        if (await process.Terminate() is not 0 and var code)
        {
            throw new InvalidOperationException($"A process that was told to stop ended with {code}: {process.Output}");
        }
    }

    [GeneratedRegex(@"failed \d+ times and is given up")]
    private static partial Regex CallGivenUp();

    [GeneratedRegex("The database's time was not read")]
    private static partial Regex TimeNotRead();

    [GeneratedRegex(@"The database has answered nobody for \d+ s")]
    private static partial Regex EverythingWaits();
}
