namespace Pool.Auditing;

/// <summary>A proposal and the assignment that it became, as the rows that made it so.</summary>
internal sealed class AuditedProposal(JournalRow made)
{
    /// <summary>A community's code begins with its street's.</summary>
    private const int StreetDigits = 9;

    public JournalRow Made => made;

    public int Number => made.Number;

    public string Partner { get; } = AuditedSearch.PartnerOf(made.Payload.GetProperty("candidate").GetProperty("offer").GetString()!);

    /// <summary>The street that lends the partner to the demand's; null at home.</summary>
    public string? Lender { get; } = made.Payload.GetProperty("candidate").TryGetProperty("community", out var community) && community.GetString()![..StreetDigits] is var lender
        && lender != made.Street ? lender : null;

    /// <summary>The demand's street.</summary>
    public string Home => made.Street!;

    public string FeeMode { get; } = made.Payload.GetProperty("candidate").TryGetProperty("feeMode", out var mode) ? mode.GetString()! : "Volunteer";

    /// <summary>For how many seats the partner was asked.</summary>
    public int People { get; } = made.Payload.GetProperty("people").GetInt32();

    /// <summary>Whether the partner came by itself, or for somebody who has the seats.</summary>
    public bool CameForward { get; } = made.Payload.GetProperty("cameForward").GetBoolean();

    /// <summary>Whether a round assigned the partner.</summary>
    public bool OfRound { get; } = made.Payload.TryGetProperty("round", out _);

    /// <summary>The number of the assignment that is handed over; null for open seats.</summary>
    public int? Replaces { get; } = made.Payload.TryGetProperty("replaces", out var replaces) ? replaces.GetInt32() : null;

    public JournalRow? Answered { get; set; }

    public bool Pending => Answered is null;

    public bool Accepted => Answered?.Type == "demand.proposal-accepted";

    /// <summary>The seats that it was accepted for.</summary>
    public IReadOnlyList<int> Seats { get; set; } = [];

    public JournalRow? Booked { get; set; }

    public JournalRow? Started { get; set; }

    /// <summary>Confirmed by the community, or resolved by the clerk: it is to be settled.</summary>
    public JournalRow? Agreed { get; set; }

    public JournalRow? Settled { get; set; }

    /// <summary>The last correction of what was settled, and how many there were.</summary>
    public JournalRow? Corrected { get; set; }

    public int Corrections { get; set; }

    /// <summary>The last correction that ledgers and records say.</summary>
    public JournalRow? CorrectionSettled { get; set; }

    public bool IsCorrecting => Corrected is not null && CorrectionSettled is null;

    public JournalRow? Released { get; set; }

    public JournalRow? Returned { get; set; }

    public JournalRow? Rated { get; set; }

    public JournalRow? RatingRecorded { get; set; }

    /// <summary>Whether its seats are taken by it.</summary>
    public bool Takes => Accepted && Released is null;

    /// <summary>Whether the service has not begun, so that it may be handed over.</summary>
    public bool IsAhead => Takes && Started is null;

    /// <summary>The step that is left for the demand to carry out; null when there is none.</summary>
    public string? Step =>
        (Answered is not null && !Accepted) || Released is not null ? (Returned is null ? "give back the hold" : null)
        : Accepted && Booked is null ? "confirm the hold"
        : Agreed is not null && Settled is null ? "settle"
        : IsCorrecting ? "correct"
        : Rated is not null && RatingRecorded is null ? "record the rating"
        : null;
}
