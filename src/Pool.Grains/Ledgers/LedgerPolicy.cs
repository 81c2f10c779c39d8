using Pool.Values;

namespace Pool.Ledgers;

/// <summary>How much a street trusts whom.</summary>
/// <param name="MostCredits">How much a partner may have in credits, services under way included; 1,500 hours by default.</param>
/// <param name="FundCredits">How far a community's fund may be in debt in credits, for which the street answers; 1,000 hours by default.</param>
/// <param name="FundMoney">How far it may be in debt in money; 10,000 yuan by default.</param>
/// <param name="PeerCredits">How much another street may owe in credits, services under way included; 1,000 hours by default.</param>
/// <param name="PeerMoney">How much another street may owe in money; 10,000 yuan by default.</param>
[GenerateSerializer, Immutable, Alias("pool.LedgerPolicy")]
public sealed record LedgerPolicy(
    [property: Id(0)] Minutes MostCredits,
    [property: Id(1)] Minutes FundCredits,
    [property: Id(2)] Fen FundMoney,
    [property: Id(3)] Minutes PeerCredits,
    [property: Id(4)] Fen PeerMoney)
{
    public static LedgerPolicy Default { get; } = new(Minutes.FromHours(1_500), Minutes.FromHours(1_000), new(1_000_000), Minutes.FromHours(1_000), new(1_000_000));

    /// <summary>How much a partner or resident may give away in credits a quarter; 100 hours by default.</summary>
    [Id(5)] public Minutes MostGifts { get; init; } = Minutes.FromHours(100);

    /// <summary>The street's guarantee: how far it may be in debt in credits by what it allocates to funds; 10,000 hours by default.</summary>
    [Id(6)] public Minutes StreetCredits { get; init; } = Minutes.FromHours(10_000);

    /// <summary>The same in money; 100,000 yuan by default.</summary>
    [Id(7)] public Fen StreetMoney { get; init; } = new(10_000_000);

    /// <summary>From what part of a limit on it is warned of, in percent; 80 by default, 0 never.</summary>
    [Id(8)] public int WarnPercent { get; init; } = 80;

    /// <summary>After how many whole quarters credits that people have not spent expire, 1 to 20; by default 0: never.</summary>
    [Id(9)] public int ExpireAfterQuarters { get; init; }

    /// <summary>How far an account may be in debt: what it can pay beyond what it has.</summary>
    public long CreditOf(AccountKind account, Unit unit) => account switch
    {
        AccountKind.Fund => unit == Unit.TimeCredit ? FundCredits.Value : FundMoney.Value,
        AccountKind.Mirror => unit == Unit.TimeCredit ? PeerCredits.Value : PeerMoney.Value,
        AccountKind.Street => unit == Unit.TimeCredit ? StreetCredits.Value : StreetMoney.Value,
        AccountKind.Partner or AccountKind.Resident or AccountKind.Cash => 0,
    };

    /// <summary>Whether so much of a limit is used that it is warned of.</summary>
    public bool Warns(long used, long limit) => WarnPercent > 0 && used > 0 && (Int128)used * 100 >= (Int128)limit * WarnPercent;
}
