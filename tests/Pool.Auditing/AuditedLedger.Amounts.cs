using System.Text.Json;

namespace Pool.Auditing;

/// <summary>What services are worth, and what accounts have for them.</summary>
internal sealed partial class AuditedLedger
{
    /// <summary>Everybody gains what is due, and the street pays only what the fund has not got.</summary>
    private void CheckAmounts(JournalRow row, string payer, JsonElement service, JsonElement postings)
    {
        var (paid, earned) = Worth(service);
        foreach (var posting in postings.EnumerateArray())
        {
            var (account, unit, amount) = (posting.GetProperty("account").GetString()!, posting.GetProperty("unit").GetString()!, posting.GetProperty("amount").GetInt64());
            var due = account.StartsWith("partner-", StringComparison.Ordinal) ? earned : account.StartsWith("mirror-", StringComparison.Ordinal) ? paid : paid - earned;
            if (amount > 0 && amount != due && account != payer)
            {
                violations.Add($"I2: {row} gives {account} {amount}, and {due} is due.");
            }

            if (amount < 0 && account != payer && account != "street" && !account.StartsWith("mirror-", StringComparison.Ordinal))
            {
                violations.Add($"I2: {row} has {account} pay, and {payer} is to.");
            }

            if (account == "street" && (amount > 0 || Available(payer, unit) + CreditOf(payer, unit) > paid - earned))
            {
                violations.Add($"I2: {row} has the street pay {-amount}, for which {payer} has cover.");
            }
        }
    }

    /// <summary>What is paid is rounded up, what is earned down.</summary>
    private static (long Paid, long Earned) Worth(JsonElement service)
    {
        var (minutes, price) = (service.GetProperty("minutes").GetInt64(), service.GetProperty("price"));
        var credits = price.GetProperty("unit").GetString() == "TimeCredit";
        var (worth, parts) = credits ? (minutes * price.GetProperty("percent").GetInt32(), 100) : (minutes * price.GetProperty("feePerHour").GetInt64(), 60);
        var share = credits ? 0 : price.GetProperty("fundSharePercent").GetInt32();
        return ((worth + parts - 1) / parts, worth / parts * (100 - share) / 100);
    }

    private long Available(string account, string unit) =>
        _posted.GetValueOrDefault((account, unit)) - _held.Values.Where(held => held.Payer == account && held.Unit == unit).Sum(held => held.Paid)
        - _orders.Values.Where(held => held.From == account && held.Unit == unit).Sum(held => held.Amount);

    private long Expected(string account, string unit) =>
        _posted.GetValueOrDefault((account, unit)) + _held.Values.Where(held => held.Payee == account && held.Unit == unit).Sum(held => held.Earned)
        + _orders.Values.Where(held => held.To == account && held.Unit == unit).Sum(held => held.Amount);

    private long CreditOf(string account, string unit) => account[..4] switch
    {
        "fund" => unit == "TimeCredit" ? _trust.FundCredits : _trust.FundMoney,
        "mirr" => unit == "TimeCredit" ? _trust.PeerCredits : _trust.PeerMoney,
        "stre" => unit == "TimeCredit" ? _trust.StreetCredits : _trust.StreetMoney,
        _ => 0,
    };
}
