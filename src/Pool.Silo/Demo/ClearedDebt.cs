using Pool.V1;

namespace Pool.Silo.Demo;

/// <summary>The largest debt between two streets, less what services under way will pay of it, is cleared: the debtor proposes it, the creditor agrees, and both ledgers have an entry.</summary>
/// <param name="names">Of streets, by their codes.</param>
internal sealed class ClearedDebt(DemoClient client, IReadOnlyDictionary<string, string> names)
{
    private const string Mirror = "/accounts/mirror-";

    public async Task Tell()
    {
        var debts = new List<(string Debtor, string Creditor, Unit Unit, long Owed)>();
        foreach (var code in names.Keys)
        {
            var mirrors = await client.Ledgers.ListAccountsAsync(new() { Parent = $"streets/{code}/ledger", Filter = "kind = MIRROR_ACCOUNT", MinPosition = long.MaxValue });
            debts.AddRange(mirrors.Accounts.SelectMany(account => account.Balances, (account, balance) => (code, account.Name[(account.Name.IndexOf(Mirror, StringComparison.Ordinal) + Mirror.Length)..], balance.Unit, balance.Posted - balance.Outgoing)));
        }

        if (debts.OrderByDescending(debt => debt.Owed).FirstOrDefault() is not { Owed: > 0 } largest)
        {
            Console.WriteLine("Cleared 清算: no street owes another.");
            return;
        }

        var (debtor, creditor) = ($"streets/{largest.Debtor}", $"streets/{largest.Creditor}");
        var proposed = await client.Clearings.ProposeClearingAsync(new()
        {
            Parent = $"{debtor}/ledger",
            Clearing = new() { Kind = EntryKind.Waiver, Unit = largest.Unit, Amount = largest.Owed, Streets = { debtor, creditor }, Note = "年度互助，双方约定" },
            RequestId = client.RequestId(),
        });
        var settled = await client.Clearings.AgreeToClearingAsync(new() { Name = proposed.Name.Replace(debtor, creditor, StringComparison.Ordinal), RequestId = client.RequestId() });
        var (unit, state) = (largest.Unit == Unit.TimeCreditMinutes ? "min" : "fen", settled.State == ClearingState.ClearingSettled ? "settled" : $"not settled, {settled.Reason}");
        Console.WriteLine($"Cleared 清算: {names[largest.Debtor]} owed {names[largest.Creditor]} {largest.Owed} {unit}, which that street does not ask for any more; {state}: {string.Join(", ", settled.Entries)}");
    }
}
