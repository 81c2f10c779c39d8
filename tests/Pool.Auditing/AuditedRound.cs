namespace Pool.Auditing;

/// <summary>The auditor's own model of a street's rounds: one after the other, and every demand that joins is looked at or waits.</summary>
internal sealed class AuditedRound(string street, List<string> violations)
{
    private readonly HashSet<string> _waiting = [];
    private readonly HashSet<string> _joined = [];
    private int _number;
    private DateTimeOffset? _nextAt;

    /// <summary>When the last thing happened to it.</summary>
    public DateTimeOffset LastAt { get; private set; }

    public bool IsUnderWay { get; private set; }

    /// <summary>What it must still do, with the instant by which it must be woken; null when nothing is left.</summary>
    public (string What, DateTimeOffset? By)? Owes =>
        IsUnderWay ? ("a round", null) : _waiting.Count > 0 ? ("the next round", _nextAt) : null;

    public void Take(JournalRow row)
    {
        LastAt = row.LaterOf(LastAt);
        switch (row.Type)
        {
            case "round.demand-joined":
                var demand = row.Text("demand")!;
                _waiting.Add(demand);
                if (IsUnderWay)
                {
                    _joined.Add(demand);
                }

                _nextAt = row.Instant("nextAt");
                break;
            case "round.begun":
                Begin(row);
                break;
            case "round.ended":
                End(row);
                break;
            default:
                violations.Add($"The auditor does not know {row}.");
                break;
        }
    }

    private void Begin(JournalRow row)
    {
        if (IsUnderWay)
        {
            violations.Add($"Rounds: {row} begins while round {_number} of street {street} is under way.");
        }

        if (row.Number != _number + 1)
        {
            violations.Add($"Rounds: {row} is round {row.Number} and follows round {_number}.");
        }

        (IsUnderWay, _number) = (true, row.Number);
    }

    private void End(JournalRow row)
    {
        if (!IsUnderWay)
        {
            violations.Add($"Rounds: {row} ends a round of street {street}, and none is under way.");
        }

        var report = row.Payload.GetProperty("report");
        if (report.GetProperty("proposed").GetInt32() > report.GetProperty("sought").GetInt32() || report.GetProperty("bound").GetInt64() > report.GetProperty("cost").GetInt64())
        {
            violations.Add($"Rounds: {row} reports more than was sought, or a plan below its bound.");
        }

        _waiting.ExceptWith(row.Payload.GetProperty("left").EnumerateArray().Select(left => left.GetString()!).Where(left => !_joined.Contains(left)).ToList());
        _joined.Clear();
        (IsUnderWay, _nextAt) = (false, row.Payload.TryGetProperty("nextAt", out _) ? row.Instant("nextAt") : null);
        if (_waiting.Count > 0 && _nextAt is null)
        {
            violations.Add($"Rounds: {row} leaves {_waiting.Count} demands of street {street} without a next round.");
        }
    }
}
