using System.Globalization;

namespace Pool.Auditing;

/// <summary>The auditor's own model of a demand: its seats, its proposals, and what it still owes.</summary>
internal sealed partial class AuditedDemand(string id, List<string> violations)
{
    private readonly List<AuditedProposal> _proposals = [];
    private readonly AuditedSearch _search = new(violations);
    private readonly List<string> _waiting = [];
    private HashSet<string> _people = [];
    private AuditedTerms? _terms;
    private string? _home;
    private JournalRow? _closed;
    private DateTimeOffset? _retryAt;

    public string Id => id;

    /// <summary>Whose account pays what is not unpaid.</summary>
    public string Payer => _terms?.Payer ?? $"fund-{_home}";

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
        LastAt = row.LaterOf(LastAt);
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
        _home ??= row.Text("community");
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
}
