using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Treaties;
using Pool.Values;

namespace Pool.Demands;

/// <summary>The time of partners: their street lets them serve, or lends them, and then their calendar decides.</summary>
internal sealed partial class DemandGrain
{
    private async Task<HoldOutcome> TryHold(Candidate candidate, HoldRequest request, TimeWindow? orElse = null)
    {
        var cleared = await Lender(candidate).Authorise(State.Borrow(candidate, request));
        if (cleared.Reason is { } reason)
        {
            return HoldOutcome.Refused(reason);
        }

        request = request with { People = cleared.People, Closed = cleared.Closed };
        var held = await Offer(candidate).TryHold(request);
        if (held.Reason is CandidateReason.Busy or CandidateReason.NoRest && orElse is { } window)
        {
            held = await Offer(candidate).TryHold(request with { Window = window });
        }

        if (held.Reason is not null && IsLent(candidate))
        {
            await Lender(candidate).ReturnLoan(new(request.Hold, candidate.Offer.Partner));
        }

        return held;
    }

    /// <summary>What <see cref="TryHold"/> would find for a demand that nobody has posted.</summary>
    private async Task<HoldOutcome> WouldHold(Demand demand, Candidate candidate, HoldRequest request)
    {
        var cleared = await Lender(candidate).WouldAuthorise(demand.Borrow(candidate, request));
        return cleared.Reason is { } reason
            ? HoldOutcome.Refused(reason)
            : await Offer(candidate).WouldHold(request with { People = cleared.People, Closed = cleared.Closed });
    }

    /// <summary>Gives back a hold that no proposal stands for. Should this fail, it lapses by itself.</summary>
    private async Task GiveBack(Candidate candidate, int number)
    {
        if (State.Proposals.ElementAtOrDefault(number - 1)?.Partner != candidate.Offer.Partner)
        {
            await GiveBack(candidate, new HoldId(State.Id, number), noShow: false);
        }
    }

    private async Task GiveBack(Candidate candidate, HoldId hold, bool noShow)
    {
        await GrainFactory.GetGrain<IPartnerGrain>(candidate.Offer.Partner.Text).Release(hold, noShow);
        if (IsLent(candidate))
        {
            await Lender(candidate).ReturnLoan(new(hold, candidate.Offer.Partner));
        }
    }

    /// <summary>Whether another street than the demand's lends the candidate.</summary>
    private bool IsLent(Candidate candidate) => candidate.Community.Street != State.Community.Street;

    private ILenderGrain Lender(Candidate candidate) => GrainFactory.GetGrain<ILenderGrain>(candidate.Community.Street.Text);

    private IOfferGrain Offer(Candidate candidate) => GrainFactory.GetGrain<IOfferGrain>(candidate.Offer.Text);
}
