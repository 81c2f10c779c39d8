using Pool.Actors;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;
using Xunit;
using static Pool.Rules.Tests.SomeCalendar;

namespace Pool.Rules.Tests;

/// <summary>When a partner has time besides its weekly hours: away, rest, travel, and how much of a week it gives.</summary>
public sealed class PartnerTimesTests
{
    [Fact]
    public void An_imported_calendar_keeps_what_is_ahead_makes_one_of_what_touches_and_replaces_the_one_before()
    {
        TimeWindow Hours(int from, int to) => new(Some.Now.AddHours(from), Some.Now.AddHours(to));
        var partner = Some.Registered().After(PartnerRules.ImportCalendar(Some.Registered(), Some.Partner, [Hours(5, 6), Hours(-2, -1), Hours(1, 3), Hours(3, 4), Hours(2, 3)], Some.Now));
        Assert.Equal([Hours(1, 4), Hours(5, 6)], partner.Busy);
        Assert.True(partner.IsAway(Hours(3, 4)));
        Assert.Equal([Hours(1, 4), Hours(5, 6)], partner.Facts(Some.Now).Away);
        Assert.False(partner.After(PartnerRules.ImportCalendar(partner, Some.Partner, [], Some.Now)).IsAway(Hours(3, 4)));
    }

    [Fact]
    public void A_calendar_of_more_stretches_than_a_partner_may_have_is_refused() => Assert.Equal(
        "CalendarTooLarge",
        PartnerRules.ImportCalendar(
            Some.Registered(), Some.Partner, [.. Enumerable.Range(1, 401).Select(hour => new TimeWindow(Some.Now.AddHours(hour), Some.Now.AddHours(hour).AddMinutes(30)))], Some.Now).Told());

    [Fact]
    public void A_partner_who_is_away_is_not_held_and_is_held_before_and_after()
    {
        var away = Times(new([new(Tight.Start.AddMinutes(30), Tight.End.AddHours(1))], new(0), new(0), new(0)));
        Assert.Equal(CandidateReason.NotAvailable, Refused(away, Advice, Ask(1)));
        var slot = PartnerRules.TryHold(away, Advice, Ask(1) with { Window = new(Tight.Start, Tight.End.AddHours(4)) }, Now).Outcome.Slot;
        Assert.Equal(TimeWindow.From(Tight.End.AddHours(1), Some.Hour), slot);
        Assert.NotNull(PartnerRules.TryHold(away, Advice, Ask(1) with { Window = new(Tight.Start.AddMinutes(-30), Tight.Start.AddMinutes(30)) }, Now).Outcome.Slot);
    }

    [Theory]
    [InlineData(0, 0, 0, true)]
    [InlineData(30, 0, 0, true)]
    [InlineData(31, 0, 0, false)]
    [InlineData(10, 10, 2, true)]
    [InlineData(11, 10, 2, false)]
    public void Rest_and_travel_lie_between_two_services(int rest, int travelPerRing, int ring, bool fits)
    {
        var partner = Held(Times(new([], new(0), new(rest), new(travelPerRing))), 1, Advice);
        var next = Ask(2) with { Window = TimeWindow.From(Tight.End.AddMinutes(30), Some.Hour), Ring = ring };
        Assert.Equal(fits ? null : CandidateReason.NoRest, PartnerRules.TryHold(partner, Advice, next, Now).Outcome.Reason);
        var before = Ask(2) with { Window = TimeWindow.From(Tight.Start.AddMinutes(-90), Some.Hour), Ring = ring };
        Assert.Equal(fits ? null : CandidateReason.NoRest, PartnerRules.TryHold(partner, Advice, before, Now).Outcome.Reason);
    }

    [Fact]
    public void A_week_s_minutes_count_what_is_booked_and_what_was_served_and_begin_anew_on_Monday()
    {
        var partner = Times(new([], new(90), new(0), new(0)));
        var booked = Held(partner, 1, Advice);
        booked = booked.After(PartnerRules.Confirm(booked, Hold(1), 1, Now).Decision);
        var later = Ask(2) with { Window = TimeWindow.From(Tight.End, Some.Hour) };
        Assert.Equal(CandidateReason.WeekFull, Refused(booked, Advice, later));
        var served = booked.After(PartnerRules.RecordService(booked, Hold(1), Some.Skill, FeeMode.Volunteer, new(20), Now));
        Assert.Equal(CandidateReason.WeekFull, Refused(served, Advice, later));

        // Now is a Monday: the next begins seven days on, at midnight in Shanghai.
        var sunday = new DateTimeOffset(2026, 11, 29, 15, 0, 0, TimeSpan.Zero);
        Assert.Equal(CandidateReason.WeekFull, Refused(served, Advice, later with { Window = TimeWindow.From(sunday, Some.Hour) }));
        Assert.NotNull(PartnerRules.TryHold(served, Advice, later with { Window = TimeWindow.From(sunday.AddHours(1), Some.Hour) }, Now).Outcome.Slot);
        Assert.NotNull(PartnerRules.TryHold(served, Advice, later with { Duration = new(30) }, Now).Outcome.Slot);
    }

    [Fact]
    public void Availability_that_contradicts_itself_is_refused()
    {
        Assert.Equal(RefusalReason.AwayTimesOverlap, Fault(new([new(Now, Now.AddHours(2)), new(Now.AddHours(1), Now.AddHours(3))], new(0), new(0), new(0))));
        Assert.Equal(RefusalReason.WindowEndsBeforeStart, Fault(new([new(Now, Now)], new(0), new(0), new(0))));
        Assert.Equal(RefusalReason.ValueOutOfRange, Fault(new([], new(-1), new(0), new(0))));
        Assert.Equal(RefusalReason.ValueOutOfRange, Fault(new([], new(10_081), new(0), new(0))));
        Assert.Equal(RefusalReason.ValueOutOfRange, Fault(new([], new(0), new(1_441), new(0))));
        Assert.Equal(RefusalReason.ValueOutOfRange, Fault(new([], new(0), new(0), new(-1))));
        Assert.Null(Fault(new([new(Now, Now.AddHours(1)), new(Now.AddHours(1), Now.AddHours(3))], new(10_080), new(1_440), new(1_440))));

        static RefusalReason? Fault(PartnerTimes times) => PartnerRules.SetAvailability(Some.Registered(), Some.Partner, times, Now).Refusal?.Reason;
    }

    private static Partner Times(PartnerTimes times) => Some.Registered().After(PartnerRules.SetAvailability(Some.Registered(), Some.Partner, times, Now));
}
