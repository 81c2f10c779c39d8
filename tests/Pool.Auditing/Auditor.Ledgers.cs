namespace Pool.Auditing;

/// <summary>I2, I3 and I10 between demands and ledgers, and from ledger to ledger.</summary>
public sealed partial class Auditor
{
    private readonly Dictionary<string, AuditedLedger> _ledgers = [];

    private readonly Dictionary<string, AuditedTransfer> _transfers = [];

    /// <summary>A transfer between streets: what it says of its parts rests on what the ledgers had made durable before.</summary>
    private void TakeOfTransfer(JournalRow row)
    {
        if (!_transfers.TryGetValue(row.Key, out var transfer))
        {
            _transfers[row.Key] = transfer = new(row.Key, _violations);
        }

        transfer.Take(row);
        foreach (var street in transfer.Legs.Keys)
        {
            var ledger = _ledgers.GetValueOrDefault(street);
            var end = ledger?.EndOf(row.Key);
            switch (row.Type)
            {
                case "transfer.held" when ledger?.Holds(row.Key) != true:
                    _violations.Add($"I2: {row} came before ledger {street} held its part.");
                    break;
                case "transfer.released":
                    Rests(row, end?.Type == "ledger.transfer-released" ? end : null, $"the release of its part in ledger {street}");
                    break;
                case "transfer.settled":
                    Rests(row, end?.Type == "ledger.entry-posted" ? end : null, $"its entry in ledger {street}");
                    if (!row.Payload.GetProperty("entries").EnumerateArray().Any(entry => entry.GetProperty("street").GetString() == street && entry.GetProperty("number").GetInt64() == end?.Number))
                    {
                        _violations.Add($"I2: {row} does not name its entry in ledger {street}.");
                    }

                    break;
            }
        }

        Rest(row.Stream, transfer.Owes);
    }

    private void TakeOfLedger(JournalRow row)
    {
        if (!_ledgers.TryGetValue(row.Key, out var ledger))
        {
            _ledgers[row.Key] = ledger = new(row.Key, PayerOf, _violations);
        }

        ledger.Take(row);
        Rest(row.Stream, ledger.Owes);
        if (row.Type == "ledger.order-held")
        {
            var held = row.Text("transfer");
            if (!_transfers.TryGetValue(held, out var joint) || !joint.MayHold || !joint.Has(row.Key, row.Payload.GetProperty("order")))
            {
                _violations.Add($"I2: {row} holds what no transfer between streets asks it to.");
            }
        }

        if (row.Type is "ledger.entry-posted" or "ledger.service-recorded")
        {
            CheckCause(row);
        }
    }

    /// <summary>What a street has seen of another's log.</summary>
    private void TakeOfWitness(JournalRow row)
    {
        if (row.Type != "witness.log-seen")
        {
            _violations.Add($"The auditor does not know {row}.");
        }
        else if (_ledgers.TryGetValue(row.Text("street"), out var ledger))
        {
            ledger.Log.See(row);
        }
        else
        {
            _violations.Add($"Receipts: {row} has seen a ledger that has no entry.");
        }
    }

    /// <summary>A ledger settles what the demand had agreed on before, for as many minutes, in the book of its fee mode; and the payer's street first.</summary>
    private void CheckCause(JournalRow row)
    {
        var entry = row.Payload.GetProperty("entry");
        var transfer = entry.GetProperty("transfer").GetString()!;
        var isReversal = entry.GetProperty("kind").GetString() == "Reversal";
        if (!isReversal && entry.GetProperty("kind").GetString() != "Settlement")
        {
            // An order of one ledger rests on nothing but itself; that has judged it, and whether it held its part of a larger one.
            if (_transfers.TryGetValue(transfer, out var joint) && !joint.MayPost)
            {
                _violations.Add($"I2: {row} is posted, and not every ledger holds its part.");
            }

            return;
        }

        if (FindProposal(transfer) is not { Agreed: not null } proposal || (CorrectionOf(transfer) ?? 0) != proposal.Corrections || proposal.IsCorrecting != (proposal.Corrections > 0))
        {
            _violations.Add($"I3: {row} settles {transfer}, of which no minutes are agreed.");
            return;
        }

        var agreed = proposal.Corrected ?? proposal.Agreed;

        var unpaid = row.Type == "ledger.service-recorded";
        if (unpaid != (proposal.FeeMode == "Volunteer"))
        {
            _violations.Add($"I10: {row} is in the wrong book for work of the mode {proposal.FeeMode}.");
            return;
        }

        var served = (unpaid ? entry : entry.GetProperty("service")).GetProperty("minutes").GetInt64();
        if (!isReversal && served != agreed.Payload.GetProperty("agreed").GetInt64() * proposal.Seats.Count)
        {
            _violations.Add($"I3: {row} settles {served} minutes, and {agreed} agreed on others.");
        }

        if (!unpaid && !isReversal && proposal.Lender == row.Key && _ledgers.GetValueOrDefault(proposal.Home)?.EndOf(transfer)?.Type != "ledger.entry-posted")
        {
            _violations.Add($"I2: {row} is paid by street {proposal.Home}, which has not paid.");
        }
    }

