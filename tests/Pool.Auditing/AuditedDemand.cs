using System.Globalization;

namespace Pool.Auditing;

/// <summary>The auditor's own model of a demand: its seats, its proposals, and what it still owes.</summary>
internal sealed class AuditedDemand(string id, List<string> violations)
{
    private readonly List<AuditedProposal> _proposals = [];
    private readonly AuditedSearch _search = new(violations);
    private readonly List<string> _waiting = [];
    private HashSet<string> _people = [];
    private AuditedTerms? _terms;
    private JournalRow? _closed;
    private DateTimeOffset? _retryAt;

    public string Id => id;

    /// <summary>When the last thing happened to it.</summary>
    public DateTimeOffset LastAt { get; private set; }

    /// <summary>The proposal of a number; null when there was none.</summary>
    public AuditedProposal? Find(string number) => _proposals.ElementAtOrDefault(int.Parse(number, CultureInfo.InvariantCulture) - 1);

    /// <summary>The status, or null for a stream that never began as a demand.</summary>
    public string? Status =>
        _terms is null ? null
        : _closed is not null ? (_closed.Type == "demand.cancelled" ? "cancelled" : "expired")
        : OpenSeats == 0 ? "filled" : "open";

    private int OpenSeats => _closed is null && _terms is not null ? _terms.Seats - _proposals.Where(proposal => proposal.Takes).Sum(proposal => proposal.Seats.Count) : 0;

    /// <summary>Whether somebody is to be asked, and not only waited for.</summary>
    private bool IsAsking => OpenSeats > 0 && _terms!.Mode switch
    {
        "Sequential" or "Round" => Unasked > 0,
        "Broadcast" => _proposals.Count(proposal => proposal is { Pending: true, Replaces: null }) < _terms.AskAtOnce,
        "Claim" => Unasked > 0 && _waiting.Count > 0,
        _ => false,
    };

    /// <summary>Open seats that are not proposed to anybody.</summary>
    private int Unasked => OpenSeats - _proposals.Where(proposal => proposal is { Pending: true, Replaces: null }).Sum(proposal => proposal.People);

    /// <returns>The proposal that the row is about; null when it is about none.</returns>
    public AuditedProposal? Take(JournalRow row)
    {
        LastAt = row.At;
        if (row.Type is "demand.posted" or "demand.changed")
        {
            Begin(row);
            return null;
        }

        if (_terms is null)
        {
            violations.Add($"I4: {row} comes before its demand was posted.");
            return null;
        }

        switch (row.Type)
        {
            case "demand.ring-searched":
                _search.Search(row, _terms.Mode == "Round");
                break;
            case "demand.candidates-refused":
                Refuse(row);
                break;
            case "demand.waiting-list-joined":
                _waiting.Add(row.Payload.GetProperty("candidate").GetProperty("offer").GetString()!);
                break;
            case "demand.queued":
                _search.Leave(row, row.At);
                _retryAt = row.Instant("retryAt");
                break;
            case "demand.round-joined":
                JoinRound(row);
                break;
            case "demand.search-resumed":
                _retryAt = null;
                _search.Resume();
                break;
            case "demand.proposal-made":
                return Propose(row);
            case "demand.expired":
            case "demand.cancelled":
                Close(row);
                break;
            default:
                return TakeOfProposal(row);
        }

        return null;
    }

    /// <summary>What the demand must still do, with the instant by which it must be woken; null when nothing is left.</summary>
    public (string What, DateTimeOffset? By)? Owes
    {
        get
        {
            if (Busy is { } step)
            {
                return (step, null);
            }

            var pending = _closed is null ? _proposals.Where(proposal => proposal.Pending).Min(proposal => (DateTimeOffset?)proposal.Made.Instant("expiresAt")) : null;
            return pending is { } expiry && !(IsAsking && _retryAt < expiry) ? ("an answer to a proposal", expiry)
                : IsAsking ? ("a search", _retryAt)
                : OpenSeats > 0 ? ("an open seat", null)
                : null;
        }
    }

    /// <summary>A step that is left and that nobody has to be waited for; null when the demand rests.</summary>
    public string? Busy =>
        _proposals.Select(proposal => proposal.Step is { } step ? $"{step} of proposal {proposal.Number}" : null).FirstOrDefault(step => step is not null)
        ?? (_proposals.Any(IsMoot) ? "withdraw proposals" : null)
        ?? (IsAsking && (_retryAt is null || _waiting.Count > 0) ? "search" : null);

    /// <summary>Whether a proposal can come to nothing any more.</summary>
    private bool IsMoot(AuditedProposal proposal) => _closed is null && proposal.Pending
        && (proposal.Replaces is { } replaced ? !_proposals[replaced - 1].IsAhead : OpenSeats == 0);

    private void Begin(JournalRow row)
    {
        if (row.Type == "demand.changed" && (_closed is not null || OpenSeats == 0))
        {
            violations.Add($"I4: {row} changes a demand that is {Status}.");
        }

        _people = row.Payload.TryGetProperty("people", out var people) ? [.. people.EnumerateArray().Select(partner => partner.GetString()!)]
            : row.Payload.GetProperty("terms").TryGetProperty("sameAs", out _) ? _people
            : [];
        _terms = new(row);
        _retryAt = null;
        _search.Resume();
        _search.Pace = _terms.Pace;
    }

    private void JoinRound(JournalRow row)
    {
        if (!IsAsking || _terms!.Mode != "Round" || row.Instant("retryAt") <= row.Instant("roundAt"))
        {
            violations.Add($"I4: {row} waits for a round, and is {Status} in mode {_terms!.Mode}, or would not ask again after it.");
        }

        _retryAt = row.Instant("retryAt");
    }

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
