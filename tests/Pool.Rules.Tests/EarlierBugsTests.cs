using System.Collections.Immutable;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>Bugs that were, each with the test that found it.</summary>
public sealed class EarlierBugsTests
{
    private static readonly DateTimeOffset Now = Some.Now;
    private static readonly DemandTerms Good = Some.Terms();
    private static readonly TimeWindow Tight = TimeWindow.From(Now.AddHours(2), Some.Hour);
    private static readonly RingQuery Query = new(0, Some.Home, Some.Skill, 3, true, Some.Window, Some.Hour, [FeeMode.Volunteer], [], [], 16, 9);

    [Fact]
    public void Whose_time_was_held_for_one_proposal_is_not_asked_for_the_next_when_somebody_has_come_forward_meanwhile()
    {
        var sought = Some.Posted(seats: 2, reach: 0);
        var searched = new RingSearched(Now, 0, [Some.Findings(Some.Candidate(Some.Partner))]);
        var step = Assert.IsType<HoldBest>(DemandRules.NextStep(sought.After(searched), Now));
        var meanwhile = sought.After(new ProposalMade(Now, 1, Some.Candidate(Some.Stranger), Tight, Now.AddMinutes(15), []));

        var decision = DemandRules.SearchedAndHeld(meanwhile, sought, [searched], step, Some.Candidate(Some.Partner), Some.Held(Tight, Now.AddMinutes(15), 1), [], Now);

        Assert.Equal(1, step.Number);
        Assert.IsType<RingSearched>(Assert.Single(decision.Events));
    }

    // RefusalReason: "of several reasons that hold, the lowest is given".
    [Fact]
    public void Post_precedence_a_long_description_and_no_fee_mode_is_FieldRequired() =>
        Assert.Equal("FieldRequired", Some.Post(Good with { Description = new('x', 2001), FeeModes = [] }).Told());

    [Fact]
    public void Post_precedence_a_bad_level_and_a_fee_mode_twice_is_FieldInvalid() =>
        Assert.Equal("FieldInvalid", Some.Post(Good with { MinLevel = 0, FeeModes = [FeeMode.LowFee, FeeMode.LowFee] }).Told());

    [Fact]
    public void Post_precedence_a_window_gone_by_and_too_short_is_WindowInPast() =>
        Assert.Equal("WindowInPast", Some.Post(Good with { Window = new(Now.AddHours(-3), Now.AddHours(-3).AddMinutes(20)) }).Told());

    [Fact]
    public void Post_a_window_at_the_beginning_of_time_is_refused_and_does_not_throw() =>
        Assert.NotNull(Some.Post(Good with { Window = new(DateTimeOffset.MinValue, DateTimeOffset.MinValue.AddMinutes(30)) }).Refusal);

    [Fact]
    public void Complete_precedence_bad_minutes_by_a_stranger_is_ValueOutOfRange() =>
        Assert.Equal("ValueOutOfRange", AssignmentRules.Complete(Booked(), 1, Some.Unasked, new(-1), Now).Told());

    [Fact]
    public void Rate_precedence_bad_stars_by_another_community_is_ValueOutOfRange() =>
        Assert.Equal("ValueOutOfRange", AssignmentRules.Rate(Booked(), 1, Some.Neighbour, 9, "", Now).Told());

    [Fact]
    public void Resolve_precedence_no_note_and_bad_minutes_is_FieldRequired() =>
        Assert.Equal("FieldRequired", AssignmentRules.Resolve(Booked(), 1, new(-1), "", Now).Told());

    // CandidateReason.NoticeTooShort: "Every slot comes sooner than the offer's notice allows."
    [Fact]
    public void TryHold_says_NoticeTooShort_when_the_notice_rules_out_every_slot() =>
        Assert.Equal(CandidateReason.NoticeTooShort,
            PartnerRules.TryHold(Some.Registered(), Some.Offer(Some.Partner) with { Notice = new(121) }, Ask(), Now).Outcome.Reason);

    [Fact]
    public void TryHold_places_no_hold_whose_proposal_has_expired_already()
    {
        var (decision, outcome) = PartnerRules.TryHold(Some.Registered(), Some.Offer(Some.Partner), Ask() with { ExpiresAt = Now.AddMinutes(-10) }, Now);
        Assert.Null(outcome.Slot);
        Assert.Empty(decision.Events);
    }

