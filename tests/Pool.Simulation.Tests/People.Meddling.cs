using System.Collections.Immutable;
using Pool.Actors;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.JointTransfers;
using Pool.Ledgers;
using Pool.Offers;
using Pool.Partners;
using Pool.Proofs;
using Pool.Streets;
using Pool.Values;

namespace Pool.Simulation.Tests;

/// <summary>What changes under the feet of everybody.</summary>
internal sealed partial class People
{
    /// <summary>What changes under the feet of everybody: suspensions, offers, treaties.</summary>
    private async Task Meddle()
    {
        while (!_resting)
        {
            await _chance.Delay(_chance.Between(TimeSpan.Zero, TimeSpan.FromHours(1)));
            if (_offers.Count == 0)
            {
                continue;
            }

            var partner = _chance.Any(World.Partners);
            var offer = _chance.Any(_offers).Terms.Offer;
            var (lender, borrower, open) = (_chance.Any(World.Streets), _chance.Any(World.Streets), _chance.Chance(0.7));
            switch (_chance.Next(30))
            {
                case 0:
                    await _clients.Write("clerk", command => Partner(partner).Suspend("a complaint", command));
                    break;
                case 1 or 2:
                    await _clients.Write("clerk", command => Partner(partner).Reinstate(command));
                    break;
                case 3:
                    var certificate = World.Certificate(_chance);
                    await _clients.Write("clerk", command => Partner(partner).Certify(certificate, command));
                    break;
                case 4:
                    var capacity = new PartnerPatch(null, PartnerKind.Team, null, null, 1 + _chance.Next(3));
                    await _clients.Write("partner", command => Partner(partner).Change(capacity, command));
                    break;
                case 5:
                    var hours = new OfferPatch(null, 1 + _chance.Next(5), World.Hours(_chance), null, 1 + _chance.Next(3), null, _chance.Next(4), null);
                    await _clients.Write("partner", command => Offer(offer).Change(hours, command));
                    break;
                case 6:
                    await _clients.Write("partner", command => Offer(offer).Withdraw(command));
                    await Make(partner);
                    break;
                case 8:
                    var times = World.Times(_chance);
                    await _clients.Write("partner", command => Partner(partner).SetAvailability(times, command));
                    break;
                case 10:
                    var busy = World.Times(_chance).Away;
                    await _clients.Write("partner", command => Partner(partner).ImportCalendar(busy, command));
                    break;
                case 9:
                    await _clients.Write("clerk", command => _cluster.Round(lender).Run(command));
                    break;
                case 7:
                    var terms = _chance.Chance(0.5) ? World.Treaty(_chance) : null;
                    await _clients.Write("clerk", command => Lender(lender).SetTreaty(borrower, open, terms, command));
                    break;
                case 15:
                    var rates = World.Rates(_chance);
                    await _clients.Write("clerk", command => Ledger(lender).SetRates(rates, command));
                    break;
                case 16 or 17:
                    var trust = World.Ledger(_chance);
                    await _clients.Write("clerk", command => Ledger(lender).SetPolicy(trust, command));
                    break;
                case >= 19 and < 23:
                    await Order(lender);
                    break;
                case >= 23 and < 28:
                    await Clear(lender);
                    break;
                case 28:
                    var elder = World.Elder(_chance);
                    await _clients.Write("clerk", command => Ledger(lender).EraseResident(World.Communities.First(community => community.Street == lender), elder, command));
                    break;
                case 29:
                    await _clients.Write("clerk", command => Partner(partner).Erase("moved away", command));
                    break;
                case 18:
                    await CheckReceipt(lender);
                    break;
                case 13:
                    var (home, series) = (_chance.Any(World.Communities), World.Series(_chance));
                    var begun = await _clients.Write("community", command => Series(new(command.RequestId)).Begin(home, series, command));
                    _series.AddRange(begun.Value is { } recurring ? [recurring.Id] : []);
                    break;
                case 14 when _series.Count > 0:
                    var ending = _chance.Any(_series);
                    await _clients.Write("community", command => Series(ending).End("no longer needed", command));
                    break;
                case 11:
                    await _clients.Write("clerk", command => Lender(lender).RecallLoans(borrower, "we need them ourselves", command));
                    break;
                case 12:
                    var holidays = new StreetPatch(null, null, null, World.Holidays(_chance));
                    await _clients.Write("clerk", command => Street(lender).Change(holidays, command));
                    break;
            }
        }
    }

    /// <summary>Somebody asks for the receipt of an entry, and checks it by the ledger's key.</summary>
    private Task CheckReceipt(StreetId street) => Clients.Read(async () =>
    {
        var ledger = (await Ledger(street).Get()).Value!;
        if (ledger.Entries == 0)
        {
            return;
        }

        var number = 1 + _chance.Next((int)ledger.Entries);
        var receipt = (await Ledger(street).Receipt(number)).Value!;
        if (!VerifierKey.TryParse(ledger.Key, out var key) || LedgerReceipt.Verify($"{receipt}", [key]).Fault is { } || !receipt.Entry.Contains($"\nentry {number}\n", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"This is no receipt of entry {number} of ledger {street}: {receipt}");
        }
    });

