using System.Text.Json;

namespace Pool.Auditing;

/// <summary>A transfer between streets as its rows make it: every ledger's part held before any is posted, or none posted at all.</summary>
internal sealed class AuditedTransfer(string id, List<string> violations)
{
    private readonly HashSet<string> _awaited = [];
    private readonly Dictionary<string, string> _legs = [];
    private string _status = "";
    private bool _isHeld;
    private bool _owesRelease;

    public DateTimeOffset LastAt { get; private set; }

    /// <summary>What it still owes; null while it waits for a street, or is over.</summary>
    public string? Owes => _status == "agreed" ? (_isHeld ? "the entries of a transfer" : "the holds of a transfer") : _owesRelease ? "the release of a transfer" : null;

    /// <summary>Whether ledgers may hold their parts.</summary>
    public bool MayHold => _status == "agreed" || _owesRelease;

    /// <summary>Whether ledgers may post their parts.</summary>
    public bool MayPost => _isHeld;

    /// <summary>Whether it ended without an entry.</summary>
    public bool Failed => _status == "failed";

    public IReadOnlyDictionary<string, string> Legs => _legs;

    public void Take(JournalRow row)
    {
        LastAt = row.LaterOf(LastAt);
        var fits = row.Type switch
        {
            "transfer.proposed" => _status.Length == 0,
            "transfer.agreed" => _status == "proposed" && _awaited.Contains(row.Text("street")),
            "transfer.rejected" => _status == "proposed" && _legs.ContainsKey(row.Text("street")),
            "transfer.held" or "transfer.failed" => _status == "agreed" && !_isHeld,
            "transfer.released" => _owesRelease,
            "transfer.settled" => _status == "agreed" && _isHeld,
            _ => false,
        };
        if (!fits)
        {
            violations.Add($"I2: {row} does not follow on a transfer that is {(_status.Length == 0 ? "unknown" : _status)}.");
        }

        switch (row.Type)
        {
            case "transfer.proposed":
                Propose(row);
                break;
            case "transfer.agreed":
                _awaited.Remove(row.Text("street"));
                _status = _awaited.Count == 0 ? "agreed" : "proposed";
                break;
            case "transfer.rejected":
                _status = "rejected";
                break;
            case "transfer.held":
                _isHeld = true;
                break;
            case "transfer.failed":
                (_status, _owesRelease) = ("failed", true);
                break;
            case "transfer.released":
                _owesRelease = false;
                break;
            case "transfer.settled":
                _status = "settled";
                break;
        }
    }

    /// <summary>The parts of two streets, or of more in a circle, say the same of what passes between them.</summary>
    private void Propose(JournalRow row)
    {
        _awaited.UnionWith(row.Payload.GetProperty("awaited").EnumerateArray().Select(street => street.GetString()!));
        _status = _awaited.Count == 0 ? "agreed" : "proposed";
        var between = new Dictionary<(string, string), long>();
        foreach (var leg in row.Payload.GetProperty("legs").EnumerateArray())
        {
            var (street, order) = (leg.GetProperty("street").GetString()!, leg.GetProperty("order"));
            _legs[street] = order.GetRawText();
            foreach (var (side, sign) in new[] { ("from", -1), ("to", 1) })
            {
                var account = order.GetProperty(side).GetString()!;
                if (account.StartsWith("mirror-", StringComparison.Ordinal))
                {
                    var peer = account["mirror-".Length..];
                    var (pair, way) = string.CompareOrdinal(street, peer) < 0 ? ((street, peer), sign) : ((peer, street), sign);
                    between[pair] = between.GetValueOrDefault(pair) + (way * order.GetProperty("amount").GetInt64());
                }
            }
        }

        if (row.Text("transfer") != id || _legs.Count < 2 || between.Count == 0 || between.Values.Any(sum => sum != 0))
        {
            violations.Add($"I2: the parts of {row} do not say the same of what streets owe each other.");
        }
    }

    /// <summary>What a ledger held or posted is its part, no more and no less.</summary>
    public bool Has(string street, JsonElement order) => _legs.TryGetValue(street, out var known) && known == order.GetRawText();
}
