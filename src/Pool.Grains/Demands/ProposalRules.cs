using System.Collections.Immutable;
using Pool.Actors;
using Pool.Matching;
using Pool.Partners;
using Pool.Values;

namespace Pool.Demands;

/// <summary>The life of a proposal: it is made from a hold, and accepted, declined or withdrawn.</summary>
public static class ProposalRules
{
    /// <summary>
    /// A candidate's calendar gave a hold: the seats are proposed, no more than nobody is asked for by now; where there are
    /// none left meanwhile, or the demand was changed, nothing is proposed, and the hold is given back.
    /// </summary>
    public static Decision<DemandEvent> Held(
        Demand demand, HoldBest step, Candidate candidate, HoldOutcome held, ImmutableArray<RefusedOffers> refused, DateTimeOffset now) =>
        demand.SeatsToAsk == 0 || !demand.Candidates.Contains(candidate) || demand.Proposals.Length + 1 != step.Number || !demand.Window.Contains(held.Slot!.Value)
            ? default(Decision<DemandEvent>)
            : new ProposalMade(
                now, step.Number, candidate, held.Slot.Value, held.AcceptUntil!.Value, refused, Math.Min(held.People, demand.SeatsToAsk), demand.Waiting.Contains(candidate));

    /// <summary>The partner has the seats; where they were the last, nobody else is waited for.</summary>
    public static Decision<DemandEvent> Accept(Demand demand, int number, RegisteredPartner partner, DateTimeOffset now)
    {
        if (Answerable(demand, number, partner, now) is { } refusal)
        {
            return refusal;
        }

        // Seats that are handed over are free first, so that they never have two partners.
        ImmutableArray<DemandEvent> events = demand.Proposal(number) is { Replaces: { } replaced }
            ? [new AssignmentReleased(now, replaced, ReleaseReason.Swapped, ""), new ProposalAccepted(now, number, demand.Proposal(replaced).Seats)]
            : [new ProposalAccepted(now, number, demand.FreeSeats(demand.Proposal(number).People))];
        var after = events.Aggregate(demand, (state, happened) => state.Evolve(happened));
        return events.AddRange(Withdrawn(after, now).Events);
    }

    /// <summary>Partners who need not answer any more are told.</summary>
    public static Decision<DemandEvent> Withdrawn(Demand demand, DateTimeOffset now) =>
        demand.Moot.Select(DemandEvent (proposal) => new ProposalWithdrawn(now, proposal.Number, WithdrawReason.SeatsTaken)).ToImmutableArray();

    public static Decision<DemandEvent> Decline(Demand demand, int number, RegisteredPartner partner, DeclineReason why, string note, DateTimeOffset now)
    {
        var refusal = Check.Lowest(Check.Known("reason", why), Check.OptionalText("note", note, Limits.TextLength), Answerable(demand, number, partner, now));
        return refusal is null ? new ProposalDeclined(now, number, why, note) : refusal;
    }

    /// <summary>The proposal of a partner who was suspended, or is not lent any more, is withdrawn, and its assignment released unless the service has begun.</summary>
    public static Decision<DemandEvent> Revoked(Demand demand, int number, PartnerId partner, ReleaseReason why, DateTimeOffset now) =>
        demand.Proposals.ElementAtOrDefault(number - 1) switch
        {
            { IsPending: true } pending when pending.Partner == partner => new ProposalWithdrawn(now, number, why == ReleaseReason.LoanRecalled ? WithdrawReason.LoanRecalled : WithdrawReason.PartnerSuspended),
            { Assignment.IsAhead: true } ahead when ahead.Partner == partner => new AssignmentReleased(now, number, why, ""),
            _ => default(Decision<DemandEvent>),
        };

    private static Refusal? Answerable(Demand demand, int number, RegisteredPartner partner, DateTimeOffset now)
    {
        if (!demand.Exists)
        {
            return Refusal.Of(RefusalReason.DemandNotFound);
        }

        if (number < 1 || number > demand.Proposals.Length)
        {
            return Refusal.Of(RefusalReason.ProposalNotFound, $"{number}");
        }

        var proposal = demand.Proposal(number);
        if (proposal.Proposed != partner)
        {
            return Refusal.At("partner", RefusalReason.NotTheProposedPartner);
        }

        return proposal.Status switch
        {
            ProposalStatus.Pending when proposal.ExpiresAt <= now => Refusal.Of(RefusalReason.ProposalExpired),
            ProposalStatus.Pending when demand.Moot.Contains(proposal) => Refusal.Of(RefusalReason.ProposalWithdrawn),
            ProposalStatus.Pending => null,
            ProposalStatus.Accepted => Refusal.Of(RefusalReason.ProposalAccepted),
            ProposalStatus.Declined => Refusal.Of(RefusalReason.ProposalDeclined),
            ProposalStatus.Expired => Refusal.Of(RefusalReason.ProposalExpired),
            ProposalStatus.Withdrawn => Refusal.Of(RefusalReason.ProposalWithdrawn),
        };
    }
}
