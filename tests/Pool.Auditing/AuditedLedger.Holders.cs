namespace Pool.Auditing;

/// <summary>Whose identities are to be forgotten: each once, and nothing is ordered for them from then on.</summary>
internal sealed partial class AuditedLedger
{
    private readonly Dictionary<string, DateTimeOffset> _erasing = [];
    private readonly HashSet<string> _forgotten = [];

    /// <summary>Since when it owes an erasure; null where it owes none.</summary>
    public DateTimeOffset? ErasingSince => _erasing.Count == 0 ? null : _erasing.Values.Min();

    private void Forget(JournalRow row)
    {
        _erasing[row.Text("pseudonym")] = row.At;
        if (!_forgotten.Add(row.Text("pseudonym")))
        {
            violations.Add($"Privacy: {row} erases somebody who was erased before.");
        }
    }

    private void Forgotten(JournalRow row)
    {
        if (!_erasing.Remove(row.Text("pseudonym")))
        {
            violations.Add($"Privacy: {row} has forgotten what nobody asked it to.");
        }
    }
}
