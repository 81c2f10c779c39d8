using Pool.Actors;
using Pool.Demands;
using Pool.Matching;
using Pool.Offers;
using Pool.Streets;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>Whom a demand asks at the same time, who has the seats then, and what a clerk may change of it.</summary>
public sealed class DispatchModeTests
{
    private static readonly DateTimeOffset Now = Some.Now.AddMinutes(1);

    private static readonly PartnerId[] Three = [PartnerId.Parse("first"), PartnerId.Parse("second"), PartnerId.Parse("third")];

    private static readonly TimeWindow Slot = TimeWindow.From(Some.Window.Start, Some.Hour);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(100, 3)]
    public void A_broadcast_asks_so_many_at_once_whatever_its_seats(int askAtOnce, int asked)
    {
        var demand = Searched(Broadcast(askAtOnce));
        while (DemandRules.NextStep(demand, Now) is HoldBest step)
        {
            demand = Propose(demand, step);
        }

        Assert.Equal(asked, demand.Proposals.Length);
    }

    [Fact]
    public void A_sequence_asks_one_for_each_seat()
    {
        var demand = Propose(Propose(Searched(Some.Terms(seats: 2, reach: 0))));
        Assert.Equal(2, demand.Proposals.Length);
        Assert.Null(DemandRules.NextStep(demand, Now));
    }

    [Fact]
    public void The_first_to_accept_has_the_seat_and_the_others_are_told_and_released()
    {
        var decision = ProposalRules.Accept(Asked(Broadcast(3)), 2, By(1), Now);
        Assert.Equal("+ProposalAccepted+ProposalWithdrawn+ProposalWithdrawn", decision.Told());

        var taken = Asked(Broadcast(3)).After(decision);
        Assert.Equal(DemandStatus.Filled, taken.Status);
        Assert.Equal([1], taken.Proposal(2).Seats);
        Assert.Equal([HoldStatus.OwedBack, HoldStatus.Held, HoldStatus.OwedBack], taken.Proposals.Select(proposal => proposal.Hold));
        Assert.Equal("ProposalWithdrawn", ProposalRules.Accept(taken, 1, By(0), Now).Told());
        Assert.Equal("ProposalWithdrawn", ProposalRules.Decline(taken, 3, By(2), DeclineReason.NoTime, "", Now).Told());
    }

    [Fact]
    public void Nobody_is_told_off_while_a_seat_is_open()
    {
        var terms = Broadcast(3) with { Seats = 2 };
        var one = Asked(terms).After(ProposalRules.Accept(Asked(terms), 1, By(0), Now));
        Assert.Equal(2, one.Pending.Count());
        Assert.Equal("+ProposalAccepted+ProposalWithdrawn", ProposalRules.Accept(one, 3, By(2), Now).Told());
    }

    [Fact]
    public void A_team_takes_several_seats_and_the_next_no_more_than_are_left()
    {
        var demand = Asked(Broadcast(2) with { Seats = 4 }, people: 3);
        demand = demand.After(ProposalRules.Accept(demand, 2, By(1), Now));
        Assert.Equal([1, 2, 3], demand.Proposal(2).Seats);
        demand = demand.After(ProposalRules.Accept(demand, 1, By(0), Now));
        Assert.Equal([4], demand.Proposal(1).Seats);
        Assert.Equal(0, demand.OpenSeats);
    }

    [Fact]
    public void A_sequence_asks_for_the_seats_that_no_team_is_asked_for()
    {
        var demand = Propose(Searched(Some.Terms(seats: 4, reach: 0)), people: 3);
        Assert.Equal(1, demand.SeatsToAsk);
        demand = Propose(demand, people: 3);
        Assert.Equal(1, demand.Proposal(2).People);
    }

    [Fact]
    public void A_seat_given_back_is_the_next_ones()
    {
        var demand = Asked(Broadcast(2) with { Seats = 3 }, people: 2);
        demand = demand.After(ProposalRules.Accept(demand, 1, By(0), Now));
        demand = demand.After(new AssignmentReleased(Now, 1, ReleaseReason.PartnerCancelled, ""));
        demand = demand.After(ProposalRules.Accept(demand, 2, By(1), Now));
        Assert.Equal([1, 2], demand.Proposal(2).Seats);
        Assert.Equal(1, demand.OpenSeats);
    }

    [Fact]
    public void Hold_that_comes_when_the_last_seat_was_taken_is_not_proposed()
    {
        var asking = Propose(Searched(Broadcast(2)));
        var step = Assert.IsType<HoldBest>(DemandRules.NextStep(asking, Now));
        var filled = asking.After(ProposalRules.Accept(asking, 1, By(0), Now));
        Assert.Equal("-", ProposalRules.Held(filled, step, step.Candidates[0], Some.Held(Slot, Now.AddMinutes(15), 1), [], Now).Told());
    }

    [Fact]
    public void All_or_none_asks_everybody_for_the_slot_of_the_first()
    {
        var demand = Propose(Searched(Together()));
        Assert.Equal(Slot, demand.Window);
        var step = Assert.IsType<HoldBest>(DemandRules.NextStep(demand, Now));
        var later = Some.Held(TimeWindow.From(Slot.Start.AddHours(1), Some.Hour), Now.AddMinutes(15), 1);
        Assert.Equal("-", ProposalRules.Held(demand, step, step.Candidates[0], later, [], Now).Told());
        Assert.Equal(Some.Window, demand.After(new ProposalDeclined(Now, 1, DeclineReason.NoTime, "")).Window);
    }

    [Fact]
    public void All_or_none_starts_with_the_last_seat_taken()
    {
        var one = Accepted(Propose(Propose(Searched(Together()))), 1);
        Assert.Equal("DemandNotFilled", AssignmentRules.Start(one, 1, By(0), Slot.Start).Told());
        var both = Accepted(one, 2);
        Assert.Equal("+AssignmentStarted", AssignmentRules.Start(both, 1, By(0), Slot.Start).Told());

        // Who does not come at last does not stop the others.
        var begun = both.After(new AssignmentStarted(Slot.Start, 1), new AssignmentReleased(Slot.Start, 2, ReleaseReason.PartnerNoShow, ""));
        Assert.Equal(begun.LastStart, begun.ExpiresAt);
        Assert.Equal("+DemandExpired", DemandRules.Tick(begun, begun.LastStart).Told());
    }

    [Fact]
    public void All_or_none_releases_everybody_when_the_slot_begins_with_a_seat_open()
    {
        var one = Accepted(Propose(Searched(Together())), 1);
        Assert.Equal(Slot.Start, one.ExpiresAt);
        Assert.Equal("-", DemandRules.Tick(one, Slot.Start.AddTicks(-1)).Told());
        var ended = DemandRules.Tick(one, Slot.Start);
        Assert.Equal("+AssignmentReleased+DemandExpired", ended.Told());
        Assert.Equal(ReleaseReason.SeatsLeftOpen, one.After(ended).Proposal(1).Assignment!.Released);
    }

    [Fact]
    public void Some_of_the_seats_are_served_where_not_all_could_be_filled()
    {
        var one = Accepted(Propose(Searched(Together() with { AllOrNone = false })), 1);
        Assert.Equal("+DemandExpired", DemandRules.Tick(one, one.LastStart).Told());
        Assert.Equal("+AssignmentStarted", AssignmentRules.Start(one.After(DemandRules.Tick(one, one.LastStart)), 1, By(0), Slot.Start).Told());
    }

    [Theory]
    [InlineData(Urgency.Routine, 30)]
    [InlineData(Urgency.Urgent, 20)]
    [InlineData(Urgency.Emergency, 10)]
    public void The_more_urgent_a_demand_the_sooner_the_next_ring_opens(Urgency urgency, int minutes)
    {
        var policy = new DispatchPolicy(new(15), new(30), new(60)) { Urgent = new(new(5), new(20)), Emergency = new(new(2), new(10)) };
        var found = Some.Findings([.. Three.Select(partner => Some.Candidate(partner))]) with { Policy = policy };
        var demand = Posted(Some.Terms() with { Urgency = urgency }).After(new RingSearched(Now, 0, [found]));
        Assert.IsType<HoldBest>(DemandRules.NextStep(demand, Now.AddMinutes(minutes).AddTicks(-1)));
        Assert.IsType<SearchRing>(DemandRules.NextStep(demand, Now.AddMinutes(minutes)));
        Assert.Equal(policy.PaceOf(urgency), demand.Pace);
    }

    [Fact]
    public void A_changed_demand_is_searched_from_home_again_and_keeps_whom_it_asked()
    {
        var demand = Propose(Searched(Broadcast(1)));
        var decision = DemandRules.Change(demand, Nothing with { Reach = 3, AskAtOnce = 2 }, Now);
        Assert.Equal("+DemandChanged", decision.Told());
        var changed = demand.After(decision);
        Assert.Equal(0, Assert.IsType<SearchRing>(DemandRules.NextStep(changed, Now)).Ring);
        Assert.Equal(ProposalStatus.Pending, changed.Proposal(1).Status);
        Assert.Equal("+ProposalAccepted", ProposalRules.Accept(changed, 1, By(0), Now).Told());
    }

    [Fact]
    public void What_was_found_and_held_before_a_change_is_void()
    {
        var before = Searched(Some.Terms(reach: 1));
        var step = Assert.IsType<HoldBest>(DemandRules.NextStep(before, Now));
        var changed = before.After(DemandRules.Change(before, Nothing with { MinLevel = 1 }, Now));
        Assert.Equal("-", ProposalRules.Held(changed, step, step.Candidates[0], Some.Held(Slot, Now.AddMinutes(15), 1), [], Now).Told());
        Assert.Equal("-", DemandRules.NobodyHeld(changed, step, [new(CandidateReason.Busy, [step.Candidates[0].Offer])], Now).Told());
        Assert.Equal("-", DemandRules.Searched(changed, before, [new(Now, 1, [Some.Findings()])], Now).Told());
    }

    [Fact]
    public void Another_mode_than_a_broadcast_asks_nobody_at_once()
    {
        var demand = Propose(Searched(Broadcast(3)));
        var changed = demand.After(DemandRules.Change(demand, Nothing with { Mode = DispatchMode.Sequential }, Now));
        Assert.Equal(0, changed.Terms.AskAtOnce);
        Assert.Equal(0, changed.SeatsToAsk);
    }

    [Fact]
    public void A_demand_is_widened_and_never_narrowed()
    {
        var demand = Searched(Some.Terms(reach: 1));
        Refused(Nothing with { MinLevel = 3 }, RefusalReason.ValueOutOfRange, "demand.min_level");
        Refused(Nothing with { MinLevel = 0 }, RefusalReason.ValueOutOfRange, "demand.min_level");
        Refused(Nothing with { Reach = 0 }, RefusalReason.ValueOutOfRange, "demand.reach");
        Refused(Nothing with { WindowEnd = Some.Window.End.AddTicks(-1) }, RefusalReason.ValueOutOfRange, "demand.window_end_time");
        Refused(Nothing with { WindowEnd = Some.Window.Start.AddDays(93) }, RefusalReason.WindowTooLong, "demand.window_end_time");
        Refused(Nothing with { FeeModes = [FeeMode.Volunteer] }, RefusalReason.FieldInvalid, "demand.fee_modes");
        Refused(Nothing with { Urgency = 0 }, RefusalReason.FieldRequired, "demand.urgency");
        Refused(Nothing with { Mode = DispatchMode.Broadcast }, RefusalReason.BroadcastAsksNobody, "demand.ask_at_once");
        Refused(Nothing with { AskAtOnce = 2 }, RefusalReason.FieldInvalid, "demand.ask_at_once");
        var waived = demand.After(DemandRules.Change(demand, Nothing with { WaiveCertificate = true }, Now));
        Assert.False(waived.RequiresCertificate);
        Assert.Equal(RefusalReason.FieldInvalid, DemandRules.Change(waived, Nothing with { WaiveCertificate = false }, Now).Refusal?.Reason);

        void Refused(DemandPatch patch, RefusalReason reason, string field)
        {
            var refusal = DemandRules.Change(demand, patch, Now).Refusal;
            Assert.Equal((reason, field), (refusal?.Reason, refusal?.Fields.Single()));
        }
    }

    private static DemandPatch Nothing => new(null, null, null, null, null, null, null, null);

    private static RegisteredPartner By(int which) => new(Some.Home, Three[which]);

    private static DemandTerms Broadcast(int askAtOnce) => Some.Terms(reach: 0) with { Mode = DispatchMode.Broadcast, AskAtOnce = askAtOnce };

    private static DemandTerms Together() => Some.Terms(seats: 2, reach: 0) with { AllOrNone = true };

    private static Demand Posted(DemandTerms terms) => Demand.Empty.After(Some.Post(terms, skillRequiresCertificate: true));

    /// <summary>Its home knows three candidates.</summary>
    private static Demand Searched(DemandTerms terms) =>
        Posted(terms).After(new RingSearched(Now, 0, [Some.Findings([.. Three.Select((partner, rank) => Some.Candidate(partner, rank))])]));

    /// <summary>As many are asked as may be asked at once.</summary>
    private static Demand Asked(DemandTerms terms, int people = 1)
    {
        var demand = Searched(terms);
        for (var left = terms.AskAtOnce; left > 0; left--)
        {
            demand = Propose(demand, people);
        }

        return demand;
    }

    private static Demand Propose(Demand demand, int people = 1) =>
        Propose(demand, Assert.IsType<HoldBest>(DemandRules.NextStep(demand, Now)), people);

    private static Demand Propose(Demand demand, HoldBest step, int people = 1) =>
        demand.After(ProposalRules.Held(demand, step, step.Candidates[0], Some.Held(Slot, Now.AddMinutes(15), people), [], Now));

    private static Demand Accepted(Demand demand, int number) =>
        demand.After(ProposalRules.Accept(demand, number, By(number - 1), Now)).After(new AssignmentBooked(Now, number));
}
