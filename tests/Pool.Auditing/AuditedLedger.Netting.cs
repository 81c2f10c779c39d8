using System.Text.Json;

namespace Pool.Auditing;

/// <summary>What streets came to owe each other, day by day of Shanghai: every day's statement says all that went in it, and nothing else.</summary>
internal sealed partial class AuditedLedger
{
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    private readonly Dictionary<(string Peer, string Unit), (long Opening, long Given, long Taken, int Entries)> _net = [];
    private DateOnly _netDay;
    private DateOnly _netted;

    /// <summary>When the day's statement is owed; null where nothing went.</summary>
    public DateTimeOffset? NetDueAt => _net.Count == 0 ? null : new DateTimeOffset(_netDay.AddDays(1).ToDateTime(TimeOnly.MinValue), Shanghai);

    private static DateOnly DayOf(JournalRow row) => DateOnly.FromDateTime(row.At.ToOffset(Shanghai).DateTime);

    private void Net(JournalRow row, JsonElement entry)
    {
        foreach (var posting in entry.GetProperty("postings").EnumerateArray())
        {
            var (account, unit, amount) = (posting.GetProperty("account").GetString()!, posting.GetProperty("unit").GetString()!, posting.GetProperty("amount").GetInt64());
            if (!account.StartsWith("mirror-", StringComparison.Ordinal))
            {
                continue;
            }

            if (_net.Count > 0 && DayOf(row) > _netDay)
            {
                violations.Add($"I2: {row} comes before the net statement of {_netDay:O} is made.");
            }

            // A clock that goes back reopens no day.
            _netDay = _net.Count > 0 ? _netDay : DayOf(row) > _netted ? DayOf(row) : _netted.AddDays(1);
            var (peer, opening) = (account["mirror-".Length..], _posted.GetValueOrDefault((account, unit)));
            var (known, given, taken, entries) = _net.TryGetValue((peer, unit), out var before) ? before : (opening, 0, 0, 0);
            _net[(peer, unit)] = (known, given + Math.Max(0, amount), taken + Math.Max(0, -amount), entries + 1);
        }
    }

    private void CheckNetted(JournalRow row)
    {
        var said = row.Payload.GetProperty("positions").EnumerateArray().ToDictionary(
            position => (position.GetProperty("peer").GetString()!, position.GetProperty("unit").GetString()!),
            position => (position.GetProperty("opening").GetInt64(), position.GetProperty("given").GetInt64(), position.GetProperty("taken").GetInt64(), position.GetProperty("entries").GetInt32()));
        if (row.Text("day") != _netDay.ToString("O", System.Globalization.CultureInfo.InvariantCulture) || row.At < NetDueAt || said.Count != _net.Count || said.Any(part => !_net.TryGetValue(part.Key, out var went) || went != part.Value))
        {
            violations.Add($"I2: {row} does not say what went between the streets.");
        }

        _net.Clear();
        _netted = _netDay;
    }
}
