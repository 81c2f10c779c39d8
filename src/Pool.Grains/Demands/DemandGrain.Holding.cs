using Pool.Hosting;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Treaties;
using Pool.Values;

namespace Pool.Demands;

/// <summary>The time of partners: their street lets them serve, or lends them, and then their calendar decides.</summary>
internal sealed partial class DemandGrain
{
    private Task _holding = Task.CompletedTask;

    /// <summary>
    /// Holds somebody's time, and decides what comes of it, one after the other: of two that hold the same time for the same
    /// proposal one would drop it while the other proposes it.
    /// </summary>
    private async Task<T> InTurn<T>(Func<Task<T>> hold)
    {
        var (before, done) = (_holding, new TaskCompletionSource());
        _holding = done.Task;
        try
        {
            await before;
            return await hold();
        }
        finally
        {
            done.SetResult();
        }
    }

    private Task<bool> InTurn(Func<Task> hold) => InTurn(async () =>
    {
        await hold();
        return true;
    });

    /// <param name="orElse">Where the service may lie as well, should the calendar have no room in the window that is asked for.</param>
    /// <param name="replaces">The assignment whose seats the candidate takes over; null for open seats.</param>
    private async Task<HoldOutcome> TryHold(Demand demand, Candidate candidate, HoldRequest request, TimeWindow? orElse = null, int? replaces = null)
    {
        var payable = await Payable(demand, candidate, request, replaces);
        if (payable.Reason is { } unpayable)
        {
            return HoldOutcome.Refused(unpayable);
        }

        request = request with { People = payable.People };
        var borrowing = demand.Borrow(candidate, request);
        var cleared = await CallAhead(Lender(candidate), (lender, footing) => lender.Authorise(borrowing, footing));
        if (cleared.Reason is { } reason)
        {
            return HoldOutcome.Refused(reason);
        }

        request = request with { People = cleared.People, Closed = cleared.Closed };
        var held = await CallAhead(Offer(candidate), (offer, footing) => offer.TryHold(request, footing));
        if (held.Reason is CandidateReason.Busy or CandidateReason.NoRest && orElse is { } window)
        {
            held = await CallAhead(Offer(candidate), (offer, footing) => offer.TryHold(request with { Window = window }, footing));
        }

        held = held with { LentAt = cleared.LentAt };
        if (held.Reason is not null)
        {
            await DropLoan(candidate, request.Hold, held);
        }

        return held;
    }

    /// <summary>What <see cref="TryHold"/> would find for a demand that nobody has posted.</summary>
    private async Task<HoldOutcome> WouldHold(Demand demand, Candidate candidate, HoldRequest request)
    {
        var payable = await Payable(demand, candidate, request, replaces: null);
        if (payable.Reason is { } unpayable)
        {
            return HoldOutcome.Refused(unpayable);
        }

        request = request with { People = payable.People };
        var cleared = await Lender(candidate).WouldAuthorise(demand.Borrow(candidate, request));
        return cleared.Reason is { } reason
            ? HoldOutcome.Refused(reason)
            : await Offer(candidate).WouldHold(request with { People = cleared.People, Closed = cleared.Closed });
    }

    /// <summary>
    /// Drops a hold where no proposal came of it, so that the candidate can be asked another time. Should this fail, it lapses
    /// by itself. Whoever was overtaken drops nothing: it may have been told of a hold for which the other activation has made
    /// a proposal.
    /// </summary>
    private async Task Drop(Candidate candidate, int number, HoldOutcome held)
    {
        var hold = new HoldId(State.Id, number);
        if (State.Proposals.ElementAtOrDefault(number - 1)?.Partner == candidate.Offer.Partner)
        {
            return;
        }

        await DropLoan(candidate, hold, held);
        if (held.PlacedAt is { } placed)
        {
            await StandBehindFence();
            await Partner(candidate.Offer.Partner).Drop(hold, placed);
        }
    }

    private async Task DropLoan(Candidate candidate, HoldId hold, HoldOutcome held)
    {
        if (held.LentAt is { } lent)
        {
            await StandBehindFence();
            await Lender(candidate).DropLoan(new(hold, candidate.Offer.Partner), lent);
        }
    }

    /// <summary>The loan comes first: whoever waits for the partner is called when its calendar is free, and needs the treaty's minutes, too.</summary>
    private async Task GiveBack(Candidate candidate, HoldId hold, bool noShow)
    {
        if (IsLent(candidate))
        {
            await Lender(candidate).ReturnLoan(new(hold, candidate.Offer.Partner));
        }

        await Partner(candidate.Offer.Partner).Release(hold, noShow);
    }

    private IPartnerGrain Partner(PartnerId partner) => GrainFactory.Partner(partner);

    /// <summary>Whether another street than the demand's lends the candidate.</summary>
    private bool IsLent(Candidate candidate) => candidate.Community.Street != State.Community.Street;

    private ILenderGrain Lender(Candidate candidate) => GrainFactory.Lender(candidate.Community.Street);

    private IOfferGrain Offer(Candidate candidate) => GrainFactory.Offer(candidate.Offer);
}
