using System.Collections.Immutable;
using Pool.Actors;
using Pool.Values;

namespace Pool.Rounds;

public static class RoundRules
{
    /// <summary>How long a plan may be improved where windows overlap.</summary>
    public static readonly TimeSpan SolvingTime = TimeSpan.FromSeconds(10);

    /// <summary>Plans made in one round, at the most: the demands that calendars refused until then wait for the next.</summary>
    public const int MostPlans = 10;

    private static readonly DateTimeOffset Monday = new(2026, 1, 5, 0, 0, 0, TimeSpan.FromHours(8));

    /// <summary>The demand waits for the next round; while one is under way, for the one after it.</summary>
    /// <param name="every">How far apart the street's rounds are.</param>
    public static Decision<RoundEvent> Join(Round round, StreetId street, DemandId demand, Minutes every, DateTimeOffset now) =>
        (round.IsUnderWay ? round.Joined : round.Waiting).Contains(demand) && round.NextAt is not null
            ? default(Decision<RoundEvent>)
            : new DemandJoined(now, street, demand, round.NextAt is { } next && (next > now || !round.IsUnderWay) ? next : NextAfter(now, every));

    /// <summary>A clerk has the round held at once.</summary>
    /// <param name="unknown">What the street says against it; null where it exists.</param>
    public static Decision<RoundEvent> Begin(Round round, StreetId street, Refusal? unknown, DateTimeOffset now) =>
        Check.Lowest(unknown, round.IsUnderWay ? Refusal.Of(RefusalReason.RoundUnderWay) : null) is { } refusal
            ? refusal
            : new RoundBegun(now, street, round.Number + 1);

    /// <summary>What time has brought: the next round.</summary>
    public static Decision<RoundEvent> Tick(Round round, DateTimeOffset now) =>
        round is { IsUnderWay: false, Waiting.IsEmpty: false } && round.NextAt <= now
            ? new RoundBegun(now, round.Street!.Value, round.Number + 1)
            : default(Decision<RoundEvent>);

    /// <summary>The round is over.</summary>
    /// <param name="number">Which; another one is not ended by it.</param>
    /// <param name="left">Demands that wait no longer.</param>
    public static Decision<RoundEvent> End(Round round, int number, ImmutableArray<DemandId> left, RoundReport report, Minutes every, DateTimeOffset now) =>
        round.IsUnderWay && round.Number == number
            ? new RoundEnded(now, left, report, round.Waiting.Except(left.Except(round.Joined)).IsEmpty ? null : NextAfter(now, every))
            : default(Decision<RoundEvent>);

    /// <summary>When the first round after an instant begins: rounds are counted from Monday's midnight in Shanghai.</summary>
    public static DateTimeOffset NextAfter(DateTimeOffset now, Minutes every)
    {
        var weeks = Math.Floor((now - Monday) / TimeSpan.FromDays(7));
        var midnight = Monday + (weeks * TimeSpan.FromDays(7));
        var next = midnight + (Math.Floor((now - midnight) / every.ToTimeSpan()) + 1) * every.ToTimeSpan();
        var nextWeek = midnight + TimeSpan.FromDays(7);
        return (next < nextWeek ? next : nextWeek).ToUniversalTime();
    }
}
