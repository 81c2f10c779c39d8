using System.Collections.Immutable;
using Pool.Demands;
using Pool.Matching;
using Pool.Partners;
using Pool.Rounds;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>A demand that waits for rounds, and what they have for it.</summary>
public sealed class RoundDemandRulesTests
{
    private static readonly DateTimeOffset Now = Some.Now.AddMinutes(1);

    private static readonly DateTimeOffset RoundAt = Some.Now.AddMinutes(30);

    private static readonly Candidate Candidate = Some.Candidate(Some.Partner);

    private static readonly HoldOutcome Held = Some.Held(TimeWindow.From(Some.Window.Start, Some.Hour), Now.AddMinutes(15), 1);

    private static readonly RoundTurn Turn = new(Some.Street, 3, RoundAt.AddHours(1), [new(Now, 0, [Some.Findings(Candidate)])], []);

    [Fact]
    public void A_demand_asks_for_a_round_waits_for_it_and_asks_again_should_it_be_passed_over()
    {
        var demand = Posted();
        Assert.IsType<JoinRound>(DemandRules.NextStep(demand, Now));

        var waiting = demand.After(RoundDemandRules.Joined(demand, Some.Street, RoundAt, Now));
        var retryAt = RoundAt + demand.Policy.RetryAfter.ToTimeSpan();
        Assert.Null(DemandRules.NextStep(waiting, retryAt.AddTicks(-1)));
        Assert.IsType<JoinRound>(DemandRules.NextStep(waiting, retryAt));
        Assert.Equal(retryAt, waiting.DueAt);
    }

    [Fact]
    public void What_a_round_found_is_recorded_once_and_the_demand_waits_for_the_next()
    {
        var demand = Waiting();
        var decision = RoundDemandRules.LookedAt(demand, Turn, [], Now);
        Assert.Equal("+SearchResumed+RingSearched+RoundJoined", decision.Told());
        var looked = demand.After(decision);
        Assert.Null(DemandRules.NextStep(looked, Now));
        Assert.Equal("+RoundJoined", RoundDemandRules.LookedAt(looked, Turn, [.. Turn.Searches], Now).Told());
    }

    [Fact]
    public void Who_is_assigned_is_proposed_with_the_rounds_number_and_seats_that_are_left_wait_for_the_next_round()
    {
        var demand = Waiting(seats: 2);
        var proposed = demand.After(RoundDemandRules.Assigned(demand, 1, Turn, Candidate, Held, Now));
        Assert.Equal((3, 1), (proposed.Proposal(1).Round, proposed.Proposal(1).People));
        Assert.IsType<JoinRound>(DemandRules.NextStep(proposed, Now));
        Assert.Null(DemandRules.NextStep(Waiting().After(RoundDemandRules.Assigned(Waiting(), 1, Turn, Candidate, Held, Now)), Now));
    }

    [Fact]
    public void A_declined_proposal_of_a_round_is_followed_by_the_next_round_and_by_no_search()
    {
        var proposed = Waiting().After(RoundDemandRules.Assigned(Waiting(), 1, Turn, Candidate, Held, Now));
        var declined = proposed.After(ProposalRules.Decline(proposed, 1, Some.Asked, DeclineReason.NoTime, "", Now)).After(new HoldReturned(Now, 1));
        Assert.IsType<JoinRound>(DemandRules.NextStep(declined, Now));
    }

    public static TheoryData<string> Void() => ["asked before", "another number", "another mode", "filled", "cancelled", "somebody waits"];

