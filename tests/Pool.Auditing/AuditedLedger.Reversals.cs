using System.Text.Json;

namespace Pool.Auditing;

/// <summary>An entry that turned out wrong is undone once, by its opposite, and the right one follows at once.</summary>
internal sealed partial class AuditedLedger
{
    /// <summary>Settlements that stand, by their numbers.</summary>
    private readonly Dictionary<long, JsonElement> _standing = [];

    private JournalRow? _reversal;

    private static bool IsReversal(JsonElement entry) => entry.GetProperty("kind").GetString() == "Reversal";

    private void Stand(JournalRow row, JsonElement entry)
    {
        if (IsReversal(entry))
        {
            Undo(row, entry);
        }
        else if (_reversal is { } undone)
        {
            if (entry.GetProperty("kind").GetString() != "Settlement" || entry.GetProperty("transfer").GetString() != undone.Payload.GetProperty("entry").GetProperty("transfer").GetString())
            {
                violations.Add($"I2: {row} follows {undone}, and is not what is right instead.");
            }

            _reversal = null;
        }

        if (entry.GetProperty("kind").GetString() == "Settlement")
        {
            _standing[row.Number] = entry;
        }
    }

    private void Undo(JournalRow row, JsonElement entry)
    {
        if (!_standing.Remove(entry.GetProperty("reverses").GetInt64(), out var wrong) || Told(wrong, 1) != Told(entry, -1))
        {
            violations.Add($"I2: {row} is not the opposite of an entry that stands.");
        }

        _reversal = row;
    }

    /// <summary>What an entry does, and for what.</summary>
    private static string Told(JsonElement entry, int sign) =>
        !entry.TryGetProperty("postings", out var postings)
            ? string.Join(' ', new[] { "giver", "receiver", "skill", "level", "minutes" }.Select(part => entry.GetProperty(part).GetRawText()))
            : $"{entry.GetProperty("service").GetRawText()} {string.Join(' ', postings.EnumerateArray().Select(posting => $"{posting.GetProperty("account")} {posting.GetProperty("unit")} {sign * posting.GetProperty("amount").GetInt64()}"))}";
}
