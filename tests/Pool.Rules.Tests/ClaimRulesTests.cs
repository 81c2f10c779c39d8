using Pool.Actors;
using Pool.Demands;
using Pool.Matching;
using Pool.Partners;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>Partners who come forward: first come, first served; who comes too late waits; who cannot come hands over.</summary>
public sealed class ClaimRulesTests
{
    private static readonly DateTimeOffset Now = Some.Now.AddMinutes(1);

    private static readonly TimeWindow Slot = TimeWindow.From(Some.Window.Start, Some.Hour);

    private static readonly PartnerId First = PartnerId.Parse("first");

    private static readonly PartnerId Second = PartnerId.Parse("second");

    private static readonly PartnerId Third = PartnerId.Parse("third");

    [Fact]
    public void Nobody_is_searched_for_a_published_demand()
    {
        var demand = Published(seats: 2);
        Assert.Null(DemandRules.NextStep(demand, Now));
        Assert.Equal(demand.LastStart, demand.DueAt);
        Assert.Equal("+DemandExpired", DemandRules.Tick(demand, demand.LastStart).Told());
    }

    [Fact]
    public void A_claim_is_a_proposal_accepted_at_once()
    {
        var decision = Claim(Published(seats: 3), First, people: 2);
        Assert.Equal("+ProposalMade+ProposalAccepted", decision.Told());
        var demand = Published(seats: 3).After(decision);
        Assert.Equal([1, 2], demand.Proposal(1).Seats);
        Assert.IsType<ConfirmHold>(DemandRules.NextStep(demand, Now));
        Assert.Equal(1, demand.SeatsToClaim);
        Assert.Equal("+ProposalMade+ProposalAccepted", Claim(demand, Second, people: 9).Told());
        Assert.Equal([3], demand.After(Claim(demand, Second, people: 9)).Proposal(2).Seats);
    }

    [Fact]
    public void Seats_that_are_just_taken_are_refused_and_the_waiting_list_is_not()
    {
        var full = Booked(Published(seats: 1), First);
        Assert.Equal("SeatsTaken", Claim(full, Second).Told());
        Assert.Equal("+WaitingListJoined", ClaimRules.Wait(full, Some.Candidate(Second), Now).Told());
    }

    [Fact]
    public void A_partner_takes_part_once()
    {
        var demand = Booked(Published(seats: 2), First);
        Assert.Equal("AlreadyTakesPart", Claim(demand, First).Told());
        Assert.Equal("AlreadyTakesPart", ClaimRules.Wait(demand, Some.Candidate(First), Now).Told());
        var waiting = demand.After(ClaimRules.Wait(demand, Some.Candidate(Second), Now));
        Assert.Equal("AlreadyTakesPart", Claim(waiting, Second).Told());
    }

