using System.Globalization;

namespace Pool.Auditing;

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

        public JournalRow? Settled { get; set; }

        public JournalRow? Released { get; set; }

        public JournalRow? Returned { get; set; }

        public JournalRow? Rated { get; set; }

        public JournalRow? RatingRecorded { get; set; }

        /// <summary>Whether the seat is taken by it.</summary>
        public bool Takes => Answered is null || (Accepted && Released is null);

        /// <summary>The step that is left for the demand to carry out; null when there is none.</summary>
        public string? Step =>
            (Answered is not null && !Accepted) || Released is not null ? (Returned is null ? "give back the hold" : null)
            : Accepted && Booked is null ? "confirm the hold"
            : Agreed is not null && Settled is null ? "settle"
            : Rated is not null && RatingRecorded is null ? "record the rating"
            : null;
    }

    public string Id => id;

    /// <summary>When the last thing happened to it.</summary>
    public DateTimeOffset LastAt { get; private set; }

    /// <summary>The seat that a proposal's number stands for; null when there was no such proposal.</summary>
    public Seat? Find(string number) => _seats.ElementAtOrDefault(int.Parse(number, CultureInfo.InvariantCulture) - 1);

    /// <summary>The status, or null for a stream that never began as a demand.</summary>
    public string? Status =>
        _wanted == 0 ? null
        : _closed is not null ? (_closed.Type == "demand.cancelled" ? "cancelled" : "expired")
        : _seats.Count(seat => seat.Accepted && seat.Takes) == _wanted ? "filled" : "open";

    private bool HasOpenSeat => _closed is null && _seats.Count(seat => seat.Takes) < _wanted;

    /// <returns>The seat that the row is about; null when it is about none.</returns>
    public Seat? Take(JournalRow row)
    {
        LastAt = row.At;
        if (row.Type == "demand.posted")
        {
            _wanted = row.Payload.GetProperty("terms").GetProperty("seats").GetInt32();
            return null;
        }

        if (_wanted == 0)
        {
            violations.Add($"I4: {row} comes before its demand was posted.");
            return null;
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
                return Propose(row);
            case "demand.expired":
            case "demand.cancelled":
                Close(row);
                break;
            default:
                return TakeOfSeat(row);
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

            var pending = _closed is null ? _seats.Where(seat => seat.Answered is null).Min(seat => (DateTimeOffset?)seat.Made.Instant("expiresAt")) : null;
            return pending is { } expiry ? ("an answer to a proposal", expiry) : HasOpenSeat ? ("an open seat", _retryAt) : null;
        }
    }

    /// <summary>A step that is left and that nobody has to be waited for; null when the demand rests.</summary>
    public string? Busy =>
        _seats.Select(seat => seat.Step is { } step ? $"{step} of proposal {seat.Number}" : null).FirstOrDefault(step => step is not null)
        ?? (HasOpenSeat && _retryAt is null ? "search" : null);

    private Seat Propose(JournalRow row)
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

        var made = new Seat(row);
        _seats.Add(made);
        return made;
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

    private Seat? TakeOfSeat(JournalRow row)
    {
        if (!row.Payload.TryGetProperty("number", out var number) || _seats.ElementAtOrDefault(number.GetInt32() - 1) is not { } seat)
        {
            violations.Add($"The auditor does not know {row}, or not the proposal that it is about.");
            return null;
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
                CheckEnd(seat, row);
                seat.Settled = row;
                break;
            case "demand.assignment-released":
                CheckEnd(seat, row);
                seat.Released = row;
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

        return seat;
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

        if (seat.Settled is not null || seat.Released is not null)
        {
            violations.Add($"I3: seat {seat.Number} of demand {id} ends more than once, last by {row}.");
        }
    }
}
