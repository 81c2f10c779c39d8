using System.Collections.Immutable;
using System.Globalization;
using Pool.Actors;
using Pool.Demands;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Streets;
using Pool.Values;

namespace Pool.Rules.Tests;

/// <summary>
/// Four streets in a row and two partners a ring, of whom one has offers in two rings. What a calendar answers is taken
/// from the choice.
/// </summary>
/// <param name="page">Candidates that a street gives at a time: with few, a ring must be asked for more.</param>
internal sealed class DemandWorld(int dwellMinutes, int page)
{
    private static readonly StreetId[] Row =
        [.. Enumerable.Range(2, 4).Select(street => StreetId.Parse(string.Create(CultureInfo.InvariantCulture, $"33010900{street}")))];

    private static readonly (int Ring, OfferId Offer)[] Offers =
    [
        (0, OfferId.Parse("home-one/advice")), (0, OfferId.Parse("home-two/advice")), (0, OfferId.Parse("home-two/mediation")),
        (1, OfferId.Parse("near-one/advice")), (1, OfferId.Parse("home-one/mediation")),
        (2, OfferId.Parse("next-one/advice")), (2, OfferId.Parse("next-two/advice")),
        (3, OfferId.Parse("far-one/advice")), (3, OfferId.Parse("next-one/mediation")),
    ];

    private readonly DispatchPolicy _policy = new(new(7), new(dwellMinutes), new(5));

    /// <param name="sought">The demand as it was when the step was begun.</param>
    public Decision<DemandEvent> Carry(Demand demand, Demand sought, DemandStep step, int choice, DateTimeOffset now) => step switch
    {
        SearchRing => DemandRules.Searched(demand, sought, Explore(sought, 1 + (choice % 3), now), now),
        HoldBest hold => Hold(demand, sought, hold, choice, now),
        EnterQueue => DemandRules.Queue(demand, now),
        LookAgain => LookedAgain(demand, sought, Explore(sought.Evolve(new SearchResumed(now)), 1 + (choice % 3), now), choice % 2 == 0, now),
        ConfirmHold confirm => AssignmentRules.Booked(demand, confirm.Proposal.Number, choice % 4 == 3 ? ReleaseReason.HoldEnded : null, now),
        WithdrawMoot => ProposalRules.Withdrawn(demand, now),
        ReturnHold back => AssignmentRules.HoldReturned(demand, back.Proposal.Number, now),
        Settle settle => AssignmentRules.Settled(demand, settle.Proposal.Number, [], now),
        RecordRating rating => AssignmentRules.RatingRecorded(demand, rating.Proposal.Number, now),
        _ => throw new InvalidOperationException($"The world does not know {step}."),
    };

    /// <summary>The same outcome once more, for the steps whose target answers twice.</summary>
    public static IEnumerable<Decision<DemandEvent>> Again(Demand demand, DemandStep step, DateTimeOffset now) => step switch
    {
        HoldBest hold when demand.Proposals.Length >= hold.Number =>
            [ProposalRules.Held(demand, hold, hold.Candidates[0], Held(demand, 0, now), [], now)],
        ConfirmHold confirm =>
            [AssignmentRules.Booked(demand, confirm.Proposal.Number, null, now), AssignmentRules.Booked(demand, confirm.Proposal.Number, ReleaseReason.NotCovered, now)],
        ReturnHold back => [AssignmentRules.HoldReturned(demand, back.Proposal.Number, now)],
        Settle settle => [AssignmentRules.Settled(demand, settle.Proposal.Number, [], now)],
        RecordRating rating => [AssignmentRules.RatingRecorded(demand, rating.Proposal.Number, now)],
        _ => [],
    };

    private static Decision<DemandEvent> LookedAgain(Demand demand, Demand sought, ImmutableArray<RingSearched> searches, bool recordedBefore, DateTimeOffset now) =>
        DemandRules.LookedAgain(demand, sought, searches, recordedBefore ? searches : [], now);

    /// <summary>So many rings of what a search goes through; a search may end anywhere, and goes on from there.</summary>
    private ImmutableArray<RingSearched> Explore(Demand demand, int rings, DateTimeOffset now)
    {
        var searches = ImmutableArray<RingSearched>.Empty;
        while (searches.Length < rings && DemandRules.NextStep(demand, now) is SearchRing step)
        {
            var searched = new RingSearched(now, step.Ring, [.. step.Streets.Select(street => Find(demand, step.Ring, street))]);
            (searches, demand) = (searches.Add(searched), demand.Evolve(searched));
        }

        return searches;
    }

    private StreetFindings Find(Demand demand, int ring, StreetId street)
    {
        var asked = demand.Proposals.Select(proposal => proposal.Partner).ToHashSet();
        var at = Array.IndexOf(Row, street);
        var fit = Offers
            .Where(entry => entry.Ring == ring && Math.Max(0, ring - 1) == at)
            .Where(entry => !asked.Contains(entry.Offer.Partner) && !demand.Search.Tried.Contains(entry.Offer))
            .Select((entry, rank) => new Candidate(entry.Offer, Some.Home, ring, 3, FeeMode.Volunteer, rank))
            .ToList();
        return new(
            street, [.. fit.Take(page)], Math.Max(0, fit.Count - page), [], [],
            [.. Row.Where(other => Math.Abs(Array.IndexOf(Row, other) - at) == 1)], _policy);
    }

    /// <summary>As many of the best refuse as the choice says; the one after them, if there is one, is held.</summary>
    private static Decision<DemandEvent> Hold(Demand demand, Demand sought, HoldBest hold, int choice, DateTimeOffset now)
    {
        var refusals = Math.Min(choice % 3, hold.Candidates.Length);
        RefusedOffers[] refused = refusals == 0
            ? []
            : [new(CandidateReason.Busy, [.. hold.Candidates.Take(refusals).Select(candidate => candidate.Offer)])];
        return refusals == hold.Candidates.Length
            ? DemandRules.NobodyHeld(demand, hold, [.. refused], now)
            : ProposalRules.Held(demand, hold, hold.Candidates[refusals], Held(sought, choice, now), [.. refused], now);
    }

    /// <summary>A slot of the demand's window, for as many people as the choice says, and no more than are wanted.</summary>
    public static HoldOutcome Held(Demand demand, int choice, DateTimeOffset now)
    {
        var slot = TimeWindow.From(demand.Window.Start, demand.Terms.Duration);
        return Some.Held(slot, now.AddMinutes(7) < slot.Start ? now.AddMinutes(7) : slot.Start, Math.Min(1 + (choice % 3), Math.Max(1, demand.SeatsToAsk)));
    }
}