    /// <summary>What a demand says of its payment rests on what the ledgers had made durable before.</summary>
    private void CheckPayment(AuditedDemand demand, AuditedProposal proposal, JournalRow row)
    {
        var isCorrected = row.Type == "demand.correction-settled";
        var transfer = $"{demand.Id}/{proposal.Number}{(isCorrected ? $"/{proposal.Corrections}" : "")}";
        var unpaid = proposal.FeeMode == "Volunteer";
        IEnumerable<string> streets = unpaid || proposal.Lender is null ? [proposal.Lender ?? proposal.Home] : [proposal.Home, proposal.Lender];
        foreach (var street in streets)
        {
            var ledger = _ledgers.GetValueOrDefault(street);
            var end = ledger?.EndOf(transfer);
            switch (row.Type)
            {
                case "demand.assignment-booked" when !unpaid && ledger?.Holds(transfer) != true && end is null:
                    _violations.Add($"I3: {row} came before ledger {street} held its price.");
                    break;
                case "demand.hold-returned" when !unpaid && proposal.Accepted:
                    Rests(row, end?.Type == "ledger.transfer-released" ? end : null, $"the release of its price in ledger {street}");
                    break;
                case "demand.assignment-settled" or "demand.correction-settled":
                    Rests(row, end?.Type == (unpaid ? "ledger.service-recorded" : "ledger.entry-posted") ? end : null, $"its entry in ledger {street}");
                    if (!row.Payload.GetProperty("entries").EnumerateArray().Any(entry => entry.GetProperty("street").GetString() == street && entry.GetProperty("number").GetInt64() == end?.Number))
                    {
                        _violations.Add($"I3: {row} does not name its entry in ledger {street}.");
                    }

                    break;
            }
        }
    }

    /// <summary>I2 when nothing is in flight: two streets say the same of what one owes the other, and nothing is held for what has ended.</summary>
    private void CheckLedgersQuiet()
    {
        foreach (var (street, ledger) in _ledgers)
        {
            ledger.CheckQuiet(transfer => FindProposal(transfer) is { Takes: true, Settled: null } || _transfers.GetValueOrDefault(transfer)?.MayHold == true);
            foreach (var (peer, other) in _ledgers)
            {
                foreach (var unit in new[] { "TimeCredit", "Cny" })
                {
                    if (street != peer && ledger.OwedBy(peer, unit) != -other.OwedBy(street, unit))
                    {
                        _violations.Add($"I2: ledger {street} says that {peer} owes it {ledger.OwedBy(peer, unit)} in {unit}, and that one says {-other.OwedBy(street, unit)}.");
                    }
                }
            }
        }
    }

    /// <summary>Who is to pay an assignment: whom its demand names, or its community's fund.</summary>
    private string? PayerOf(string transfer) => _demands.TryGetValue(transfer.Split('/')[0], out var demand) ? demand.Payer : null;

    /// <summary>The assignment that a transfer settles, or corrects.</summary>
    private AuditedProposal? FindProposal(string transfer) =>
        transfer.Split('/') is [var id, var number, ..] && _demands.TryGetValue(id, out var demand) ? demand.Find(number) : null;

    private static int? CorrectionOf(string transfer) => transfer.Split('/') is [_, _, var correction] ? int.Parse(correction, System.Globalization.CultureInfo.InvariantCulture) : null;
}
