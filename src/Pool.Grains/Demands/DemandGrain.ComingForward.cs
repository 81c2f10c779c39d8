using System.Collections.Immutable;
using Pool.Actors;
using Pool.Matching;
using Pool.Partners;
using Pool.Values;

namespace Pool.Demands;

/// <summary>Partners who come forward by themselves: <see cref="ClaimRules"/> decides.</summary>
internal sealed partial class DemandGrain
{
    /// <summary>The answer leaves when the partner's calendar has the booking; on the waiting list nothing is booked.</summary>
    public Task<Answer<Demand>> Claim(OfferId offer, CommunityId community, int people, bool wait, Command command) => Once(command, async () =>
    {
        var fit = Check.Lowest(Fault(command), ClaimRules.Fault(State, offer, people, wait)) is { } refusal ? refusal : await Fit(offer, community, State.Window);
        if (fit.Value is { } candidate && (State.SeatsToClaim > 0 || !wait))
        {
            var answer = await Take(candidate, () => State.Window, people, null, (demand, number, held, now) => ClaimRules.Claim(demand, number, candidate, held, now), command);
            if (!wait || answer.Refusal?.Reason != RefusalReason.SeatsTaken)
            {
                return answer;
            }
        }

        return await Decide(command, (demand, now) => fit.Refusal is { } unfit ? unfit : ClaimRules.Wait(demand, fit.Value!, now));
    });

    public Task<Answer<Demand>> Swap(int number, RegisteredPartner partner, OfferId successor, CommunityId community, Command command) => Once(command, async () =>
    {
        var refusal = Check.Lowest(Fault(command), ClaimRules.SwapFault(State, number, partner, successor.Partner));
        var handed = refusal is null ? State.Proposal(number) : null;
        var fit = handed is null ? refusal! : await Fit(successor, community, handed.Slot);
        return fit.Value is { } candidate
            ? await Take(candidate, () => handed!.Slot, handed!.Seats.Length, number, (demand, next, held, now) => ClaimRules.Swap(demand, number, partner, next, candidate, held, now), command)
            : await Decide(command, (_, _) => fit.Refusal!);
    });

    /// <summary>The offer as a candidate of its ring, if it passes every filter.</summary>
    private async Task<Answer<Candidate>> Fit(OfferId offer, CommunityId community, TimeWindow window)
    {
        if (await RingOf(community) is not { } ring || ring > State.Terms.Reach)
        {
            return Unfit(CandidateReason.OutOfReach);
        }

        var found = await Street(community.Street).Search(State.Only(offer, ring, window));
        return found.Candidates is [var candidate] && candidate.Community == community ? Answer<Candidate>.Of(candidate)
            : found.Refused is [var group] ? Unfit(group.Reason)
            : Refusal.Of(RefusalReason.OfferNotFound, offer.Text);
    }

    /// <summary>In which ring a community lies, up to the third; null beyond.</summary>
    private async Task<int?> RingOf(CommunityId community)
    {
        var (home, street) = (State.Community, community.Street);
        if (street == home.Street)
        {
            return community == home ? 0 : 1;
        }

        var adjacent = await NeighboursOf(home.Street);
        return adjacent.Contains(street) ? 2
            : (await Task.WhenAll(adjacent.Select(NeighboursOf))).Any(beyond => beyond.Contains(street)) ? 3
            : null;
    }

    private async Task<ImmutableArray<StreetId>> NeighboursOf(StreetId street) => (await Street(street).Get()).Value?.Neighbours ?? [];

    /// <summary>Holds the time of a partner who comes forward, and decides; again, where another proposal came between, or settled on another slot.</summary>
    /// <param name="window">Where the service may lie by now.</param>
    /// <param name="replaces">The assignment whose seats are taken over; null for open seats.</param>
    private async Task<Answer<Demand>> Take(
        Candidate candidate, Func<TimeWindow> window, int people, int? replaces, Func<Demand, int, HoldOutcome, DateTimeOffset, Decision<DemandEvent>> take, Command command)
    {
        var (answer, taken) = await InTurn(() => HoldAndTake(candidate, window, people, replaces, take, command));
        return taken is { } number
            ? await Carried(answer, until: demand => demand.Proposal(number) is not { Status: ProposalStatus.Accepted, Hold: HoldStatus.Held })
            : answer;
    }

    /// <returns>The answer, and the proposal that was made; null where the command is refused.</returns>
    private async Task<(Answer<Demand> Answer, int? Number)> HoldAndTake(
        Candidate candidate, Func<TimeWindow> window, int people, int? replaces, Func<Demand, int, HoldOutcome, DateTimeOffset, Decision<DemandEvent>> take, Command command)
    {
        while (true)
        {
            await Durable();
            var number = State.Proposals.Length + 1;
            var held = await TryHold(State, candidate, State.Hold(number, candidate, window(), people, Now), replaces: replaces);
            if (State.Proposals.Length >= number || (held.Slot is { } slot && !window().Contains(slot)))
            {
                await Drop(candidate, number, held);
                continue;
            }

            var answer = await Decide(command, (demand, now) => held.Reason is { } reason ? Unfit(reason) : take(demand, number, held, now));
            if (answer.Refusal is null)
            {
                return (answer, number);
            }

            await Drop(candidate, number, held);
            return (answer, null);
        }
    }

    private static Refusal Unfit(CandidateReason reason) => Refusal.Of(RefusalReason.OfferDoesNotFit, $"{reason}");
}
