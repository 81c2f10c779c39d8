using System.Collections.Immutable;
using Pool.Hosting;
using Pool.Ledgers;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;

namespace Pool.Demands;

/// <summary>How assignments are paid: the ledger of the paying street does its part first, then the earner's. Each does it once.</summary>
internal sealed partial class DemandGrain
{
    /// <summary>For how many people the candidate can be paid now, or why nobody need ask it.</summary>
    /// <param name="replaces">The assignment whose seats it takes over; null for open seats.</param>
    private async Task<(int People, CandidateReason? Reason)> Payable(Demand demand, Candidate candidate, HoldRequest request, int? replaces)
    {
        if (candidate.FeeMode == FeeMode.Volunteer)
        {
            return (request.People, null);
        }

        var payment = demand.Pays(request.Hold.Number, candidate, demand.Terms.MinLevel, request.People, request.Duration, Now) with
        {
            Replaces = replaces is { } number ? new(demand.Id, number) : null,
        };
        var cover = await InOrder(payment, (ledger, priced) => ledger.WouldHold(priced));
        return (cover.People, cover.Reason);
    }

    /// <summary>Holds the price of an accepted seat.</summary>
    /// <returns>False where one of the streets cannot hold it.</returns>
    private async Task<bool> HoldPayment(Proposal proposal) =>
        proposal.Candidate.FeeMode == FeeMode.Volunteer
        || (await InOrder(Payment(proposal, State.Terms.Duration), (ledger, priced) => CallAhead(ledger, (ahead, footing) => ahead.Hold(priced, footing)))).Reason is null;

    /// <summary>Frees what may be held: only who has accepted had a price.</summary>
    private async Task ReleasePayment(Proposal proposal)
    {
        if (proposal.Assignment is not null && proposal.Candidate.FeeMode != FeeMode.Volunteer)
        {
            var payment = Payment(proposal, State.Terms.Duration);
            foreach (var street in StreetsOf(payment))
            {
                await Ledger(street).Release(payment.Transfer, payment.AcceptedAt);
            }
        }
    }

    /// <summary>Posts what the confirmed minutes cost, or writes them into the service record.</summary>
    private async Task<ImmutableArray<EntryRef>> Pay(Proposal proposal, Minutes served)
    {
        var payment = Payment(proposal, served);
        if (proposal.Candidate.FeeMode == FeeMode.Volunteer)
        {
            return [await CallAhead(Ledger(payment.EarningStreet), (ledger, footing) => ledger.Record(payment, footing))];
        }

        var entries = ImmutableArray.CreateBuilder<EntryRef>();
        foreach (var street in StreetsOf(payment))
        {
            var priced = payment;
            var settled = await CallAhead(Ledger(street), (ledger, footing) => ledger.Post(priced, footing));
            entries.Add(settled.Entry);
            payment = payment with { Price = settled.Price };
        }

        return entries.ToImmutable();
    }

    /// <summary>Undoes what was posted and posts what is right, in every ledger that has an entry: the paying street's first.</summary>
    private async Task<ImmutableArray<EntryRef>> CorrectPayment(Proposal proposal, Minutes served)
    {
        var (assignment, entries) = (proposal.Assignment!, ImmutableArray.CreateBuilder<EntryRef>());
        var correction = Payment(proposal, served) with { Transfer = new(State.Id, proposal.Number, assignment.Corrections), AcceptedAt = assignment.Correcting!.At };
        foreach (var entry in assignment.Entries)
        {
            entries.Add(await Ledger(entry.Street).Correct(correction, entry.Number));
        }

        return entries.ToImmutable();
    }

    /// <summary>Asks the paying street, and at its price the earner's, until one refuses.</summary>
    private async Task<Cover> InOrder(Payment payment, Func<ILedgerGrain, Payment, Task<Cover>> ask)
    {
        var cover = new Cover(payment.Price, null, payment.People);
        foreach (var street in StreetsOf(payment))
        {
            cover = await ask(Ledger(street), payment with { Price = cover.Price, People = cover.People });
            if (cover.Reason is not null)
            {
                break;
            }
        }

        return cover;
    }

    private Payment Payment(Proposal proposal, Minutes each) => State.Pays(proposal.Number, proposal.Candidate, proposal.MinLevel, proposal.Seats.Length, each, proposal.Assignment!.AcceptedAt);

    private static IEnumerable<StreetId> StreetsOf(Payment payment) => new[] { payment.PayingStreet, payment.EarningStreet }.Distinct();

    private ILedgerGrain Ledger(StreetId street) => GrainFactory.Ledger(street);
}