    /// <summary>A street proposes how to clear what it owes another; those others agree, or one of them does not.</summary>
    private async Task Clear(StreetId street)
    {
        var mirrors = World.Streets.Remove(street).Select(AccountId.OfMirror).ToImmutableArray();
        var owing = (await _clients.Insist(() => Ledger(street).Accounts(mirrors))).Value.SelectMany(account => account.Balances, (account, balance) => (Creditor: account.Account.Peer!.Value, balance.Unit, balance.Balance.Posted)).Where(debt => debt.Posted > 0).ToArray();
        if (owing.Length == 0)
        {
            return;
        }

        var (creditor, unit, owed) = _chance.Any(owing);
        // Now and then a debt is cleared twice at once, and there is not enough of it.
        await Task.WhenAll(Enumerable.Range(0, 1 + _chance.Next(2)).Select(_ => Clear(street, World.Clearing(_chance, street, creditor, unit, owed))));
    }

    private async Task Clear(StreetId street, Clearing clearing)
    {
        var proposal = new Command(_chance.NextId(), _chance.Next(int.MaxValue), "clerk");
        var transfer = _cluster.JointTransfer(TransferId.OfOrder(proposal.RequestId));
        if ((await _clients.Insist(() => transfer.Propose(clearing, street, proposal))).Refusal is not null)
        {
            return;
        }

        foreach (var other in clearing.Streets.Remove(street))
        {
            await _chance.Delay(_chance.Between(TimeSpan.Zero, TimeSpan.FromHours(2)));
            if (_chance.Chance(0.15))
            {
                await _clients.Write("clerk", command => transfer.Reject(other, "not as we see it", command));
                return;
            }

            var agreement = new Command(_chance.NextId(), _chance.Next(int.MaxValue), "clerk");
            var agreed = await _clients.Insist(() => transfer.Agree(other, agreement));
            var again = await _clients.Insist(() => transfer.Agree(other, agreement));
            if ((agreed.Refusal?.Reason, agreed.Value?.Status) != (again.Refusal?.Reason, again.Value?.Status))
            {
                throw new InvalidOperationException($"I7: the agreement of {other} to {clearing} was answered in two ways: {agreed}, {again}.");
            }
        }
    }

    /// <summary>Somebody orders transfers, some of which make no sense, and asks once more what became of them.</summary>
    private async Task Order(StreetId street)
    {
        ImmutableArray<TransferRequest> orders = [.. Enumerable.Range(0, 1 + _chance.Next(3)).Select(_ => World.Order(_chance, street))];
        var outcomes = await Outcomes(street, orders);
        foreach (var (order, outcome) in orders.Zip(outcomes).Where(pair => pair.Second.Refusal is null))
        {
            var entries = _journal.Stream($"ledger/{street}").Select(record => record.Happened).OfType<EntryPosted>().Where(posted => posted.Entry.Transfer == TransferId.OfOrder(order.Command.RequestId)).ToList();
            if (entries is not [var entry] || entry.Number != outcome.Entry!.Number || entry.Entry.Postings[1].Amount != order.Amount)
            {
                throw new InvalidOperationException($"I7: order {order} was answered with entry {outcome.Entry!.Number}; the journal has {string.Join(", ", entries)}.");
            }
        }

        var again = await Outcomes(street, orders);
        if (outcomes.Zip(again).Any(pair => pair.First.Refusal is null && pair.First.Entry!.Number != pair.Second.Entry?.Number))
        {
            throw new InvalidOperationException($"I7: orders {string.Join(", ", orders)} were answered in two ways.");
        }
    }

    /// <summary>What became of each; of which nobody knows yet, all are asked for once more.</summary>
    private async Task<ImmutableArray<TransferOutcome>> Outcomes(StreetId street, ImmutableArray<TransferRequest> orders) => await _clients.Insist(async () =>
        (await Ledger(street).Transfer(orders)).Value is var outcomes && outcomes.Any(outcome => outcome.Refusal?.Reason == RefusalReason.OutcomeUnknown)
            ? throw new JournalUnavailableException("What became of an order is not known yet.")
            : outcomes);

    /// <summary>Somebody who has had something in a street's ledger; null where nobody has.</summary>
    private AccountId? Payer(StreetId street)
    {
        var accounts = _journal.Stream($"ledger/{street}").Select(record => record.Happened).OfType<EntryPosted>().SelectMany(posted => posted.Entry.Postings)
            .Select(posting => posting.Account).Where(account => account.Holder is not null).Distinct().ToArray();
        return accounts.Length == 0 ? null : _chance.Any(accounts);
    }
}
