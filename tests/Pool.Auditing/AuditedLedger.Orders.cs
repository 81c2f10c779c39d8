using System.Text.Json;

namespace Pool.Auditing;

/// <summary>What people order: from whom to whom, in what, and within which limits.</summary>
internal sealed partial class AuditedLedger
{
    private static readonly string[] People = ["part", "resi"];

    private static readonly Dictionary<string, (string[] From, string[] To, string[] Units)> Kinds = new()
    {
        ["GiftToRelative"] = (People, People, ["TimeCredit"]),
        ["GiftInNeed"] = (People, People, ["TimeCredit"]),
        ["Donation"] = (People, ["fund"], ["TimeCredit", "Cny"]),
        ["Grant"] = (["fund"], People, ["TimeCredit", "Cny"]),
        ["Allocation"] = (["stre"], ["fund"], ["TimeCredit", "Cny"]),
        ["Deposit"] = (["cash"], [.. People, "fund"], ["Cny"]),
        ["Withdrawal"] = ([.. People, "fund"], ["cash"], ["Cny"]),
    };

    /// <summary>What each has given away since the last period began.</summary>
    private readonly Dictionary<string, long> _gifts = [];

    private void CheckOrder(JournalRow row, JsonElement entry)
    {
        var postings = entry.GetProperty("postings").EnumerateArray()
            .Select(posting => (Account: posting.GetProperty("account").GetString()!, Unit: posting.GetProperty("unit").GetString()!, Amount: posting.GetProperty("amount").GetInt64())).ToList();
        var kind = entry.GetProperty("kind").GetString()!;
        if (postings is not [var from, var to] || from.Amount >= 0 || from.Account == to.Account || !Kinds.TryGetValue(kind, out var allowed)
            || !allowed.From.Contains(from.Account[..4]) || !allowed.To.Contains(to.Account[..4]) || !allowed.Units.Contains(to.Unit))
        {
            violations.Add($"I2: {row} is no {kind} that anybody may order.");
            return;
        }

        var (amount, isGift) = (to.Amount, kind.StartsWith("Gift", StringComparison.Ordinal));
        var credit = kind == "Withdrawal" ? 0 : CreditOf(from.Account, from.Unit);
        if (from.Account != "cash" && Available(from.Account, from.Unit) + credit < amount)
        {
            violations.Add($"I2: {row} takes {amount} from {from.Account}, which has no cover.");
        }

        if (to.Account == "cash" && _posted.GetValueOrDefault(("cash", "Cny")) + amount > 0)
        {
            violations.Add($"I2: {row} pays out more than was ever paid in.");
        }

        if (to.Unit == "TimeCredit" && People.Contains(to.Account[..4]) && Expected(to.Account, to.Unit) + amount > _trust.Most)
        {
            violations.Add($"I2: {row} brings {to.Account} over its limit.");
        }

        _gifts[from.Account] = _gifts.GetValueOrDefault(from.Account) + (isGift ? amount : 0);
        if (isGift && _gifts[from.Account] > _trust.Gifts)
        {
            violations.Add($"I2: by {row} {from.Account} gives away {_gifts[from.Account]} in a quarter.");
        }
    }
}
