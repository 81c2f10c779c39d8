namespace Pool.Auditing;

/// <summary>The auditor's own model of a recurring demand: no occurrence is left out, posted early, or posted twice.</summary>
internal sealed class AuditedSeries(string id, List<string> violations)
{
    private int _last;
    private TimeSpan _ahead;
    private DateTimeOffset? _next;

    /// <summary>When the last thing happened to it.</summary>
    public DateTimeOffset LastAt { get; private set; }

    /// <summary>What it must still do, with the instant by which it must be woken; null when nothing is left.</summary>
    public (string What, DateTimeOffset? By)? Owes => _next is { } next ? ("an occurrence", next - _ahead) : null;

    /// <returns>The demand that was posted; null where none was.</returns>
    public string? Take(JournalRow row)
    {
        LastAt = row.LaterOf(LastAt);
        switch (row.Type)
        {
            case "series.begun":
                _ahead = TimeSpan.FromMinutes(row.Payload.GetProperty("terms").GetProperty("postAhead").GetInt64());
                _next = row.Instant("nextStart");
                return null;
            case "series.occurrence-posted":
                Occur(row);
                return row.Text("demand");
            case "series.occurrence-refused":
                Occur(row);
                return null;
            case "series.ended":
                _next = null;
                return null;
            default:
                violations.Add($"The auditor does not know {row}.");
                return null;
        }
    }

    private void Occur(JournalRow row)
    {
        if (_next is not { } start)
        {
            violations.Add($"Series: {row} is an occurrence of series {id}, which has none left.");
            return;
        }

        if (row.Number != _last + 1)
        {
            violations.Add($"Series: {row} is occurrence {row.Number} and follows occurrence {_last}.");
        }

        if (row.At < start - _ahead)
        {
            violations.Add($"Series: {row} comes before its time, {Sentence.Of(start - _ahead)}.");
        }

        (_last, _next) = (row.Number, row.Payload.TryGetProperty("nextStart", out _) ? row.Instant("nextStart") : null);
        if (_next <= start)
        {
            violations.Add($"Series: {row} is followed by an occurrence that is not later.");
        }
    }
}
