using System.Collections.Immutable;
using Pool.Offers;
using Pool.Values;

namespace Pool.Matching;

/// <summary>When a street's partners do not serve, whatever their hours say; all by the pool's zone.</summary>
/// <param name="HomeHours">The half-hours that a treaty keeps back for home; none at home.</param>
/// <param name="Holidays">Public holidays: who offers to serve on holidays does.</param>
[GenerateSerializer, Immutable, Alias("pool.ClosedTimes")]
public sealed record ClosedTimes([property: Id(0)] WeeklyHours HomeHours, [property: Id(1)] ImmutableArray<DateOnly> Holidays)
{
    public static ClosedTimes None { get; } = new(default, []);

    public bool IsEmpty => HomeHours.IsEmpty && Holidays.IsEmpty;

    /// <summary>Why there is no service in the slot; null where there may be.</summary>
    public CandidateReason? Closes(TimeWindow slot, bool servesOnHolidays) =>
        !HomeHours.IsEmpty && HomeHours.Meet(WeeklyHours.Of(slot, Clock.Zone)) ? CandidateReason.HomeHours
        : !servesOnHolidays && IsHoliday(slot) ? CandidateReason.Holiday
        : null;

    private bool IsHoliday(TimeWindow slot)
    {
        var (first, last) = (Day(slot.Start), Day(slot.End - TimeSpan.FromTicks(1)));
        return Holidays.Any(holiday => first <= holiday && holiday <= last);
    }

    private static DateOnly Day(DateTimeOffset at) => DateOnly.FromDateTime(Clock.Local(at));
}