    [Theory, MemberData(nameof(Void))]
    public void What_a_round_assigns_is_void_where(string what)
    {
        var demand = what switch
        {
            "asked before" => Waiting(seats: 2).After(new ProposalMade(Now, 1, Candidate, Held.Slot!.Value, Held.AcceptUntil!.Value, [], Round: 3)),
            "another mode" => Waiting().After(new DemandChanged(Now, Some.Terms(), false)),
            "filled" => Waiting().After(new ProposalMade(Now, 1, Some.Candidate(Some.Stranger), Held.Slot!.Value, Held.AcceptUntil!.Value, [])),
            "cancelled" => Waiting().After(new DemandCancelled(Now, "")),
            "somebody waits" => Waiting().After(new WaitingListJoined(Now, Some.Candidate(Some.Stranger))),
            _ => Waiting(),
        };
        var number = demand.Proposals.Length + (what == "another number" ? 2 : 1);
        Assert.Equal("-", RoundDemandRules.Assigned(demand, number, Turn, Candidate, Held, Now).Told());
    }

    [Fact]
    public void All_or_none_takes_no_second_slot()
    {
        var demand = Posted(Some.Terms(seats: 2) with { Mode = DispatchMode.Round, AllOrNone = true });
        var proposed = demand.After(RoundDemandRules.Assigned(demand, 1, Turn, Candidate, Held, Now));
        var later = Held with { Slot = TimeWindow.From(Some.Window.Start.AddHours(1), Some.Hour) };
        Assert.Equal("-", RoundDemandRules.Assigned(proposed, 2, Turn, Some.Candidate(Some.Stranger), later, Now).Told());
        Assert.Equal("+ProposalMade", RoundDemandRules.Assigned(proposed, 2, Turn, Some.Candidate(Some.Stranger), Held, Now).Told());
    }

    [Fact]
    public void A_book_makes_another_plan_without_those_who_refused_and_without_the_time_that_is_taken()
    {
        var book = new RoundBook();
        var morning = Some.Window.Start;
        foreach (var demand in new[] { Some.Demand, DemandId.Parse("0d6f1c0a-0b52-4a6e-9a3d-0c8f5a3e7d11") })
        {
            book.Enter(
                new(demand, 1, false, Urgency.Routine, 1, Waiting().Seek()),
                [Supplied(Some.Partner, morning, morning.AddHours(1)), Supplied(Some.Stranger, morning)]);
        }

        Assert.Equal(4, book.Problem().Options.Length);
        book.Note(0, new([new(Candidate, TimeWindow.From(morning, Some.Hour), 1)], [], Waits: false));
        book.Note(1, new([], [Some.Candidate(Some.Stranger).Offer], Waits: true));

        var option = Assert.Single(book.Problem().Options);
        Assert.Equal((1, Some.Partner), (option.Demand, option.Offer.Offer.Partner));
        Assert.Equal([morning.AddHours(1)], option.Starts);
        book.Note(1, null);
        Assert.Equal(0, book.Sought);
    }

    [Fact]
    public void All_or_none_is_planned_again_at_the_slot_of_those_who_are_asked()
    {
        var (book, morning) = (new RoundBook(), Some.Window.Start);
        book.Enter(
            new(Some.Demand, 2, true, Urgency.Routine, 1, Waiting(2).Seek()),
            [Supplied(Some.Partner, morning.AddHours(1)), Supplied(Some.Stranger, morning, morning.AddHours(1)), Supplied(PartnerId.Parse("p-three"), morning, morning.AddHours(1))]);
        book.Note(0, new([new(Candidate, TimeWindow.From(morning.AddHours(1), Some.Hour), 1)], [Some.Candidate(Some.Stranger).Offer], Waits: true));

        Assert.Equal([morning.AddHours(1)], Assert.Single(book.Problem().Options).Starts);
    }

    private static SuppliedOffer Supplied(PartnerId partner, params ImmutableArray<DateTimeOffset> starts) => new(Some.Candidate(partner), 1, starts);

    private static Demand Posted(DemandTerms? terms = null) =>
        Demand.Empty.Evolve(new DemandPosted(Some.Now, Some.Demand, Some.Home, terms ?? Some.Terms() with { Mode = DispatchMode.Round }, false));

    private static Demand Waiting(int seats = 1)
    {
        var demand = Posted(Some.Terms(seats) with { Mode = DispatchMode.Round });
        return demand.After(RoundDemandRules.Joined(demand, Some.Street, RoundAt, Now));
    }
}