    [Fact]
    public void A_seat_given_back_is_proposed_to_who_waits_longest_before_anybody_may_claim_it()
    {
        var demand = Booked(Published(seats: 1), First);
        demand = demand.After(ClaimRules.Wait(demand, Some.Candidate(Second, rank: 9), Now));
        demand = demand.After(ClaimRules.Wait(demand, Some.Candidate(Third), Now));
        Assert.Null(DemandRules.NextStep(demand, Now));

        demand = demand.After(AssignmentRules.GiveBack(demand, 1, new(Some.Home, First), "", Now)).After(new HoldReturned(Now, 1));
        Assert.Equal("SeatsTaken", Claim(demand, PartnerId.Parse("fourth")).Told());
        var step = Assert.IsType<HoldBest>(DemandRules.NextStep(demand, Now));
        Assert.Equal([Second, Third], step.Candidates.Select(candidate => candidate.Offer.Partner));
        var proposed = demand.After(ProposalRules.Held(demand, step, step.Candidates[0], Held(), [], Now));
        Assert.Equal([Third], proposed.Waiting.Select(waiting => waiting.Offer.Partner));
        Assert.Equal(0, proposed.SeatsToClaim);

        // Nobody on the list has time: the seat is anybody's again.
        var busy = demand.After(DemandRules.NobodyHeld(demand, step, [new(CandidateReason.Busy, [.. step.Candidates.Select(candidate => candidate.Offer)])], Now));
        Assert.Equal("+ProposalMade+ProposalAccepted", Claim(busy, PartnerId.Parse("fourth")).Told());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1_001)]
    public void A_claim_is_for_one_seat_up_to_a_thousand(int people)
    {
        var refusal = ClaimRules.Fault(Published(seats: 2), Some.Candidate(First).Offer, people, wait: false);
        Assert.Equal((RefusalReason.ValueOutOfRange, "people"), (refusal?.Reason, refusal?.Fields.Single()));
    }

    [Theory]
    [InlineData("posted otherwise", RefusalReason.DemandNotPublished)]
    [InlineData("expired", RefusalReason.DemandExpired)]
    [InlineData("cancelled", RefusalReason.DemandCancelled)]
    [InlineData("never posted", RefusalReason.DemandNotFound)]
    public void Only_an_open_demand_that_is_published_can_be_claimed(string status, RefusalReason reason)
    {
        var demand = status switch
        {
            "posted otherwise" => Some.Posted(),
            "expired" => Published(1).After(new DemandExpired(Now)),
            "cancelled" => Published(1).After(new DemandCancelled(Now, "")),
            _ => Demand.Empty,
        };
        Assert.Equal(reason, ClaimRules.Fault(demand, Some.Candidate(First).Offer, 1, wait: true)?.Reason);
    }

    [Fact]
    public void Seats_are_handed_over_when_the_successor_accepts_and_never_have_two_partners()
    {
        var offered = Swapped(Booked(Published(seats: 1), First), Second);
        Assert.Equal(0, offered.OpenSeats);
        Assert.Null(DemandRules.NextStep(offered, Now));

        var accepted = ProposalRules.Accept(offered, 2, new(Some.Home, Second), Now);
        Assert.Equal("+AssignmentReleased+ProposalAccepted", accepted.Told());
        var after = offered.After(accepted);
        Assert.Equal([1], after.Proposal(2).Seats);
        Assert.Equal(ReleaseReason.Swapped, after.Proposal(1).Assignment!.Released);
        Assert.Equal(1, Assert.IsType<ReturnHold>(DemandRules.NextStep(after, Now)).Proposal.Number);
    }

    [Fact]
    public void A_successor_who_declines_changes_nothing()
    {
        var offered = Swapped(Booked(Published(seats: 1), First), Second);
        var declined = offered.After(ProposalRules.Decline(offered, 2, new(Some.Home, Second), DeclineReason.NoTime, "", Now));
        Assert.Equal(DemandStatus.Filled, declined.Status);
        Assert.Equal("+AssignmentStarted", AssignmentRules.Start(declined, 1, new(Some.Home, First), Slot.Start).Told());
    }

    [Theory]
    [InlineData("started")]
    [InlineData("given back")]
    [InlineData("handed to another")]
    public void A_successor_need_not_answer_when_the_seats_are_not_to_be_had_any_more(string how)
    {
        var offered = Swapped(Swapped(Booked(Published(seats: 1), First), Second), Third);
        var moot = how switch
        {
            "started" => offered.After(AssignmentRules.Start(offered, 1, new(Some.Home, First), Slot.Start)),
            "given back" => offered.After(AssignmentRules.GiveBack(offered, 1, new(Some.Home, First), "", Now)).After(new HoldReturned(Now, 1)),
            _ => offered.After(ProposalRules.Accept(offered, 3, new(Some.Home, Third), Now)),
        };
        Assert.Equal("ProposalWithdrawn", ProposalRules.Accept(moot, 2, new(Some.Home, Second), Now).Told());
        if (how == "handed to another")
        {
            Assert.Equal(ProposalStatus.Withdrawn, moot.Proposal(2).Status);
            return;
        }

        Assert.IsType<WithdrawMoot>(DemandRules.NextStep(moot, Now));
        Assert.Equal("+ProposalWithdrawn+ProposalWithdrawn", ProposalRules.Withdrawn(moot, Now).Told());
    }

    [Theory]
    [InlineData("somebody else's", RefusalReason.NotTheProposedPartner)]
    [InlineData("begun", RefusalReason.AssignmentStarted)]
    [InlineData("never accepted", RefusalReason.AssignmentNotFound)]
    [InlineData("to one who has a seat", RefusalReason.AlreadyTakesPart)]
    public void What_cannot_be_handed_over_is_refused(string what, RefusalReason reason)
    {
        var booked = Booked(Published(seats: 2), First);
        var (demand, number, partner, successor) = what switch
        {
            "somebody else's" => (booked, 1, Second, Third),
            "begun" => (booked.After(new AssignmentStarted(Now, 1)), 1, First, Second),
            "never accepted" => (booked, 2, First, Second),
            _ => (Booked(booked, Second), 1, First, Second),
        };
        Assert.Equal(reason, ClaimRules.SwapFault(demand, number, new(Some.Home, partner), successor)?.Reason);
    }

    [Fact]
    public void A_team_s_seats_go_to_a_team_that_can_send_as_many()
    {
        var booked = Published(seats: 3).After(Claim(Published(seats: 3), First, people: 3)).After(new AssignmentBooked(Now, 1));
        Assert.Equal("OfferDoesNotFit", Swap(booked, Second, people: 2).Told());
        Assert.Equal("+ProposalMade", Swap(booked, Second, people: 3).Told());
    }

    private static Demand Published(int seats) => Demand.Empty.After(Some.Post(Some.Terms(seats, reach: 0) with { Mode = DispatchMode.Claim }));

    private static Decision<DemandEvent> Claim(Demand demand, PartnerId partner, int people = 1) =>
        ClaimRules.Claim(demand, demand.Proposals.Length + 1, Some.Candidate(partner), Held(people), Now);

    private static Demand Booked(Demand demand, PartnerId partner) =>
        demand.After(Claim(demand, partner)).After(new AssignmentBooked(Now, demand.Proposals.Length + 1));

    private static Decision<DemandEvent> Swap(Demand demand, PartnerId successor, int people = 1) =>
        ClaimRules.Swap(demand, 1, new(Some.Home, First), demand.Proposals.Length + 1, Some.Candidate(successor), Held(people), Now);

    private static Demand Swapped(Demand demand, PartnerId successor) => demand.After(Swap(demand, successor));

    private static HoldOutcome Held(int people = 1) => Some.Held(Slot, Now.AddMinutes(15), people);
}