    // I8: no hold outlives its expiry.
    [Fact]
    public void A_lapsed_hold_that_was_never_booked_is_not_counted_as_a_service()
    {
        var held = Some.Registered().After(PartnerRules.TryHold(Some.Registered(), Some.Offer(Some.Partner), Ask(), Now).Decision);
        Assert.DoesNotContain(PartnerRules.RecordService(held, new(Some.Demand, 1), Some.Skill, FeeMode.Volunteer, Some.Hour, Now.AddHours(9)).Events, e => e is ServiceRecorded);
    }

    // I1: overlapping holds and bookings never exceed the capacity.
    [Fact]
    public void A_capacity_is_not_lowered_below_what_is_booked()
    {
        var partner = Some.Registered(2);
        var offer = Some.Offer(Some.Partner) with { Capacity = 2 };
        partner = partner.After(PartnerRules.TryHold(partner, offer, Ask(), Now).Decision);
        partner = partner.After(PartnerRules.TryHold(partner, offer, Ask() with { Hold = new(Some.Demand, 2) }, Now).Decision);
        var decision = PartnerRules.Change(partner, Some.Partner, new(null, null, null, null, 1), null, Now);
        Assert.True(decision.Refusal is not null || partner.After(decision).Calendar.Peak(Tight, Now) <= 1);
    }

    [Fact]
    public void A_lower_level_cures_also_where_the_certificate_is_of_that_level()
    {
        var offer = Some.Offer(Some.Partner) with { Level = 2 };
        Assert.Equal([new(CureKind.LowerLevel, 1, Level: 2)], Cures(Query, offer, SomeStreet.Certified("lawyer-li", 2, Now.AddYears(1))));
    }

    [Fact]
    public void A_wider_window_is_no_cure_where_the_certificate_expires_before_the_slot()
    {
        var offer = Some.Offer(Some.Partner) with { Hours = default(WeeklyHours).With(DayOfWeek.Saturday, 18, 22) };
        Assert.Empty(Cures(Query, offer, SomeStreet.Certified("lawyer-li", 3, Some.Window.End.AddHours(1))));
    }

    // The dwell opens the next ring; where there is none, those known and unasked come before the wait.
    [Fact]
    public void A_demand_does_not_wait_while_a_known_candidate_is_unasked()
    {
        var findings = Some.Findings(Some.Candidate(Some.Partner)) with { Policy = new(new(15), new(5), new(15)), Neighbours = [] };
        var demand = Some.Posted(reach: 2).After(new RingSearched(Now, 0, [findings with { Candidates = [] }]), new RingSearched(Now, 1, [findings]));
        Assert.IsType<HoldBest>(DemandRules.NextStep(demand, Now.AddMinutes(6)));
    }

    // I9: the dwell opens the next ring, and those whom it left unasked still come before the wait.
    [Fact]
    public void A_candidate_left_unasked_when_the_dwell_passed_is_not_forgotten()
    {
        var findings = Some.Findings(Some.Candidate(Some.Partner)) with { Policy = new(new(15), new(5), new(15)), Neighbours = [] };
        var demand = Some.Posted(reach: 1).After(new RingSearched(Now, 0, [findings]), new RingSearched(Now.AddMinutes(6), 1, [findings with { Candidates = [] }]));
        Assert.IsType<HoldBest>(DemandRules.NextStep(demand, Now.AddMinutes(6)));
    }

    [Theory]
    [InlineData("01"), InlineData(" 1"), InlineData("+1"), InlineData("-1"), InlineData("0")]
    public void A_hold_has_one_text_form_and_counts_from_one(string number) => Assert.False(HoldId.TryParse($"{Some.Demand}/{number}", out _));

    [Fact]
    public void A_stored_window_has_its_start_and_its_end_and_nothing_that_follows_from_them() =>
        Assert.DoesNotContain("length", EventCatalogue<PartnerEvent>.Write(new HoldPlaced(Now, new(Some.Demand, 1), new(Some.Partner, "advice"), Tight, Now)).Payload, StringComparison.Ordinal);

    private static HoldRequest Ask() => new(new(Some.Demand, 1), Tight, Some.Hour, Now.AddMinutes(15), false, 2, Some.Skill, FeeMode.Volunteer, 0, 1);

    private static Demand Booked() => Some.Proposed().After(new ProposalAccepted(Now, 1, [1]), new AssignmentBooked(Now, 1));

    private static ImmutableArray<Cure> Cures(RingQuery query, OfferTerms offer, PartnerFacts facts) => MatchRules.Search(
        SomeStreet.Of(SomeStreet.Profile(Some.Street, Some.OtherStreet), SomeStreet.Index([offer], [facts])), new(), query, Now).Cures;
}
