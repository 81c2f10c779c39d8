using Pool.Offers;
using Pool.Treaties;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

public sealed class WeeklyHoursTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    /// <summary>Monday 2026-11-23, 09:00 in Shanghai.</summary>
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 1, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_slot_is_covered_when_every_half_hour_that_it_touches_is_available()
    {
        var hours = default(WeeklyHours).With(DayOfWeek.Monday, 18, 20);

        Assert.True(Covers(hours, TimeWindow.From(Monday, new Minutes(60))));
        Assert.False(Covers(hours, TimeWindow.From(Monday, new Minutes(61))));
        Assert.False(Covers(hours, TimeWindow.From(Monday.AddMinutes(-1), new Minutes(30))));
    }

    [Fact]
    public void A_slot_touches_hours_when_one_of_its_half_hours_is_among_them()
    {
        var hours = default(WeeklyHours).With(DayOfWeek.Monday, 18, 20);

        Assert.True(Touches(hours, TimeWindow.From(Monday.AddMinutes(-59), new Minutes(60))));
        Assert.True(Touches(hours, TimeWindow.From(Monday.AddMinutes(59), new Minutes(60))));
        Assert.False(Touches(hours, TimeWindow.From(Monday.AddMinutes(60), new Minutes(60))));
        Assert.False(Touches(hours, TimeWindow.From(Monday.AddMinutes(-60), new Minutes(60))));
        Assert.False(Touches(default, TimeWindow.From(Monday, new Minutes(60))));
    }

    [Fact]
    public void Whatever_has_hours_can_be_printed_and_compared_part_by_part()
    {
        var hours = default(WeeklyHours).With(DayOfWeek.Monday, 18, 20);

        Assert.Contains(hours.Text, $"{TreatyTerms.Unbound with { HomeHours = hours }}", StringComparison.Ordinal);
        Assert.Equivalent(TreatyTerms.Unbound with { HomeHours = hours }, TreatyTerms.Unbound with { HomeHours = hours }, strict: true);
    }

    private static bool Covers(WeeklyHours hours, TimeWindow slot) => hours.Include(WeeklyHours.Of(slot, Shanghai));

    private static bool Touches(WeeklyHours hours, TimeWindow slot) => hours.Meet(WeeklyHours.Of(slot, Shanghai));
}
