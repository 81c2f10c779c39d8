namespace Pool.Auditing;

/// <summary>Its proposals, and the assignments that they become.</summary>
internal sealed partial class AuditedDemand
{
    private AuditedProposal Propose(JournalRow row)
    {
        var made = new AuditedProposal(row);
        _search.Propose(row, made.CameForward || made.OfRound);
        if (made.OfRound)
        {
            _retryAt = null;
            if (_terms!.Mode != "Round")
            {
                violations.Add($"I9: {row} proposes what a round assigned, and the demand waits for none.");
            }
        }

        if (_closed is not null)
        {
            violations.Add($"I4: {row} proposes a demand that {_closed} has ended.");
        }

        if (row.Number != _proposals.Count + 1)
        {
            violations.Add($"I5: {row} is proposal {row.Number} and follows proposal {_proposals.Count}.");
        }

        if (made.Replaces is { } replaced)
        {
            if (!(_proposals.ElementAtOrDefault(replaced - 1) is { IsAhead: true } handed) || handed.Seats.Count != made.People)
            {
                violations.Add($"I3: {row} hands over seats that assignment {replaced} does not have.");
            }
        }
        else
        {
            CheckAsked(row, made);
        }

        if (_people.Count > 0 && !_people.Contains(made.Partner))
        {
            violations.Add($"Series: {row} asks partner {made.Partner}, and the demand wants the same people as another.");
        }

        Refuse(row);
        if (_terms!.AllOrNone && _proposals.Any(proposal => (proposal.Pending || proposal.Takes) && SlotOf(proposal) != SlotOf(made)))
        {
            violations.Add($"I3: {row} proposes another slot of a demand that is served together or not at all.");
        }

        _proposals.Add(made);
        return made;

        static DateTimeOffset SlotOf(AuditedProposal proposal) => proposal.Made.Payload.GetProperty("slot").GetProperty("start").GetDateTimeOffset();
    }

    /// <summary>Somebody is asked for open seats, or claims them; those who wait for one come first.</summary>
    private void CheckAsked(JournalRow row, AuditedProposal made)
    {
        var waited = _waiting.RemoveAll(offer => AuditedSearch.PartnerOf(offer) == made.Partner) > 0;
        var asking = waited || IsAsking || (made.CameForward && Unasked > 0);
        if (!asking || made.People < 1 || made.People > OpenSeats)
        {
            violations.Add($"I3: {row} asks for {made.People} seats, and {(asking ? OpenSeats : 0)} are to be asked for.");
        }

        var refused = AuditedSearch.Refused(row).ToHashSet();
        if (!waited && _waiting.Any(offer => !refused.Contains(offer)))
        {
            violations.Add($"I9: {row} asks somebody before those on the waiting list.");
        }
    }

    private void Refuse(JournalRow row)
    {
        var refused = AuditedSearch.Refused(row).ToHashSet();
        _search.Refuse(refused);
        _waiting.RemoveAll(refused.Contains);
    }

    private void Close(JournalRow row)
    {
        if (_closed is not null)
        {
            violations.Add($"I4: {row} ends a demand that {_closed} has ended.");
        }

        _closed ??= row;
        foreach (var proposal in _proposals.Where(proposal => proposal.Pending))
        {
            proposal.Answered = row;
        }

        if (row.Type == "demand.expired" && _terms!.AllOrNone && _proposals.Any(proposal => proposal.Takes) && !_proposals.Any(proposal => proposal is { Takes: true, Started: not null }))
        {
            violations.Add($"I3: {row} ends a demand that is served together or not at all, and somebody is still to come.");
        }
    }

