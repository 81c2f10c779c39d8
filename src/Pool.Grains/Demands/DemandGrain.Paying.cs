using System.Collections.Immutable;
using Pool.Ledgers;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;

namespace Pool.Demands;

/// <summary>How assignments are paid: the ledger of the paying street does its part first, then the earner's. Each does it once.</summary>
internal sealed partial class DemandGrain
{
    /// <summary>Why nobody need ask the candidate, because it could not be paid; null where it can be now.</summary>
    private async Task<CandidateReason?> Unpayable(Demand demand, Candidate candidate, HoldRequest request)
    {
        if (candidate.FeeMode == FeeMode.Volunteer)
        {
            return null;
        }

        var payment = demand.Pays(request.Hold.Number, candidate, request.People, request.Duration);
        return (await InOrder(payment, (ledger, priced) => ledger.WouldHold(priced))).Reason;
    }

    /// <summary>Holds the price of an accepted seat.</summary>
    /// <returns>False where one of the streets cannot hold it.</returns>
    private async Task<bool> HoldPayment(Proposal proposal) =>
        proposal.Candidate.FeeMode == FeeMode.Volunteer
        || (await InOrder(Payment(proposal, State.Terms.Duration), (ledger, payment) => ledger.Hold(payment))).Reason is null;

    /// <summary>Frees what may be held: only who has accepted had a price.</summary>
    private async Task ReleasePayment(Proposal proposal)
    {
        if (proposal.Assignment is not null && proposal.Candidate.FeeMode != FeeMode.Volunteer)
        {
            var payment = Payment(proposal, State.Terms.Duration);
            foreach (var street in StreetsOf(payment))
            {
                await Ledger(street).Release(payment.Transfer);
            }
        }
    }

    /// <summary>Posts what the confirmed minutes cost, or writes them into the service record.</summary>
    private async Task<ImmutableArray<EntryRef>> Pay(Proposal proposal, Minutes served)
    {
        var payment = Payment(proposal, served);
        if (proposal.Candidate.FeeMode == FeeMode.Volunteer)
        {
            return [await Ledger(payment.EarningStreet).Record(payment)];
        }

        var entries = ImmutableArray.CreateBuilder<EntryRef>();
        foreach (var street in StreetsOf(payment))
        {
            var settled = await Ledger(street).Post(payment);
            entries.Add(settled.Entry);
            payment = payment with { Price = settled.Price };
        }

        return entries.ToImmutable();
    }

    /// <summary>Asks the paying street, and at its price the earner's, until one refuses.</summary>
    private async Task<Cover> InOrder(Payment payment, Func<ILedgerGrain, Payment, Task<Cover>> ask)
    {
        var cover = Cover.At(payment.Price);
        foreach (var street in StreetsOf(payment))
        {
            cover = await ask(Ledger(street), payment with { Price = cover.Price });
            if (cover.Reason is not null)
            {
                break;
            }
        }

        return cover;
    }

    private Payment Payment(Proposal proposal, Minutes each) => State.Pays(proposal.Number, proposal.Candidate, proposal.Seats.Length, each);

    private static IEnumerable<StreetId> StreetsOf(Payment payment) => new[] { payment.PayingStreet, payment.EarningStreet }.Distinct();

    private ILedgerGrain Ledger(StreetId street) => GrainFactory.GetGrain<ILedgerGrain>(street.Text);
}
