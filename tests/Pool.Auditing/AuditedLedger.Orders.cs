using System.Text.Json;

namespace Pool.Auditing;

/// <summary>What people and streets order: from whom to whom, in what, and within which limits.</summary>
internal sealed partial class AuditedLedger
{
    private static readonly string[] People = ["part", "resi"];

    /// <summary>What one ledger does by itself, and what it has a part in.</summary>
    private static readonly Dictionary<string, (string[] From, string[] To, string[] Units)[]> Kinds = new()
    {
        ["GiftToRelative"] = Gift,
        ["GiftInNeed"] = Gift,
        ["Donation"] = [(People, ["fund", "mirr"], ["TimeCredit", "Cny"]), (["mirr"], ["fund"], ["TimeCredit", "Cny"])],
        ["Grant"] = [(["fund"], People, ["TimeCredit", "Cny"])],
        ["Allocation"] = [(["stre"], ["fund"], ["TimeCredit", "Cny"])],
        ["Deposit"] = [(["cash"], [.. People, "fund"], ["Cny"])],
        ["Withdrawal"] = [([.. People, "fund"], ["cash"], ["Cny"])],
        ["Remittance"] = [(["mirr"], ["cash"], ["Cny"]), (["cash"], ["mirr"], ["Cny"])],
        ["Waiver"] = [(["mirr"], ["stre"], ["TimeCredit", "Cny"]), (["stre"], ["mirr"], ["TimeCredit", "Cny"])],
        ["Offset"] = [(["mirr"], ["mirr"], ["TimeCredit", "Cny"])],
    };

    private static (string[] From, string[] To, string[] Units)[] Gift => [(People, [.. People, "mirr"], ["TimeCredit"]), (["mirr"], People, ["TimeCredit"])];

    /// <summary>What each has given away since the last period began.</summary>
    private readonly Dictionary<string, long> _gifts = [];

    /// <summary>An order, of one ledger or its part of one.</summary>
    private sealed record Order(string Kind, string From, string To, string Unit, long Amount)
    {
        public bool IsShared => From.StartsWith("mirror-", StringComparison.Ordinal) || To.StartsWith("mirror-", StringComparison.Ordinal);

        public bool IsGift => Kind.StartsWith("Gift", StringComparison.Ordinal) && People.Contains(From[..4]);

        public bool Clears => Kind is "Remittance" or "Waiver" or "Offset";

        public static Order Of(JsonElement order) => new(
            order.GetProperty("kind").GetString()!, order.GetProperty("from").GetString()!, order.GetProperty("to").GetString()!, order.GetProperty("unit").GetString()!, order.GetProperty("amount").GetInt64());

        /// <summary>What an entry was ordered by; null where no order makes such an entry.</summary>
        public static Order? OfEntry(JsonElement entry)
        {
            var postings = entry.GetProperty("postings").EnumerateArray()
                .Select(posting => (Account: posting.GetProperty("account").GetString()!, Unit: posting.GetProperty("unit").GetString()!, Amount: posting.GetProperty("amount").GetInt64())).ToList();
            return postings is [var from, var to] && from.Amount == -to.Amount && from.Unit == to.Unit ? new(entry.GetProperty("kind").GetString()!, from.Account, to.Account, to.Unit, to.Amount) : null;
        }
    }

    private void Hold(JournalRow row, Order order)
    {
        var id = row.Text("transfer");
        if (_ended.ContainsKey(id) || !order.IsShared)
        {
            violations.Add($"I2: {row} holds what has ended, or what no other street has a part in.");
        }

        CheckOrder(row, order);
        if (!_orders.TryAdd(id, order))
        {
            violations.Add($"I2: {row} holds {id} again.");
        }
    }

    /// <summary>An entry is either an order of this ledger alone, or the part that it held.</summary>
    private void CheckEntry(JournalRow row, JsonElement entry)
    {
        var (transfer, order) = (entry.GetProperty("transfer").GetString()!, Order.OfEntry(entry));
        if (entry.GetProperty("kind").GetString() == "Expiry")
        {
            CheckExpiry(row, order);
            return;
        }

        if (order is null)
        {
            violations.Add($"I2: {row} is nothing that anybody may order.");
            return;
        }

        if (order.IsShared)
        {
            if (!_orders.Remove(transfer, out var held) || held != order)
            {
                violations.Add($"I2: {row} posts what was not held.");
            }
        }
        else
        {
            CheckOrder(row, order);
        }

        _gifts[order.From] = _gifts.GetValueOrDefault(order.From) + (order.IsGift ? order.Amount : 0);
    }

    private void CheckOrder(JournalRow row, Order order)
    {
        if (order.Amount <= 0 || order.From == order.To || !Kinds.TryGetValue(order.Kind, out var allowed)
            || !allowed.Any(way => way.From.Contains(order.From[..4]) && way.To.Contains(order.To[..4]) && way.Units.Contains(order.Unit)))
        {
            violations.Add($"I2: {row} is no {order.Kind} that anybody may order.");
            return;
        }

        if (_forgotten.Overlaps([AfterDash(order.From), AfterDash(order.To)]))
        {
            violations.Add($"Privacy: {row} is of an account whose holder was erased.");
        }

        var credit = order.Kind == "Withdrawal" || (order.Clears && order.From.StartsWith("mirror-", StringComparison.Ordinal)) ? 0 : CreditOf(order.From, order.Unit);
        if (order.From != "cash" && Available(order.From, order.Unit) + credit < order.Amount)
        {
            violations.Add($"I2: {row} takes {order.Amount} from {order.From}, which has no cover.");
        }

        if (order.Clears && order.To.StartsWith("mirror-", StringComparison.Ordinal) && Expected(order.To, order.Unit) + order.Amount > 0)
        {
            violations.Add($"I2: {row} clears more than {order.To} owes.");
        }

        if (order.To == "cash" && Expected("cash", "Cny") + order.Amount > 0)
        {
            violations.Add($"I2: {row} pays out more than was ever paid in.");
        }

        if (order.Unit == "TimeCredit" && People.Contains(order.To[..4]) && Expected(order.To, order.Unit) + order.Amount > _trust.Most)
        {
            violations.Add($"I2: {row} brings {order.To} over its limit.");
        }

        var given = _gifts.GetValueOrDefault(order.From) + _orders.Values.Where(held => held.IsGift && held.From == order.From).Sum(held => held.Amount) + order.Amount;
        if (order.IsGift && given > _trust.Gifts)
        {
            violations.Add($"I2: by {row} {order.From} gives away {given} in a quarter.");
        }
    }

    private static string AfterDash(string account) => account[(account.IndexOf('-') + 1)..];
}
