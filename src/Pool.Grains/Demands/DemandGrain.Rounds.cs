using System.Collections.Immutable;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Matching;
using Pool.Partners;
using Pool.Rounds;
using Pool.Values;

namespace Pool.Demands;

/// <summary>What the demand has to do with rounds: <see cref="RoundDemandRules"/> decides.</summary>
internal sealed partial class DemandGrain
{
    public async Task<RoundSeeker?> Seek()
    {
        await Carry();
        var demand = State;
        await Durable();
        return RoundDemandRules.AwaitsRound(demand, Now)
            ? new(demand.Id, demand.SeatsToAsk, demand.Terms.AllOrNone, demand.Terms.Urgency, demand.Terms.Reach, demand.Seek())
            : null;
    }

    public Task<RoundTaken> TakeTurn(RoundTurn turn) => InTurn(() => Take(turn));

    private async Task<RoundTaken> Take(RoundTurn turn)
    {
        if (!turn.Searches.IsEmpty)
        {
            var recorded = Explanation.LastSearches((await History()).Select(EventCatalogue<DemandEvent>.Read));
            await Decide((demand, now) => RoundDemandRules.LookedAt(demand, turn, recorded, now));
        }

        var proposed = ImmutableArray.CreateBuilder<RoundSeat>();
        var (refused, passedOver) = (new SortedDictionary<CandidateReason, List<OfferId>>(), new List<OfferId>());
        foreach (var seat in turn.Seats)
        {
            var number = State.Proposals.Length + 1;
            var held = await HoldAssigned(number, seat);
            if (held.Reason is { } reason)
            {
                refused.TryAdd(reason, []);
                refused[reason].Add(seat.Candidate.Offer);
                continue;
            }

            await Decide((demand, now) => RoundDemandRules.Assigned(demand, number, turn, seat.Candidate, held, now));
            await Drop(seat.Candidate, number, held);
            if (State.Proposals.ElementAtOrDefault(number - 1) is { } made && made.Partner == seat.Candidate.Offer.Partner)
            {
                proposed.Add(new(seat.Candidate, made.Slot, made.People));
            }
            else
            {
                passedOver.Add(seat.Candidate.Offer);
            }
        }

        await Decide((demand, now) => RoundDemandRules.Refused(demand, [.. refused.Select(group => new RefusedOffers(group.Key, [.. group.Value]))], now));
        return new(proposed.DrainToImmutable(), [.. refused.Values.SelectMany(offers => offers), .. passedOver], RoundDemandRules.AwaitsRound(State, Now));
    }

    private async Task AwaitRound()
    {
        var home = State.Community.Street;
        var street = (await Street(home).Get()).Value?.Policy.RoundStreet is { } convening && (await Street(convening).Get()).Refusal is null ? convening : home;
        var roundAt = await GrainFactory.Round(street).Join(State.Id);
        await Decide((demand, now) => RoundDemandRules.Joined(demand, street, roundAt, now));
    }

    /// <summary>Where the calendar has no room at the time that the round had in mind, another within the window will do.</summary>
    private async Task<HoldOutcome> HoldAssigned(int number, RoundSeat seat)
    {
        var demand = State;
        await Durable();
        return await TryHold(
            demand, seat.Candidate, demand.Hold(number, seat.Candidate, seat.Slot, seat.People, Now), orElse: demand.Terms.AllOrNone ? null : demand.Window);
    }
}
