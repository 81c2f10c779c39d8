namespace Pool.Cluster.Tests;

/// <summary>The auditor's own model of a demand: its seats, its proposals, and what it still owes.</summary>
internal sealed class AuditedDemand(string id, List<string> violations)
{
    private readonly List<Seat> _seats = [];
    private readonly AuditedSearch _search = new(violations);
    private int _wanted;
    private JournalRow? _closed;
    private DateTimeOffset? _retryAt;

    /// <summary>A proposal and the assignment that it became, as the rows that made it so.</summary>
    public sealed class Seat(JournalRow made)
    {
        public JournalRow Made => made;

        public int Number => made.Number;

        public string Partner { get; } = AuditedSearch.PartnerOf(made.Payload.GetProperty("candidate").GetProperty("offer").GetString()!);

        public JournalRow? Answered { get; set; }

        public bool Accepted => Answered?.Type == "demand.proposal-accepted";

        public JournalRow? Booked { get; set; }

        /// <summary>Confirmed by the community, or resolved by the clerk: it is to be settled.</summary>
        public JournalRow? Agreed { get; set; }

        public List<JournalRow> Settled { get; } = [];

        public List<JournalRow> Released { get; } = [];

        public JournalRow? Returned { get; set; }

        public JournalRow? Rated { get; set; }

        public JournalRow? RatingRecorded { get; set; }

        /// <summary>Whether the seat is taken by it.</summary>
        public bool Takes => Answered is null || (Accepted && Released.Count == 0);

        /// <summary>The step that is left for the demand to carry out; null when there is none.</summary>
        public string? Step =>
            (Answered is not null && !Accepted) || Released.Count > 0 ? (Returned is null ? "give back the hold" : null)
            : Accepted && Booked is null ? "confirm the hold"
            : Agreed is not null && Settled.Count == 0 ? "settle"
            : Rated is not null && RatingRecorded is null ? "record the rating"
            : null;
    }

    public string Id => id;

    public IReadOnlyList<Seat> Seats => _seats;

    /// <summary>The status, or null for a stream that never began as a demand.</summary>
    public string? Status =>
        _wanted == 0 ? null
        : _closed is not null ? (_closed.Type == "demand.cancelled" ? "cancelled" : "expired")
        : _seats.Count(seat => seat.Accepted && seat.Takes) == _wanted ? "filled" : "open";

    private bool HasOpenSeat => _closed is null && _seats.Count(seat => seat.Takes) < _wanted;

    public void Take(JournalRow row)
    {
        if (row.Type == "demand.posted")
        {
            _wanted = row.Payload.GetProperty("terms").GetProperty("seats").GetInt32();
            return;
        }

        if (_wanted == 0)
        {
            violations.Add($"I4: {row} comes before its demand was posted.");
            return;
        }

        switch (row.Type)
        {
            case "demand.ring-searched":
                _search.Search(row);
                break;
            case "demand.candidates-refused":
                _search.Refuse(row.Payload.GetProperty("refused"));
                break;
            case "demand.queued":
                _search.Leave(row, row.At);
                _retryAt = row.Instant("retryAt");
                break;
            case "demand.search-resumed":
                _retryAt = null;
                _search.Resume();
                break;
            case "demand.proposal-made":
                Propose(row);
                break;
            case "demand.expired":
            case "demand.cancelled":
                Close(row);
                break;
            default:
                TakeOfSeat(row);
                break;
        }
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

            var pending = _closed is null ? _seats.Where(seat => seat.Answered is null).Min(seat => (DateTimeOffset?)seat.Made.Instant("expiresAt")) : null;
            return pending is { } expiry ? ("an answer to a proposal", expiry) : HasOpenSeat ? ("an open seat", _retryAt) : null;
        }
    }

    /// <summary>A step that is left and that nobody has to be waited for; null when the demand rests.</summary>
    public string? Busy =>
        _seats.Select(seat => seat.Step is { } step ? $"{step} of proposal {seat.Number}" : null).FirstOrDefault(step => step is not null)
        ?? (HasOpenSeat && _retryAt is null ? "search" : null);

    private void Propose(JournalRow row)
    {
        _search.Propose(row);
        if (_closed is not null)
        {
            violations.Add($"I4: {row} proposes a demand that {_closed} has ended.");
        }

        if (row.Number != _seats.Count + 1)
        {
            violations.Add($"I5: {row} is proposal {row.Number} and follows proposal {_seats.Count}.");
        }

        var number = row.Payload.GetProperty("seat").GetInt32();
        if (number < 1 || number > _wanted || _seats.Any(seat => seat.Takes && seat.Made.Payload.GetProperty("seat").GetInt32() == number))
        {
            violations.Add($"I3: {row} proposes seat {number}, which is not free.");
        }

        _seats.Add(new(row));
    }

    private void Close(JournalRow row)
    {
        if (_closed is not null)
        {
            violations.Add($"I4: {row} ends a demand that {_closed} has ended.");
        }

        _closed ??= row;
        foreach (var seat in _seats.Where(seat => seat.Answered is null))
        {
            seat.Answered = row;
        }
    }

    private void TakeOfSeat(JournalRow row)
    {
        if (!row.Payload.TryGetProperty("number", out var number) || _seats.ElementAtOrDefault(number.GetInt32() - 1) is not { } seat)
        {
            violations.Add($"The auditor does not know {row}, or not the proposal that it is about.");
            return;
        }

        switch (row.Type)
        {
            case "demand.proposal-accepted":
            case "demand.proposal-declined":
            case "demand.proposal-expired":
                Answer(seat, row);
                break;
            case "demand.assignment-booked":
                seat.Booked = row;
                break;
            case "demand.assignment-confirmed":
            case "demand.dispute-resolved":
                seat.Agreed = row;
                break;
            case "demand.assignment-settled":
                seat.Settled.Add(row);
                CheckEnd(seat, row);
                break;
            case "demand.assignment-released":
                seat.Released.Add(row);
                CheckEnd(seat, row);
                break;
            case "demand.hold-returned":
                seat.Returned = row;
                break;
            case "demand.assignment-rated":
                seat.Rated = row;
                break;
            case "demand.rating-recorded":
                seat.RatingRecorded = row;
                break;
            case "demand.assignment-started":
            case "demand.assignment-completed":
            case "demand.assignment-disputed":
                break;
            default:
                violations.Add($"The auditor does not know {row}.");
                break;
        }
    }

    private void Answer(Seat seat, JournalRow row)
    {
        if (seat.Answered is { } before)
        {
            violations.Add($"I3: {row} answers proposal {seat.Number}, which {before} had answered.");
        }

        if (row.Type != "demand.proposal-expired" && row.At >= seat.Made.Instant("expiresAt"))
        {
            violations.Add($"I8: {row} answers proposal {seat.Number} after its expiry.");
        }

        seat.Answered ??= row;
    }

    private void CheckEnd(Seat seat, JournalRow row)
    {
        if (!seat.Accepted)
        {
            violations.Add($"I3: {row} ends seat {seat.Number} of demand {id}, which nobody had accepted.");
        }

        if (seat.Settled.Count + seat.Released.Count > 1)
        {
            violations.Add($"I3: seat {seat.Number} of demand {id} ends more than once, last by {row}.");
        }
    }
}
