namespace Pool.Auditing;

/// <summary>What a demand asks for, as its last row that says so has it.</summary>
internal sealed class AuditedTerms(JournalRow row)
{
    /// <summary>Whose account pays; null where the fund of the demand's community does.</summary>
    public string? Payer { get; } = row.Payload.GetProperty("terms").TryGetProperty("payer", out var payer) ? payer.GetString() : null;

    public int Seats { get; } = row.Payload.GetProperty("terms").GetProperty("seats").GetInt32();

    public string Mode { get; } = row.Payload.GetProperty("terms").GetProperty("mode").GetString()!;

    public int AskAtOnce { get; } = row.Payload.GetProperty("terms").GetProperty("askAtOnce").GetInt32();

    public bool AllOrNone { get; } = row.Payload.GetProperty("terms").GetProperty("allOrNone").GetBoolean();

    /// <summary>Under which name the street's policy has the demand's pace; null where it stands in the policy itself.</summary>
    public string? Pace { get; } = row.Payload.GetProperty("terms").GetProperty("urgency").GetString() switch
    {
        "Urgent" => "urgent",
        "Emergency" => "emergency",
        _ => null,
    };
}
