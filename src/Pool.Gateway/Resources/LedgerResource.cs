using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Gateway.Requests;
using Pool.Ledgers;
using Pool.Values;

namespace Pool.Gateway.Resources;

internal static class LedgerResource
{
    public static V1.Ledger Write(LedgerProfile ledger, long version) => new()
    {
        Name = ResourceNames.OfLedger(ledger.Street),
        Policy = new()
        {
            MostCreditsMinutes = ledger.Policy.MostCredits.Value,
            FundCreditsMinutes = ledger.Policy.FundCredits.Value,
            FundMoneyFen = ledger.Policy.FundMoney.Value,
            PeerCreditsMinutes = ledger.Policy.PeerCredits.Value,
            PeerMoneyFen = ledger.Policy.PeerMoney.Value,
            MostGiftsMinutes = ledger.Policy.MostGifts.Value,
            StreetCreditsMinutes = ledger.Policy.StreetCredits.Value,
            StreetMoneyFen = ledger.Policy.StreetMoney.Value,
            WarnPercent = ledger.Policy.WarnPercent,
            ExpireAfterQuarters = ledger.Policy.ExpireAfterQuarters,
        },
        Rates = { ledger.Rates.Versions.Select(Write) },
        Entries = ledger.Entries,
        Totals = { ledger.Totals.Select(Write) },
        VerifierKey = ledger.Key,
        ServiceMinutes = ledger.Service.Value,
        WitnessKey = ledger.WitnessKey,
        Warned = { ledger.Warned.Select(account => Write(ledger.Street, account)) },
        CreditAges = { ledger.Ages.Select(Write) },
        ExpiringMinutes = ledger.Expiring.Value,
        Etag = Etags.Write(version),
    };

    public static V1.Account Write(StreetId street, AccountStanding account) => new()
    {
        Name = ResourceNames.Of(street, account.Account),
        Balances =
        {
            account.Balances.Select(balance => new V1.AccountBalance
            {
                Unit = (V1.Unit)balance.Unit,
                Posted = balance.Balance.Posted,
                Outgoing = balance.Balance.Outgoing,
                Incoming = balance.Balance.Incoming,
                Available = balance.Cover,
            }),
        },
        ServiceMinutes = account.Service.Value,
        Warnings = { account.Warnings.Select(warning => (V1.AccountWarning)warning) },
        CreditAges = { account.Ages.Select(Write) },
        ExpiringMinutes = account.Expiring.Value,
        ExpireTime = account.ExpiresAt is { } at ? Instants.Write(at) : null,
    };

    public static V1.Price Write(Price price) => new()
    {
        Street = ResourceNames.Of(price.Street),
        Rates = price.Version,
        Unit = (V1.Unit)price.Unit,
        Percent = price.Percent,
        FeePerHourFen = price.FeePerHour.Value,
        FundSharePercent = price.FundSharePercent,
    };

    /// <summary>A unit in which accounts are kept.</summary>
    public static Unit UnitOf(string field, V1.Unit unit) => unit switch
    {
        V1.Unit.TimeCreditMinutes or V1.Unit.CnyFen => (Unit)unit,
        V1.Unit.ServiceMinutes => throw new RefusedException(RefusalReason.BooksDoNotMix, field),
        _ => throw new RefusedException(RefusalReason.FieldRequired, field),
    };

    public static V1.PriceQuote Write(Quote quote) => new() { Price = Write(quote.Price), Paid = quote.Amounts.Paid, Earned = quote.Amounts.Earned };

    public static LedgerPolicy Policy(V1.LedgerPolicy policy) =>
        new(new(policy.MostCreditsMinutes), new(policy.FundCreditsMinutes), new(policy.FundMoneyFen), new(policy.PeerCreditsMinutes), new(policy.PeerMoneyFen))
        {
            MostGifts = policy.HasMostGiftsMinutes ? new(policy.MostGiftsMinutes) : LedgerPolicy.Default.MostGifts,
            StreetCredits = policy.HasStreetCreditsMinutes ? new(policy.StreetCreditsMinutes) : LedgerPolicy.Default.StreetCredits,
            StreetMoney = policy.HasStreetMoneyFen ? new(policy.StreetMoneyFen) : LedgerPolicy.Default.StreetMoney,
            WarnPercent = policy.HasWarnPercent ? policy.WarnPercent : LedgerPolicy.Default.WarnPercent,
            ExpireAfterQuarters = policy.ExpireAfterQuarters,
        };

    public static RateTerms Rates(Reading reading, V1.Rates rates) => new(
        rates.EffectiveTime is null ? null : reading.Of(Instants.Read, "rates.effective_time", rates.EffectiveTime),
        rates.Decision,
        [.. rates.Rates_.Select(rate => new Rate(
            reading.Of(ResourceNames.Skill, "rates.rates.skill", rate.Skill), rate.Level == 0 ? 1 : rate.Level, rate.Percent, rate.HasFeePerHourFen ? new(rate.FeePerHourFen) : null))],
        rates.HasFeePerHourFen ? new(rates.FeePerHourFen) : null,
        rates.HasFundSharePercent ? rates.FundSharePercent : null);

    private static V1.CreditAge Write(CreditAge age) => new() { Quarter = age.Quarter == 0 ? "" : Quarter.Text(age.Quarter), Minutes = age.Minutes };

    private static V1.Rates Write(RateVersion version) => new()
    {
        Number = version.Number,
        EffectiveTime = Instants.Write(version.EffectiveFrom),
        Decision = version.Decision,
        Rates_ = { version.Rates.Select(Write) },
        FeePerHourFen = version.FeePerHour.Value,
        FundSharePercent = version.FundSharePercent,
    };

    private static V1.Rate Write(Rate rate)
    {
        var written = new V1.Rate { Skill = ResourceNames.Of(rate.Skill), Level = rate.Level, Percent = rate.Percent };
        if (rate.FeePerHour is { } fee)
        {
            written.FeePerHourFen = fee.Value;
        }

        return written;
    }

    private static V1.UnitTotal Write(UnitTotal total) => new()
    {
        Unit = (V1.Unit)total.Unit,
        Sum = total.Sum,
        Partners = total.Partners,
        Funds = total.Funds,
        Peers = total.Peers,
        Street = total.Street,
        Held = total.Held,
        Residents = total.Residents,
        Cash = total.Cash,
    };
}
