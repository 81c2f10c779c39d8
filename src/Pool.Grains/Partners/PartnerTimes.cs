using System.Collections.Immutable;
using Pool.Actors;
using Pool.Values;

namespace Pool.Partners;

/// <summary>When a partner has time, besides the weekly hours of its offers.</summary>
/// <param name="Away">When it is not there, whatever its hours say: holidays, travel; in order, none touching another.</param>
/// <param name="WeeklyLimit">The most minutes reserved and served in a week from Monday on, of all its people together; 0: no limit.</param>
/// <param name="Rest">The least time between two services.</param>
/// <param name="TravelPerRing">The time to travel besides, for each ring of the farther of the two.</param>
[GenerateSerializer, Immutable, Alias("pool.PartnerTimes")]
public sealed record PartnerTimes(
    [property: Id(0)] ImmutableArray<TimeWindow> Away,
    [property: Id(1)] Minutes WeeklyLimit,
    [property: Id(2)] Minutes Rest,
    [property: Id(3)] Minutes TravelPerRing)
{
    /// <summary>Nothing besides the weekly hours.</summary>
    public static PartnerTimes Unbound { get; } = new([], Minutes.Zero, Minutes.Zero, Minutes.Zero);

    public bool IsAway(TimeWindow slot) => Away.Any(away => away.Overlaps(slot));

    /// <summary>The time that must lie between services in two rings.</summary>
    public TimeSpan Between(int ring, int other) => (Rest + new Minutes(TravelPerRing.Value * Math.Max(ring, other))).ToTimeSpan();

    /// <summary>The Monday of the week in which an instant lies, by the pool's zone.</summary>
    public static DateOnly WeekOf(DateTimeOffset at)
    {
        var day = DateOnly.FromDateTime(Clock.Local(at));
        return day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
    }

    /// <summary>The same times in order, those that touch as one.</summary>
    public static ImmutableArray<TimeWindow> Merge(ImmutableArray<TimeWindow> times)
    {
        var merged = ImmutableArray.CreateBuilder<TimeWindow>();
        foreach (var time in times.OrderBy(time => time.Start))
        {
            if (merged.Count > 0 && time.Start <= merged[^1].End)
            {
                merged[^1] = merged[^1] with { End = time.End > merged[^1].End ? time.End : merged[^1].End };
            }
            else
            {
                merged.Add(time);
            }
        }

        return merged.DrainToImmutable();
    }

    public static Refusal? Fault(PartnerTimes times) => Check.Lowest(
        Check.Range("availability.away", times.Away.Length, 0, Limits.AwayTimes),
        times.Away.Any(away => away.End <= away.Start) ? Refusal.At("availability.away", RefusalReason.WindowEndsBeforeStart) : null,
        times.Away.Zip(times.Away.Skip(1)).Any(pair => pair.Second.Start < pair.First.End) ? Refusal.At("availability.away", RefusalReason.AwayTimesOverlap) : null,
        Check.Range("availability.weekly_limit_minutes", times.WeeklyLimit, Minutes.Zero, Limits.LongestPolicy),
        Check.Range("availability.rest_minutes", times.Rest, Minutes.Zero, Limits.LongestService),
        Check.Range("availability.travel_minutes_per_ring", times.TravelPerRing, Minutes.Zero, Limits.LongestService));
}
