using System.Collections.Immutable;
using Pool.Actors;
using Pool.Matching;
using Pool.Partners;
using Pool.Rounds;
using Pool.Values;

namespace Pool.Demands;

/// <summary>A demand and the rounds that it waits for; <see cref="RoundRules"/> has the round itself.</summary>
public static class RoundDemandRules
{
    /// <summary>Whether a round is to find somebody for it.</summary>
    public static bool AwaitsRound(Demand demand, DateTimeOffset now) =>
        demand is { Exists: true, Posted.Mode: DispatchMode.Round, SeatsToAsk: > 0, Waiting.IsEmpty: true } && now <= demand.LastStart;

    /// <summary>The demand has a place in the round of a street.</summary>
    public static Decision<DemandEvent> Joined(Demand demand, StreetId street, DateTimeOffset roundAt, DateTimeOffset now) =>
        AwaitsRound(demand, now) ? new RoundJoined(now, street, roundAt, roundAt + demand.Policy.RetryAfter.ToTimeSpan()) : default(Decision<DemandEvent>);

    /// <summary>
    /// A round has looked for partners: what it found is recorded where it is something else than what the last one found,
    /// and the demand waits for the next, until somebody is proposed.
    /// </summary>
    public static Decision<DemandEvent> LookedAt(Demand demand, RoundTurn turn, IReadOnlyList<RingSearched> recorded, DateTimeOffset now)
    {
        var joined = Joined(demand, turn.Street, turn.NextAt, now);
        if (joined.Events.IsEmpty || (turn.Searches.Length == recorded.Count && turn.Searches.Zip(recorded).All(pair => pair.First.FindsWhat(pair.Second))))
        {
            return joined;
        }

        return ImmutableArray.CreateRange(turn.Searches, DemandEvent (searched) => searched with { At = now })
            .Insert(0, new SearchResumed(now))
            .Add(joined.Events[0]);
    }

    /// <summary>The calendar of the partner whom a round assigned gave a hold; where there are no seats left meanwhile, it is given back.</summary>
    public static Decision<DemandEvent> Assigned(
        Demand demand, int number, RoundTurn turn, Candidate candidate, HoldOutcome held, DateTimeOffset now)
    {
        // The round may not know that its last turn was taken: the answer was lost.
        var asked = demand.Proposals.Any(proposal => proposal.Partner == candidate.Offer.Partner);
        var people = Math.Min(held.People, demand.SeatsToAsk);
        var isWhole = !demand.Terms.AllOrNone || demand.Window == held.Slot || !demand.Proposals.Any(proposal => proposal.IsLive);
        return AwaitsRound(demand, now) && !asked && demand.Proposals.Length + 1 == number && isWhole
            ? new ProposalMade(now, number, candidate, held.Slot!.Value, held.AcceptUntil!.Value, [], people, Round: turn.Round)
            : default(Decision<DemandEvent>);
    }

    /// <summary>Calendars refused those whom a round assigned.</summary>
    public static Decision<DemandEvent> Refused(Demand demand, ImmutableArray<RefusedOffers> refused, DateTimeOffset now) =>
        refused.IsEmpty || !AwaitsRound(demand, now) ? default(Decision<DemandEvent>) : new CandidatesRefused(now, refused);
}
