using Pool.Actors;
using Pool.Matching;
using Pool.Partners;
using Pool.Values;

namespace Pool.Demands;

/// <summary>Partners who come forward by themselves: they claim seats, wait for one, or take one over from somebody who has it.</summary>
public static class ClaimRules
{
    /// <summary>
    /// Why the seats cannot be claimed, before any calendar is asked; null where they may be. First come, first served.
    /// </summary>
    /// <param name="people">For how many seats, 1 to 1,000.</param>
    /// <param name="wait">Whether a place on the waiting list will do.</param>
    public static Refusal? Fault(Demand demand, OfferId offer, int people, bool wait)
    {
        var fault = Check.Range("people", people, 1, Limits.Seats);
        if (!demand.Exists)
        {
            return Check.Lowest(fault, Refusal.Of(RefusalReason.DemandNotFound));
        }

        return Check.Lowest(
            fault,
            demand.ClosedAt is null ? null : DemandRules.Closed(demand),
            demand.Terms.Mode == DispatchMode.Claim ? null : Refusal.Of(RefusalReason.DemandNotPublished),
            TakesPart(demand, offer.Partner) ? Refusal.Of(RefusalReason.AlreadyTakesPart) : null,
            wait || demand.SeatsToClaim > 0 ? null : Refusal.Of(RefusalReason.SeatsTaken));
    }

    /// <summary>The partner has the seats at once: what its calendar held is proposed and accepted in one.</summary>
    public static Decision<DemandEvent> Claim(Demand demand, int number, Candidate candidate, HoldOutcome held, DateTimeOffset now)
    {
        if (Fault(demand, candidate.Offer, held.People, wait: false) is { } refusal)
        {
            return refusal;
        }

        var people = Math.Min(held.People, demand.SeatsToClaim);
        var made = new ProposalMade(now, number, candidate, held.Slot!.Value, held.AcceptUntil!.Value, [], people, CameForward: true);
        var accepted = ProposalRules.Accept(demand.Evolve(made), number, new(candidate.Community, candidate.Offer.Partner), now);
        return accepted.Refusal is null ? accepted.Events.Insert(0, made) : accepted;
    }

    /// <summary>The partner is proposed a seat when one is given back, before anybody else is asked; the first who waits first.</summary>
    public static Decision<DemandEvent> Wait(Demand demand, Candidate candidate, DateTimeOffset now) =>
        Fault(demand, candidate.Offer, 1, wait: true) is { } refusal ? refusal : new WaitingListJoined(now, candidate);

    /// <summary>Why an assignment cannot be handed to somebody else; null where it may be.</summary>
    public static Refusal? SwapFault(Demand demand, int number, RegisteredPartner partner, PartnerId successor) =>
        AssignmentRules.Ahead(demand, number, partner)
        ?? (TakesPart(demand, successor) ? Refusal.Of(RefusalReason.AlreadyTakesPart) : null);

    /// <summary>The successor is proposed the same seats at the same time; the partner keeps them until they are accepted.</summary>
    public static Decision<DemandEvent> Swap(
        Demand demand, int assignment, RegisteredPartner partner, int number, Candidate successor, HoldOutcome held, DateTimeOffset now)
    {
        if (SwapFault(demand, assignment, partner, successor.Offer.Partner) is { } refusal)
        {
            return refusal;
        }

        // A smaller team cannot take the seats of a bigger one.
        var seats = demand.Proposal(assignment).Seats.Length;
        return held.People < seats
            ? Refusal.Of(RefusalReason.OfferDoesNotFit, $"{CandidateReason.Busy}")
            : new ProposalMade(now, number, successor, held.Slot!.Value, held.AcceptUntil!.Value, [], seats, CameForward: true, Replaces: assignment);
    }

    /// <summary>Whether the partner has a seat of the demand, is asked for one, or waits for one.</summary>
    private static bool TakesPart(Demand demand, PartnerId partner) =>
        demand.Proposals.Any(proposal => proposal.IsLive && proposal.Partner == partner) || demand.Waiting.Any(waiting => waiting.Offer.Partner == partner);
}
