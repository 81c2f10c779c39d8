using Pool.Actors;
using Pool.Offers;
using Pool.Skills;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>What a street charges for services, version by version, and what one would cost now.</summary>
public static class RateRules
{
    /// <summary>Decides the next version of the rates. What is held goes on at the price that it was held at.</summary>
    /// <param name="unknown">What is against the street, or a skill; null where all exist.</param>
    public static Decision<LedgerEvent> SetRates(Ledger ledger, RateTerms terms, Refusal? unknown, Bookkeeper keeper)
    {
        var refusal = Check.Lowest([
            unknown,
            Check.Text("rates.decision", terms.Decision, Limits.TextLength),
            Check.Range("rates.fee_per_hour_fen", terms.FeePerHour?.Value ?? 0, 0, Limits.MostFee),
            Check.Range("rates.fund_share_percent", terms.FundSharePercent ?? 0, 0, 100),
            Check.Range("rates.rates", terms.Rates.Length, 0, Limits.Rates),
            terms.EffectiveFrom < keeper.Now ? Refusal.At("rates.effective_time", RefusalReason.ValueOutOfRange, $"{keeper.Now:u} or later") : null,
            terms.Rates.DistinctBy(rate => (rate.Skill, rate.Level)).Count() < terms.Rates.Length ? Refusal.At("rates.rates", RefusalReason.FieldInvalid, "a skill and level twice") : null,
            .. terms.Rates.Select(Fault)]);
        if (refusal is not null)
        {
            return refusal;
        }

        var current = ledger.Rates.At(keeper.Now);
        return keeper.After(ledger, new RatesSet(keeper.Now, new(
            ledger.Rates.Versions.Length + 1, terms.EffectiveFrom ?? keeper.Now, terms.Decision, terms.Rates, terms.FeePerHour ?? current.FeePerHour,
            terms.FundSharePercent ?? current.FundSharePercent)));
    }

    /// <summary>What a service would cost now.</summary>
    /// <param name="version">The version of the rates that is meant: it must be in force. Null: the one that is.</param>
    /// <param name="weight">The weight that the catalogue gives the skill, in percent.</param>
    /// <param name="unknown">What is against the street or the skill; null where both exist.</param>
    public static (Quote? Quote, Refusal? Refusal) Quote(Ledger ledger, FeeMode mode, SkillCode skill, int level, Minutes minutes, int? version, int weight, Refusal? unknown, Bookkeeper keeper)
    {
        var rates = ledger.Rates.At(keeper.Now);
        var refusal = Check.Lowest(
            unknown,
            mode == FeeMode.Volunteer ? Refusal.At("fee_mode", RefusalReason.FieldInvalid, "unpaid service has no price") : Check.Known("fee_mode", mode),
            Check.Range("level", level, 1, Limits.Level),
            Check.Range("minutes", minutes.Value, 1, Limits.MostAmount),
            version < 0 || version > ledger.Rates.Versions.Length ? Refusal.At("rates", RefusalReason.RatesNotFound, $"{version}") : null,
            version is { } meant && meant != rates.Number ? Refusal.At("rates", RefusalReason.RatesRetired, $"{rates.Number}") : null);
        if (refusal is not null)
        {
            return (null, refusal);
        }

        var price = rates.PriceOf(keeper.Street, mode == FeeMode.TimeCredit ? Unit.TimeCredit : Unit.Cny, skill, level, weight);
        return (new(price, price.Of(minutes)), null);
    }

    private static Refusal? Fault(Rate rate) => Check.Lowest(
        Check.Range("rates.rates.level", rate.Level, 1, Limits.Level),
        Check.Range("rates.rates.percent", rate.Percent, SkillRules.LeastWeightPercent, SkillRules.MostWeightPercent),
        Check.Range("rates.rates.fee_per_hour_fen", rate.FeePerHour?.Value ?? 0, 0, Limits.MostFee));
}
