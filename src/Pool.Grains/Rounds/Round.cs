using System.Collections.Immutable;
using Pool.Actors;
using Pool.Values;

namespace Pool.Rounds;

/// <summary>What a round has done.</summary>
/// <param name="Demands">Demands that it looked at.</param>
/// <param name="Sought">Seats that nobody was asked for.</param>
/// <param name="Assigned">Seats that the first plan assigns.</param>
/// <param name="Proposed">Seats that were proposed in the end, after the partners' calendars had their say.</param>
/// <param name="Cost">What the first plan costs, by <see cref="RoundCost"/>.</param>
/// <param name="Bound">No plan costs less.</param>
/// <param name="Refused">Partners assigned whose calendars refused; somebody else was looked for.</param>
/// <param name="Plans">How many plans were made: one, and one more each time that calendars refused.</param>
[GenerateSerializer, Immutable, Alias("pool.RoundReport")]
public sealed record RoundReport(
    [property: Id(0)] int Demands,
    [property: Id(1)] int Sought,
    [property: Id(2)] int Assigned,
    [property: Id(3)] int Proposed,
    [property: Id(4)] long Cost,
    [property: Id(5)] long Bound,
    [property: Id(6)] int Refused,
    [property: Id(7)] int Plans)
{
    public static readonly RoundReport Nothing = new(0, 0, 0, 0, 0, 0, 0, 0);
}

public abstract record RoundEvent(DateTimeOffset At) : IEvent;

/// <param name="Street">Whose round it is.</param>
/// <param name="NextAt">When the next round begins.</param>
[Alias("round.demand-joined")]
public sealed record DemandJoined(DateTimeOffset At, StreetId Street, DemandId Demand, DateTimeOffset NextAt) : RoundEvent(At);

/// <param name="Number">Counts the street's rounds from 1.</param>
[Alias("round.begun")]
public sealed record RoundBegun(DateTimeOffset At, StreetId Street, int Number) : RoundEvent(At);

/// <param name="Left">Demands that wait no longer: somebody was proposed, or they ended or changed their mode.</param>
/// <param name="NextAt">When the next round begins; null while no demand waits for it.</param>
[Alias("round.ended")]
public sealed record RoundEnded(DateTimeOffset At, ImmutableArray<DemandId> Left, RoundReport Report, DateTimeOffset? NextAt) : RoundEvent(At);

/// <summary>The rounds of a street: the demands that wait are assigned together, at the optimum.</summary>
[GenerateSerializer, Immutable, Alias("pool.Round")]
public sealed record Round : IActorState<Round, RoundEvent>
{
    public static Round Empty { get; } = new();

    public static RefusalReason Missing => RefusalReason.StreetNotFound;

    [Id(0)] public StreetId? Street { get; init; }

    /// <summary>The demands that wait for the next round, or that the one under way looks at.</summary>
    [Id(1)] public ImmutableHashSet<DemandId> Waiting { get; init; } = [];

    /// <summary>Those of them that joined while a round is under way: it may have looked at them before.</summary>
    [Id(2)] public ImmutableHashSet<DemandId> Joined { get; init; } = [];

    /// <summary>The number of the last round that has begun; 0 before the first.</summary>
    [Id(3)] public int Number { get; init; }

    [Id(4)] public bool IsUnderWay { get; init; }

    [Id(5)] public DateTimeOffset? NextAt { get; init; }

    /// <summary>What the last round has done, and when it had; null before the first has ended.</summary>
    [Id(6)] public RoundReport? Last { get; init; }

    [Id(7)] public DateTimeOffset? EndedAt { get; init; }

    [Id(8)] public DateTimeOffset ChangedAt { get; init; }

    public bool Exists => Street is not null;

    public StreetId? Office => Street;

    public CommunityId? Home => null;

    public DateTimeOffset? DueAt => IsUnderWay ? ChangedAt + Patience.ForStep : NextAt;

    public Round Evolve(RoundEvent happened) => Apply(happened) with { ChangedAt = happened.At };

    private Round Apply(RoundEvent happened) => happened switch
    {
        DemandJoined joined => this with
        {
            Street = joined.Street,
            Waiting = Waiting.Add(joined.Demand),
            Joined = IsUnderWay ? Joined.Add(joined.Demand) : Joined,
            NextAt = joined.NextAt,
        },
        RoundBegun begun => this with { Street = begun.Street, Number = begun.Number, IsUnderWay = true },
        RoundEnded ended => this with
        {
            Waiting = Waiting.Except(ended.Left.Except(Joined)),
            Joined = [],
            IsUnderWay = false,
            NextAt = ended.NextAt,
            Last = ended.Report,
            EndedAt = ended.At,
        },
        _ => throw new InvalidOperationException($"A round does not know {happened.GetType().Name}."),
    };
}