    private AuditedProposal? TakeOfProposal(JournalRow row)
    {
        if (!row.Payload.TryGetProperty("number", out var number) || _proposals.ElementAtOrDefault(number.GetInt32() - 1) is not { } proposal)
        {
            violations.Add($"The auditor does not know {row}, or not the proposal that it is about.");
            return null;
        }

        switch (row.Type)
        {
            case "demand.proposal-accepted":
            case "demand.proposal-declined":
            case "demand.proposal-expired":
            case "demand.proposal-withdrawn":
                Answer(proposal, row);
                break;
            case "demand.assignment-booked":
                proposal.Booked = row;
                break;
            case "demand.assignment-confirmed":
            case "demand.dispute-resolved":
                proposal.Agreed = row;
                break;
            case "demand.assignment-settled":
                CheckEnd(proposal, row);
                proposal.Settled = row;
                break;
            case "demand.assignment-corrected":
                Correct(proposal, row);
                break;
            case "demand.correction-settled":
                if (!proposal.IsCorrecting)
                {
                    violations.Add($"I3: {row} settles a correction, and there is none.");
                }

                proposal.CorrectionSettled = row;
                break;
            case "demand.assignment-released":
                CheckEnd(proposal, row);
                proposal.Released = row;
                break;
            case "demand.hold-returned":
                proposal.Returned = row;
                break;
            case "demand.assignment-rated":
                proposal.Rated = row;
                break;
            case "demand.rating-recorded":
                proposal.RatingRecorded = row;
                break;
            case "demand.assignment-started":
                Start(proposal, row);
                break;
            case "demand.assignment-completed":
            case "demand.assignment-disputed":
                break;
            default:
                violations.Add($"The auditor does not know {row}.");
                break;
        }

        return proposal;
    }

    private void Answer(AuditedProposal proposal, JournalRow row)
    {
        if (proposal.Answered is { } before)
        {
            violations.Add($"I3: {row} answers proposal {proposal.Number}, which {before} had answered.");
        }

        if (row.Type is "demand.proposal-accepted" or "demand.proposal-declined" && row.At >= proposal.Made.Instant("expiresAt"))
        {
            violations.Add($"I8: {row} answers proposal {proposal.Number} after its expiry.");
        }

        if (row.Type == "demand.proposal-withdrawn" && row.Text("why") == "SeatsTaken" && !IsMoot(proposal))
        {
            violations.Add($"I3: {row} withdraws proposal {proposal.Number}, which could still be accepted.");
        }

        if (row.Type == "demand.proposal-accepted")
        {
            Seat(proposal, row);
        }

        proposal.Answered ??= row;
    }

    private void Seat(AuditedProposal proposal, JournalRow row)
    {
        proposal.Seats = [.. row.Payload.GetProperty("seats").EnumerateArray().Select(seat => seat.GetInt32())];
        if (proposal.Replaces is { } replaced && !proposal.Seats.SequenceEqual(_proposals[replaced - 1].Seats))
        {
            violations.Add($"I3: {row} takes other seats than those of assignment {replaced}.");
        }

        var taken = _proposals.Where(other => other.Takes).SelectMany(other => other.Seats).ToHashSet();
        if (proposal.Seats.Count == 0 || proposal.Seats.Count > proposal.People || proposal.Seats.Any(seat => seat < 1 || seat > _terms!.Seats || !taken.Add(seat)))
        {
            violations.Add($"I3: {row} takes seats {string.Join(", ", proposal.Seats)}, which are not free, or not asked for.");
        }
    }

    private void Start(AuditedProposal proposal, JournalRow row)
    {
        if (_terms!.AllOrNone && OpenSeats > 0 && !_proposals.Any(other => other is { Takes: true, Started: not null }))
        {
            violations.Add($"I3: {row} starts a service that is held together or not at all, while {OpenSeats} seats are open.");
        }

        proposal.Started ??= row;
    }

    private void Correct(AuditedProposal proposal, JournalRow row)
    {
        if (proposal.Settled is null || proposal.IsCorrecting)
        {
            violations.Add($"I3: {row} corrects what is not settled, or is being corrected.");
        }

        (proposal.Corrected, proposal.CorrectionSettled, proposal.Corrections) = (row, null, proposal.Corrections + 1);
    }

    private void CheckEnd(AuditedProposal proposal, JournalRow row)
    {
        if (!proposal.Accepted)
        {
            violations.Add($"I3: {row} ends the assignment {proposal.Number} of demand {id}, which nobody had accepted.");
        }

        if (proposal.Settled is not null || proposal.Released is not null)
        {
            violations.Add($"I3: assignment {proposal.Number} of demand {id} ends more than once, last by {row}.");
        }
    }
}
