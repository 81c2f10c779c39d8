using System.Collections.Immutable;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>What a minute of a skill counts from a level on, and what an hour of it costs.</summary>
/// <param name="Level">1 to 5: it holds for this level and those above it that have none of their own.</param>
/// <param name="Percent">The weight of a minute in credits, in percent: 100 for elder care, 400 for a lawyer; 10 to 1,000.</param>
/// <param name="FeePerHour">The fee of an hour of low-fee work; null: the version's.</param>
[GenerateSerializer, Immutable, Alias("pool.Rate")]
public sealed record Rate([property: Id(0)] SkillCode Skill, [property: Id(1)] int Level, [property: Id(2)] int Percent, [property: Id(3)] Fen? FeePerHour = null);

/// <summary>What a street decides of its rates; the parts as in <see cref="RateVersion"/>.</summary>
/// <param name="EffectiveFrom">Not in the past; null: at once.</param>
/// <param name="FeePerHour">Null: as in the version in force.</param>
/// <param name="FundSharePercent">Null: as in the version in force.</param>
[GenerateSerializer, Immutable, Alias("pool.RateTerms")]
public sealed record RateTerms(
    [property: Id(0)] DateTimeOffset? EffectiveFrom,
    [property: Id(1)] string Decision,
    [property: Id(2)] ImmutableArray<Rate> Rates,
    [property: Id(3)] Fen? FeePerHour,
    [property: Id(4)] int? FundSharePercent);

/// <summary>One version of a street's rate book.</summary>
/// <param name="Number">From 1 on, without a gap; 0 stands for the catalogue's own weights.</param>
/// <param name="EffectiveFrom">It is in force from here until another version is.</param>
/// <param name="Decision">The decision that approved it.</param>
/// <param name="FeePerHour">What an hour of low-fee work costs where its rate names no fee.</param>
/// <param name="FundSharePercent">What part of a low fee goes to the community fund: 0 to 100.</param>
[GenerateSerializer, Immutable, Alias("pool.RateVersion")]
public sealed record RateVersion(
    [property: Id(0)] int Number,
    [property: Id(1)] DateTimeOffset EffectiveFrom,
    [property: Id(2)] string Decision,
    [property: Id(3)] ImmutableArray<Rate> Rates,
    [property: Id(4)] Fen FeePerHour,
    [property: Id(5)] int FundSharePercent)
{
    /// <summary>What holds where the street has decided nothing: 30 yuan an hour, a tenth of it for the fund.</summary>
    public static RateVersion OfCatalogue { get; } = new(0, DateTimeOffset.MinValue, "", [], new(3_000), 10);

    /// <summary>What a service of a skill and level costs in a unit.</summary>
    /// <param name="catalogue">The weight that the catalogue gives the skill, in percent.</param>
    public Price PriceOf(StreetId street, Unit unit, SkillCode skill, int level, int catalogue)
    {
        var rate = Rates.Where(rate => rate.Skill == skill && rate.Level <= level).MaxBy(rate => rate.Level);
        return unit switch
        {
            Unit.TimeCredit => new(unit, street, Number, rate?.Percent ?? catalogue, Fen.Zero, 0),
            Unit.Cny => new(unit, street, Number, 0, rate?.FeePerHour ?? FeePerHour, FundSharePercent),
        };
    }
}

/// <summary>What a service costs, by one version of one street's rates.</summary>
/// <param name="Street">Whose rates.</param>
/// <param name="Version">Which version of them; 0 for the catalogue's weights.</param>
/// <param name="Percent">The weight of a minute in credits, in percent; 0 for money.</param>
/// <param name="FeePerHour">The fee of an hour; 0 for credits.</param>
[GenerateSerializer, Immutable, Alias("pool.Price")]
public sealed record Price(
    [property: Id(0)] Unit Unit, [property: Id(1)] StreetId Street, [property: Id(2)] int Version, [property: Id(3)] int Percent, [property: Id(4)] Fen FeePerHour,
    [property: Id(5)] int FundSharePercent)
{
    /// <summary>
    /// What so many minutes cost, and what of it is earned. A broken credit or fen is paid whole, and earned not at all: what
    /// lies between is the fund's, and no conversion there and back makes anything.
    /// </summary>
    /// <exception cref="OverflowException">It is more than can be counted.</exception>
    public Amounts Of(Minutes minutes)
    {
        var (worth, parts) = Unit == Unit.TimeCredit ? (checked(minutes.Value * Percent), 100) : (checked(minutes.Value * FeePerHour.Value), 60);
        var (whole, broken) = Math.DivRem(worth, parts);
        var paid = broken > 0 ? checked(whole + 1) : whole;
        return new(paid, Unit == Unit.TimeCredit ? whole : checked(whole * (100 - FundSharePercent)) / 100);
    }
}

/// <summary>What a service costs: what is paid for it, and what of that is earned; the rest is the community fund's.</summary>
[GenerateSerializer, Immutable, Alias("pool.Amounts")]
public readonly record struct Amounts([property: Id(0)] long Paid, [property: Id(1)] long Earned);

/// <summary>Every version of a street's rates, by number.</summary>
[GenerateSerializer, Immutable, Alias("pool.RateBook")]
public sealed record RateBook([property: Id(0)] ImmutableArray<RateVersion> Versions)
{
    public static RateBook Empty { get; } = new(ImmutableArray<RateVersion>.Empty);

    /// <summary>The version in force: that which became effective last, and of two at one instant the one decided later.</summary>
    public RateVersion At(DateTimeOffset at) =>
        Versions.Where(version => version.EffectiveFrom <= at).MaxBy(version => (version.EffectiveFrom, version.Number)) ?? RateVersion.OfCatalogue;
}
