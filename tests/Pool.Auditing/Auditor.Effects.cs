namespace Pool.Auditing;

/// <summary>What one actor says of another rests on what that one had made durable before.</summary>
public sealed partial class Auditor
{
    /// <summary>I3 at the demand: what it says of a proposal rests on what the partner's calendar had made durable before.</summary>
    private void CheckEffect(AuditedDemand demand, AuditedProposal proposal, JournalRow row)
    {
        if (_partners.GetValueOrDefault(proposal.Partner)?.Find($"{demand.Id}/{proposal.Number}") is not { } hold)
        {
            _violations.Add($"I3: {Name(demand, proposal)} was proposed, and partner {proposal.Partner} has no hold for it.");
            return;
        }

        if (proposal.Lender is not null)
        {
            CheckLoan(demand, proposal, row);
        }

        CheckPayment(demand, proposal, row);

        switch (row.Type)
        {
            case "demand.assignment-booked":
                Rests(row, hold.Confirmed, "the confirmation at the partner");
                if (hold.Confirmed is not null && hold.People != proposal.Seats.Count)
                {
                    _violations.Add($"I3: {Name(demand, proposal)} has {proposal.Seats.Count} seats, and {hold.People} people are booked for it.");
                }

                CheckBooking(demand, proposal, hold);
                break;
            case "demand.rating-recorded":
                Rests(row, hold.Rated, "the partner's rating");
                break;
            case "demand.hold-returned":
                Rests(row, hold.Ended, "the end of the hold at the partner");
                break;
            case "demand.assignment-settled":
                Rests(row, hold.Served, "the service record at the partner");
                break;
            case "demand.correction-settled":
                Rests(row, hold.Counted.Number == proposal.Corrections ? hold.Served : null, "the correction of the service record at the partner");
                break;
            case "demand.assignment-released":
                CheckService(demand, proposal, hold);
                break;
        }
    }

    /// <summary>What the demand says of a partner from another street rests on what that street had made durable before.</summary>
    private void CheckLoan(AuditedDemand demand, AuditedProposal proposal, JournalRow row)
    {
        if (_lenders.GetValueOrDefault(proposal.Lender!)?.Find($"{demand.Id}/{proposal.Number}", proposal.Partner) is not { } loan)
        {
            _violations.Add($"Treaties: {Name(demand, proposal)} was proposed, and street {proposal.Lender} has not lent partner {proposal.Partner}.");
            return;
        }

        switch (row.Type)
        {
            case "demand.assignment-booked":
                Rests(row, loan.Booked, "the booking of the loan at the lending street");
                break;
            case "demand.hold-returned":
                Rests(row, loan.Ended, "the end of the loan at the lending street");
                break;
            case "demand.assignment-settled":
                Rests(row, loan.Served is null ? null : loan.Ended, "the account of the loan at the lending street");
                break;
            case "demand.correction-settled":
                Rests(row, loan.Corrections == proposal.Corrections ? loan.Ended : null, "the correction of the loan at the lending street");
                break;
        }
    }

    /// <summary>A partner's street lets it serve: nobody is held on a holiday, nor lent in the hours that are kept for home.</summary>
    private void CheckClosing(JournalRow row)
    {
        if (row.Street is null || !_lenders.TryGetValue(row.Street, out var street))
        {
            return;
        }

        var slot = AuditedTimes.Window(row.Payload.GetProperty("slot"));
        if (street.Find(row.Text("hold"), row.Key) is { } loan && street.Closing.IsKeptForHome(slot, loan.Borrower, row.At))
        {
            _violations.Add($"Closed times: {row} lies in hours that street {row.Street} keeps for home.");
        }

        if (!_servingOnHolidays.Contains(row.Text("offer")) && street.Closing.IsHoliday(slot, row.At))
        {
            _violations.Add($"Closed times: {row} lies on a holiday of street {row.Street}.");
        }
    }

    /// <summary>I3 at the partner: its calendar ends a hold for what the demand had made durable before.</summary>
    private void CheckCause(JournalRow row, AuditedPartner.Hold hold)
    {
        var slash = hold.Id.IndexOf('/', StringComparison.Ordinal);
        if (!_demands.TryGetValue(hold.Id[..slash], out var demand) || demand.Find(hold.Id[(slash + 1)..]) is not { } proposal || proposal.Partner != row.Key)
        {
            return;
        }

        if (row.Type == "partner.service-recorded")
        {
            CheckService(demand, proposal, hold);
        }

        CheckBooking(demand, proposal, hold);
    }

    private void CheckService(AuditedDemand demand, AuditedProposal proposal, AuditedPartner.Hold hold)
    {
        if (hold.Served is not null && (proposal.Released is not null || proposal.Agreed is null))
        {
            _violations.Add($"I3: {Name(demand, proposal)} has a service record at partner {proposal.Partner} and is not to be settled.");
        }
    }

    private void CheckBooking(AuditedDemand demand, AuditedProposal proposal, AuditedPartner.Hold hold)
    {
        if (proposal.Booked is not null && proposal.Takes && hold is { Ended: { } ended, Served: null })
        {
            _violations.Add($"I3: {Name(demand, proposal)} is booked, and {ended} has ended its hold.");
        }
    }

    private void Rests(JournalRow effect, JournalRow? cause, string what)
    {
        if (cause is null)
        {
            _violations.Add($"I3: {effect} came before {what}.");
        }
    }

    private static string Name(AuditedDemand demand, AuditedProposal proposal) => $"proposal {proposal.Number} of demand {demand.Id}";
}
