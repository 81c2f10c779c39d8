using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Pool.Auditing;

/// <summary>
/// The log of a ledger's entries, by its rows alone: their texts, and the root of the tree (RFC 6962) after each. What the street
/// says to everybody must have that root, and what its neighbours have seen, too.
/// </summary>
internal sealed class AuditedLog(string street, List<string> violations)
{
    /// <summary>By the number of entries.</summary>
    private readonly List<string> _roots = [Convert.ToBase64String(SHA256.HashData([]))];

    /// <summary>Subtrees that are full, the largest first.</summary>
    private readonly List<(int Leaves, byte[] Hash)> _full = [];

    private readonly Dictionary<string, long> _seen = [];
    private readonly List<DateTimeOffset> _entered = [];
    private long _published;

    private DateTimeOffset _publishedAt;

    /// <summary>Since when there are entries that no checkpoint says; null where there are none.</summary>
    public DateTimeOffset? UnpublishedSince => _published == _entered.Count ? null : _entered[(int)_published] > _publishedAt ? _entered[(int)_published] : _publishedAt;

    public void Enter(JournalRow row)
    {
        _entered.Add(row.At);
        _full.Add((1, SHA256.HashData([0, .. Encoding.UTF8.GetBytes(Text(row))])));
        while (_full.Count > 1 && _full[^1].Leaves == _full[^2].Leaves)
        {
            var ((leaves, left), (_, right)) = (_full[^2], _full[^1]);
            _full.RemoveRange(_full.Count - 2, 2);
            _full.Add((2 * leaves, Node(left, right)));
        }

        _roots.Add(Convert.ToBase64String(_full.Select(full => full.Hash).Reverse().Aggregate((right, left) => Node(left, right))));
    }

    public void Publish(JournalRow row)
    {
        var checkpoint = row.Payload.GetProperty("checkpoint");
        var (size, note) = (checkpoint.GetProperty("size").GetInt64(), checkpoint.GetProperty("note").GetString()!.Split('\n'));
        if (size <= _published || size >= _roots.Count || note[0] != $"pool.v1/streets/{street}/ledger" || note[1] != size.ToString(CultureInfo.InvariantCulture) || note[2] != _roots[(int)size])
        {
            violations.Add($"Receipts: {row} does not say what entries the ledger has, or says it again.");
        }

        (_published, _publishedAt) = (Math.Max(size, _published), row.At);
    }

    /// <summary>A neighbour has seen the log.</summary>
    public void See(JournalRow row)
    {
        var seen = row.Payload.GetProperty("seen");
        var (size, root) = (seen.GetProperty("size").GetInt64(), seen.GetProperty("root").GetString());
        if (size <= _seen.GetValueOrDefault(row.Key) || size >= _roots.Count || root != _roots[(int)size])
        {
            violations.Add($"Receipts: {row} has seen what ledger {street} has not, or goes back in it.");
        }

        _seen[row.Key] = size;
    }

    private string Text(JournalRow row)
    {
        var (entry, paid) = (row.Payload.GetProperty("entry"), row.Type == "ledger.entry-posted");
        var hasService = !paid || entry.TryGetProperty("service", out _);
        var service = paid && hasService ? entry.GetProperty("service") : entry;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"pool-entry/v1\nstreet {street}\nentry {row.Payload.GetProperty("number")}\ntime {Sentence.Of(row.At)}\n");
        text.Append(CultureInfo.InvariantCulture, $"book {(paid ? "economic" : "service")}\nkind {Kind(entry)}\ntransfer {entry.GetProperty("transfer")}\n{(entry.TryGetProperty("reverses", out var undone) ? $"reverses {undone}\n" : "")}");
        if (hasService)
        {
            text.Append(CultureInfo.InvariantCulture, $"receiver {service.GetProperty("receiver")}\nskill {service.GetProperty("skill")} {service.GetProperty("level")}\nminutes {service.GetProperty("minutes")}\n");
        }

        if (!paid)
        {
            return text.Append(CultureInfo.InvariantCulture, $"giver {entry.GetProperty("giver")}\n").ToString();
        }

        if (hasService)
        {
            var price = service.GetProperty("price");
            text.Append(CultureInfo.InvariantCulture, $"rate {price.GetProperty("street")}/{price.GetProperty("version")} {price.GetProperty("percent")} {price.GetProperty("feePerHour")} {price.GetProperty("fundSharePercent")}\n");
        }

        foreach (var posting in entry.GetProperty("postings").EnumerateArray())
        {
            text.Append(CultureInfo.InvariantCulture, $"post {posting.GetProperty("account")} {Unit(posting)} {posting.GetProperty("amount")}\n");
        }

        return text.ToString();
    }

    private static string Kind(JsonElement entry) => entry.GetProperty("kind").GetString() switch
    {
        "Settlement" => "settlement",
        "GiftToRelative" => "gift-to-relative",
        "GiftInNeed" => "gift-in-need",
        "Donation" => "donation",
        "Grant" => "grant",
        "Allocation" => "allocation",
        "Deposit" => "deposit",
        "Withdrawal" => "withdrawal",
        "Remittance" => "remittance",
        "Waiver" => "waiver",
        "Offset" => "offset",
        "Reversal" => "reversal",
        "Expiry" => "expiry",
        var other => $"unknown kind {other}",
    };

    private static string Unit(JsonElement posting) => posting.GetProperty("unit").GetString() == "TimeCredit" ? "credit-minutes" : "cny-fen";

    private static byte[] Node(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);
}
