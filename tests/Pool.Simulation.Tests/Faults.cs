namespace Pool.Simulation.Tests;

/// <summary>How often what goes wrong, each as a probability, and how much at most.</summary>
public sealed record Faults
{
    /// <summary>Nothing goes wrong.</summary>
    public static readonly Faults None = new();

    /// <summary>A message between actors, a request or an answer, that never arrives.</summary>
    public double LostMessage { get; init; }

    /// <summary>A request that arrives twice.</summary>
    public double RepeatedMessage { get; init; }

    /// <summary>A request that finds another activation than the one that lives: both go on.</summary>
    public double SecondActivation { get; init; }

    /// <summary>A request that finds no activation, because the actor had nothing to do for long: it is loaded again.</summary>
    public double Collected { get; init; }

    /// <summary>A commit that fails: nothing of it is in the journal.</summary>
    public double LostFlush { get; init; }

    /// <summary>A commit that stands, and whose silo is told that nobody knows.</summary>
    public double UnheardFlush { get; init; }

    /// <summary>A read of the journal or of a snapshot, or a write of one, that fails.</summary>
    public double FailedAccess { get; init; }

    /// <summary>Before any step of an actor: its activation is gone, in the middle of what it did.</summary>
    public double LostActivation { get; init; }

    /// <summary>Before any step of an actor: its whole silo is gone, with what its journal had not committed.</summary>
    public double CrashedSilo { get; init; }

    /// <summary>With any message: its actor cannot be reached for a while, which may be minutes.</summary>
    public double CutOff { get; init; }

    /// <summary>How wrong a silo's clock may be, either way; it jumps with every crash.</summary>
    public TimeSpan Skew { get; init; }

    /// <summary>For how long the whole pool is switched off, once.</summary>
    public TimeSpan SwitchedOff { get; init; }

    /// <summary>How long a message, a commit or a read may take; a call of several of them must still fit into its timeout.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The same without one kind of fault, for each kind that it has. Until that kind would first have struck, a run with fewer faults is the same run.</summary>
    public IEnumerable<Faults> Fewer() => new[]
    {
        this with { LostMessage = 0 }, this with { RepeatedMessage = 0 }, this with { SecondActivation = 0 }, this with { Collected = 0 },
        this with { LostFlush = 0 }, this with { UnheardFlush = 0 }, this with { FailedAccess = 0 }, this with { LostActivation = 0 }, this with { CrashedSilo = 0 }, this with { CutOff = 0 }, this with { Skew = TimeSpan.Zero }, this with { SwitchedOff = TimeSpan.Zero },
    }.Where(fewer => fewer != this);

    /// <summary>The faults of a run: each kind is drawn anew, and each is absent from some runs.</summary>
    public static Faults Of(Scheduler chance)
    {
        return new()
        {
            LostMessage = Rate(0.02),
            RepeatedMessage = Rate(0.02),
            SecondActivation = Rate(0.01),
            Collected = Rate(0.3),
            LostFlush = Rate(0.02),
            UnheardFlush = Rate(0.02),
            FailedAccess = Rate(0.02),
            LostActivation = Rate(0.005),
            CrashedSilo = Rate(0.000_5),
            CutOff = Rate(0.002),
            Skew = chance.Between(TimeSpan.Zero, TimeSpan.FromSeconds(20)) * chance.Next(2),
            Latency = TimeSpan.FromMilliseconds(1 << chance.Next(9)),
            SwitchedOff = TimeSpan.FromDays(chance.Chance(0.6) ? 0 : chance.Next(400)),
        };

        double Rate(double most) => chance.Chance(0.3) ? 0 : most * chance.Next(101) / 100;
    }
}
