using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;
using Xunit;
using static Pool.Rules.Tests.SomeCalendar;

namespace Pool.Rules.Tests;

/// <summary>The partner alone decides over its time: what it holds, what it refuses and what it counts.</summary>
public sealed class PartnerRulesTests
{
    [Fact]
    public void A_hold_takes_the_earliest_slot_and_lasts_a_grace_longer_than_its_proposal()
    {
        var (decision, outcome) = PartnerRules.TryHold(Some.Registered(), Advice, Ask(1), Now);
        Assert.Equal(Some.Held(Tight, Expiry, 1), outcome);
        Assert.Equal(new HoldPlaced(Now, Hold(1), Advice.Offer, Tight, Expiry + Calendar.Grace), Assert.Single(decision.Events));
    }

    [Fact]
    public void A_proposal_cannot_be_accepted_after_its_service_should_begin()
    {
        var late = Ask(1) with { ExpiresAt = Now.AddHours(5) };
        Assert.Equal(Tight.Start, PartnerRules.TryHold(Some.Registered(), Advice, late, Now).Outcome.AcceptUntil);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_partner_holds_as_many_at_a_time_as_it_can_send(int capacity)
    {
        var offer = Advice with { Capacity = capacity };
        var partner = Enumerable.Range(1, capacity).Aggregate(Some.Registered(capacity), (state, number) => Held(state, number, offer));
        Assert.Equal(CandidateReason.Busy, Refused(partner, offer, Ask(9)));
    }

    [Theory]
    [InlineData(5, 5, 1, 1)]
    [InlineData(5, 5, 9, 5)]
    [InlineData(5, 3, 9, 3)]
    public void A_team_sends_as_many_as_are_wanted_and_as_it_has(int capacity, int ofOffer, int wanted, int sent)
    {
        var (decision, outcome) = PartnerRules.TryHold(Some.Registered(capacity), Advice with { Capacity = ofOffer }, Ask(1) with { People = wanted }, Now);
        Assert.Equal(sent, outcome.People);
        Assert.Equal(sent, Assert.IsType<HoldPlaced>(Assert.Single(decision.Events)).People);
    }

    [Fact]
    public void Of_a_team_that_was_held_those_who_are_not_needed_are_free_again()
    {
        var offer = Advice with { Capacity = 5 };
        var held = Some.Registered(5).After(PartnerRules.TryHold(Some.Registered(5), offer, Ask(1) with { People = 5 }, Now).Decision);
        Assert.Equal(CandidateReason.Busy, Refused(held, offer, Ask(2)));
        var booked = held.After(PartnerRules.Confirm(held, Hold(1), 2, Now).Decision);
        Assert.Equal(3, PartnerRules.TryHold(booked, offer, Ask(2) with { People = 5 }, Now).Outcome.People);
    }

    [Fact]
    public void A_teams_service_counts_the_minutes_of_all_its_people()
    {
        var offer = Advice with { Capacity = 5 };
        var team = Some.Registered(5).After(PartnerRules.TryHold(Some.Registered(5), offer, Ask(1) with { People = 3 }, Now).Decision);
        team = team.After(PartnerRules.Confirm(team, Hold(1), 3, Now).Decision);
        Assert.Equal(new Minutes(180), team.Calendar.Reserved);
        team = team.After(PartnerRules.RecordService(team, Hold(1), Some.Skill, FeeMode.Volunteer, new(50), Now));
        Assert.Equal(new Minutes(150), team.Facts(Now).Served);
    }

    [Fact]
    public void Services_are_published_together_a_while_after_the_first_and_whatever_else_changes_at_once()
    {
        var partner = Held(Held(Some.Registered(2), 1, Advice with { Capacity = 2 }), 2, Advice with { Capacity = 2 });
        partner = partner.After(PartnerRules.Published(partner, partner.Revision, Now));
        partner = partner.After(PartnerRules.Confirm(partner, Hold(1), 1, Now).Decision).After(PartnerRules.Confirm(partner, Hold(2), 1, Now).Decision);
        partner = partner.After(PartnerRules.RecordService(partner, Hold(1), Some.Skill, FeeMode.Volunteer, new(60), Now));
        partner = partner.After(PartnerRules.RecordService(partner, Hold(2), Some.Skill, FeeMode.Volunteer, new(60), Now.AddSeconds(2)));
        var told = Now + Pool.Actors.Patience.ForStep;

        Assert.Null(PartnerRules.NextStep(partner, told.AddTicks(-1)));
        Assert.Equal(told, partner.DueAt);
        Assert.IsType<PublishFacts>(PartnerRules.NextStep(partner, told));
        Assert.IsType<PublishFacts>(PartnerRules.NextStep(partner.After(PartnerRules.Suspend(partner, Some.Partner, "a complaint", Now.AddSeconds(2))), Now.AddSeconds(2)));
    }

    [Fact]
    public void A_suspension_is_published_before_the_demands_know_that_they_must_find_somebody_else()
    {
        var partner = Held(Held(Some.Registered(2), 1, Advice with { Capacity = 2 }), 2, Advice with { Capacity = 2 });
        partner = partner.After(PartnerRules.Published(partner, partner.Revision, Now));
        Assert.Null(PartnerRules.NextStep(partner, Now));

        partner = partner.After(PartnerRules.Suspend(partner, Some.Partner, "a complaint", Now));

        Assert.IsType<PublishFacts>(PartnerRules.NextStep(partner, Now));
        Assert.Equal(Now + Pool.Actors.Patience.ForStep, partner.DueAt);
        partner = partner.After(PartnerRules.Published(partner, partner.Revision, Now));
        Assert.Equal(new RevokeHold(Hold(1)), PartnerRules.NextStep(partner, Now));
        partner = partner.After(PartnerRules.Revoked(partner, Hold(1), Now));
        Assert.Equal("-", PartnerRules.Revoked(partner, Hold(1), Now).Told());
        Assert.Equal(new RevokeHold(Hold(2)), PartnerRules.NextStep(partner, Now));

        // The demand gave the time back meanwhile: it knows.
        Assert.Null(PartnerRules.NextStep(partner.After(PartnerRules.Release(partner, Hold(2), noShow: false, Now)), Now));
        Assert.Empty(partner.After(PartnerRules.Reinstate(partner, Some.Partner, Now)).ToRevoke);
    }

    [Fact]
    public void A_suspended_partner_s_hold_does_not_become_a_booking()
    {
        var held = Held(Some.Registered(), 1, Advice);
        var suspended = held.After(PartnerRules.Suspend(held, Some.Partner, "a complaint", Now));
        Assert.False(PartnerRules.Confirm(suspended, Hold(1), 1, Now).Confirmed);
        var booked = held.After(PartnerRules.Confirm(held, Hold(1), 1, Now).Decision);
        Assert.True(PartnerRules.Confirm(booked.After(PartnerRules.Suspend(booked, Some.Partner, "a complaint", Now)), Hold(1), 1, Now).Confirmed);
    }

    [Fact]
    public void An_offer_holds_no_more_than_its_own_capacity_and_leaves_the_rest_to_others()
    {
        var other = Some.Offer(Some.Partner, "mediation");
        var partner = Held(Some.Registered(2), 1, Advice);
        Assert.Equal(CandidateReason.Busy, Refused(partner, Advice, Ask(2)));
        partner = Held(partner, 2, other);
        Assert.Equal(CandidateReason.Busy, Refused(partner, other with { Capacity = 2 }, Ask(3)));
    }

    [Fact]
    public void A_busy_slot_is_passed_over_for_the_next_that_touches_nothing_reserved()
    {
        var partner = Held(Some.Registered(), 1, Advice);
        var next = PartnerRules.TryHold(partner, Advice, Ask(2) with { Window = Some.Window }, Now).Outcome.Slot;
        Assert.Equal(TimeWindow.From(Tight.End, Some.Hour), next);
    }

    [Fact]
    public void The_same_hold_again_gets_the_same_slot_and_writes_nothing()
    {
        var request = Ask(1) with { Window = Some.Window };
        var first = PartnerRules.TryHold(Some.Registered(), Advice, request, Now);
        var again = PartnerRules.TryHold(Some.Registered().After(first.Decision), Advice, request, Now.AddMinutes(1));
        Assert.Equal(first.Outcome, again.Outcome);
        Assert.Equal("-", again.Decision.Told());
    }

    [Fact]
    public void A_hold_that_ended_is_never_given_again()
    {
        var held = Held(Some.Registered(), 1, Advice);
        var released = held.After(PartnerRules.Release(held, Hold(1), false, Now));
        Assert.Equal(CandidateReason.HoldEnded, Refused(released, Advice, Ask(1)));

        // Neither once its time has passed, whether the calendar has noticed or not.
        var after = Expiry + Calendar.Grace;
        Assert.Equal(CandidateReason.HoldEnded, Refused(held, Advice, Ask(1), after));
        Assert.Equal(CandidateReason.HoldEnded, Refused(held.After(PartnerRules.Lapse(held, after)), Advice, Ask(1), after));
    }

    [Fact]
    public void A_confirmation_makes_a_booking_once_and_a_booking_does_not_lapse()
    {
        var held = Held(Some.Registered(), 1, Advice);
        var (decision, confirmed) = PartnerRules.Confirm(held, Hold(1), 1, (Expiry + Calendar.Grace).AddTicks(-1));
        Assert.True(confirmed);
        Assert.Equal("+HoldConfirmed", decision.Told());

        var booked = held.After(decision);
        var again = PartnerRules.Confirm(booked, Hold(1), 1, Now.AddDays(1));
        Assert.True(again.Confirmed);
        Assert.Equal("-", again.Decision.Told());
        Assert.Empty(PartnerRules.Lapse(booked, Now.AddDays(1)));
        Assert.Null(booked.Calendar.NextLapse);
    }

    [Fact]
    public void A_confirmation_at_the_expiry_is_refused_and_the_hold_lapses()
    {
        var held = Held(Some.Registered(), 1, Advice);
        var (decision, confirmed) = PartnerRules.Confirm(held, Hold(1), 1, Expiry + Calendar.Grace);
        Assert.False(confirmed);
        Assert.Equal(new HoldLapsed(Expiry + Calendar.Grace, Hold(1)), Assert.Single(decision.Events));
        Assert.Empty(held.After(decision).Calendar.Reservations);
    }

    [Fact]
    public void A_confirmation_of_what_was_never_held_is_refused() =>
        Assert.False(PartnerRules.Confirm(Some.Registered(), Hold(1), 1, Now).Confirmed);

    [Fact]
    public void A_lapsed_hold_makes_room_before_the_calendar_has_noticed()
    {
        var held = Held(Some.Registered(), 1, Advice);
        var after = Expiry + Calendar.Grace;
        var (decision, outcome) = PartnerRules.TryHold(held, Advice, Ask(2) with { ExpiresAt = after.AddMinutes(15) }, after);
        Assert.Equal(Tight, outcome.Slot);
        Assert.Equal("+HoldLapsed+HoldPlaced", decision.Told());
    }

    [Theory]
    [InlineData(0, 3, true)]
    [InlineData(-1, 3, false)]
    [InlineData(0, 2, true)]
    [InlineData(0, 1, false)]
    public void A_certificate_must_reach_the_level_and_last_until_the_slot_ends(int ticks, int level, bool holds)
    {
        var certified = Some.Registered().Evolve(new PartnerCertified(Now, new(Some.Skill, level, Tight.End.AddTicks(ticks), "Bar")));
        var outcome = PartnerRules.TryHold(certified, Advice, Ask(1) with { RequiresCertificate = true, Window = Some.Window }, Now).Outcome;
        Assert.Equal(holds ? null : CandidateReason.CertificateNotValid, outcome.Reason);
    }

    [Fact]
    public void A_certificate_of_another_skill_is_none()
    {
        var certified = Some.Registered().Evolve(
            new PartnerCertified(Now, new(SkillCode.Parse("elder-care"), 5, Now.AddYears(1), "Bureau")));
        Assert.Equal(CandidateReason.CertificateNotValid, Refused(certified, Advice, Ask(1) with { RequiresCertificate = true }));
        Assert.Equal(Tight, PartnerRules.TryHold(certified, Advice, Ask(1), Now).Outcome.Slot);
    }

    [Fact]
    public void A_suspended_partner_takes_no_hold_until_it_is_reinstated()
    {
        var suspended = Some.Registered().Evolve(new PartnerSuspended(Now, "Complaints"));
        Assert.Equal(CandidateReason.Suspended, Refused(suspended, Advice, Ask(1)));
        Assert.Equal(Tight, PartnerRules.TryHold(suspended.Evolve(new PartnerReinstated(Now)), Advice, Ask(1), Now).Outcome.Slot);
        Assert.Equal(CandidateReason.Suspended, Refused(Partner.Empty, Advice, Ask(1)));
    }

    [Theory]
    [InlineData(120, true)]
    [InlineData(121, false)]
    public void No_slot_begins_before_the_offers_notice_has_passed(int notice, bool holds)
    {
        var offer = Advice with { Notice = new(notice) };
        var (decision, outcome) = PartnerRules.TryHold(Some.Registered(), offer, Ask(1), Now);
        Assert.Equal(holds ? Tight : null, outcome.Slot);
        Assert.Equal(holds ? "+HoldPlaced" : "-", decision.Told());
    }

    [Fact]
    public void No_slot_lies_outside_the_offers_hours()
    {
        // Monday 12:00 to 13:00 in Shanghai is the second hour of the window, and the last of the offer.
        var noon = Advice with { Hours = default(WeeklyHours).With(DayOfWeek.Monday, 24, 26) };
        Assert.Equal(CandidateReason.NotAvailable, Refused(Some.Registered(), noon, Ask(1)));
        var held = PartnerRules.TryHold(Some.Registered(), noon, Ask(1) with { Window = Some.Window }, Now).Outcome.Slot;
        Assert.Equal(TimeWindow.From(Now.AddHours(3), Some.Hour), held);
    }

    [Theory]
    [InlineData(false, "+HoldReleased", 0)]
    [InlineData(true, "+NoShowRecorded", 1)]
    public void A_release_gives_the_time_back_once_and_a_no_show_counts_once(bool noShow, string expected, int noShows)
    {
        var held = Held(Some.Registered(), 1, Advice);
        var decision = PartnerRules.Release(held, Hold(1), noShow, Now);
        Assert.Equal(expected, decision.Told());

        var released = held.After(decision);
        Assert.Equal(noShows, released.NoShows);
        Assert.Equal("-", PartnerRules.Release(released, Hold(1), noShow, Now).Told());
        Assert.Equal("-", PartnerRules.Release(released, Hold(7), noShow, Now).Told());
        Assert.Equal(Tight, PartnerRules.TryHold(released, Advice, Ask(2), Now).Outcome.Slot);
    }

    [Fact]
    public void A_hold_that_came_to_no_proposal_is_dropped_and_may_be_placed_again()
    {
        var held = Held(Some.Registered(), 1, Advice);
        Assert.Equal("-", PartnerRules.Drop(held, Hold(1), Now.AddTicks(-1), Now).Told());
        Assert.Equal("-", PartnerRules.Drop(held, Hold(7), Now, Now).Told());
        var dropped = held.After(PartnerRules.Drop(held, Hold(1), Now, Now));
        Assert.Equal("-", PartnerRules.Drop(dropped, Hold(1), Now, Now).Told());
        Assert.Equal(Tight, PartnerRules.TryHold(dropped, Advice, Ask(1), Now).Outcome.Slot);

        var booked = held.After(PartnerRules.Confirm(held, Hold(1), 1, Now).Decision);
        Assert.Equal("-", PartnerRules.Drop(booked, Hold(1), Now, Now).Told());
    }

    [Fact]
    public void A_service_is_counted_once_in_its_quarter_and_ends_its_booking()
    {
        var booked = Held(Some.Registered(), 1, Advice);
        booked = booked.After(PartnerRules.Confirm(booked, Hold(1), 1, Now).Decision);
        var served = booked.After(PartnerRules.RecordService(booked, Hold(1), Some.Skill, FeeMode.Volunteer, Some.Hour, Tight.End));

        Assert.Equal(Some.Hour, served.Served[20264]);
        Assert.Empty(served.Calendar.Reservations);
        Assert.Equal("-", PartnerRules.RecordService(served, Hold(1), Some.Skill, FeeMode.Volunteer, Some.Hour, Tight.End).Told());
        Assert.Equal("-", PartnerRules.RecordService(served, Hold(8), Some.Skill, FeeMode.Volunteer, Some.Hour, Tight.End).Told());
        Assert.Equal(Minutes.Zero, served.Facts(Now.AddMonths(3)).Served);
    }

    [Fact]
    public void A_rating_counts_once_for_a_service_and_the_mean_is_in_hundredths()
    {
        var partner = Some.Registered();
        Assert.Equal(300, partner.CentiStars);
        partner = partner.After(PartnerRules.RecordRating(partner, Hold(1), 5, Now));
        Assert.Equal("-", PartnerRules.RecordRating(partner, Hold(1), 1, Now).Told());
        partner = partner.After(PartnerRules.RecordRating(partner, Hold(2), 4, Now));
        Assert.Equal(450, partner.CentiStars);
    }

    [Fact]
    public void A_partner_is_woken_when_its_next_hold_lapses()
    {
        var held = Held(Some.Registered(), 1, Advice).Evolve(new PartnerPublished(Now, 1));
        Assert.Equal(Expiry + Calendar.Grace, held.DueAt);
        Assert.Null(held.After(PartnerRules.Confirm(held, Hold(1), 1, Now).Decision).DueAt);
    }
}
