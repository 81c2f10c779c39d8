using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Pool.Hosting;

/// <summary>Every instrument of the pool, once. Names follow OpenTelemetry's conventions.</summary>
public static class PoolTelemetry
{
    public const string SourceName = "Pool";

    public static readonly ActivitySource Source = new(SourceName);

    private static readonly Meter Meter = new(SourceName);

    /// <summary>Demands by what became of them: <c>pool.outcome</c> = posted, filled (each time its last open seat is accepted), expired, cancelled.</summary>
    public static readonly Counter<long> Demands = Meter.CreateCounter<long>("pool.demands", "{demand}", "Demands by outcome.");

    /// <summary>Proposals by what became of them: <c>pool.outcome</c> = made (with <c>pool.ring</c>), accepted, declined, expired.</summary>
    public static readonly Counter<long> Proposals = Meter.CreateCounter<long>("pool.proposals", "{proposal}", "Proposals by outcome.");

    /// <summary>From a demand's posting to the acceptance of a seat, in seconds.</summary>
    public static readonly Histogram<double> TimeToAcceptance =
        Meter.CreateHistogram<double>("pool.demand.time_to_acceptance", "s", "From posting to the acceptance of a seat.");

    /// <summary>The time in which a plan of a round was made, in seconds.</summary>
    public static readonly Histogram<double> RoundSolving = Meter.CreateHistogram<double>("pool.round.solving", "s", "Time in which a plan of a round was made.");

    /// <summary>By how much a plan of a round may cost more than the best, as a part of its cost: 0 where it is the best.</summary>
    public static readonly Histogram<double> RoundGap = Meter.CreateHistogram<double>("pool.round.gap", "1", "By how much a plan of a round may cost more than the best.");

    /// <summary>How unevenly hours served this quarter lie on those who offer a skill: <c>pool.street</c>, <c>pool.skill</c>.</summary>
    public static readonly Gauge<double> Gini = Meter.CreateGauge<double>("pool.fairness.gini", "1", "Gini coefficient of hours served this quarter by those who offer a skill.");

    /// <summary>Watches whose clients did not read.</summary>
    public static readonly Counter<long> WatchesCutOff = Meter.CreateCounter<long>("pool.watches.cut_off", "{watch}", "Watches whose clients did not read.");

    /// <summary>Events made durable.</summary>
    public static readonly Counter<long> Events = Meter.CreateCounter<long>("pool.journal.events", "{event}", "Events made durable.");

    /// <summary>Appends in one commit.</summary>
    public static readonly Histogram<int> CommitSize = Meter.CreateHistogram<int>("pool.journal.commit.appends", "{append}", "Appends in one commit.");

    /// <summary>The time of one commit, in seconds.</summary>
    public static readonly Histogram<double> CommitTime = Meter.CreateHistogram<double>("pool.journal.commit.duration", "s", "Time of one commit.");

    /// <summary>Appends refused because another activation had written.</summary>
    public static readonly Counter<long> Conflicts = Meter.CreateCounter<long>("pool.journal.conflicts", "{append}", "Appends that lost a conflict.");
}
