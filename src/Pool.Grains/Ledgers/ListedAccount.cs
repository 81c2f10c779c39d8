using Pool.Values;

namespace Pool.Ledgers;

/// <summary>An account as lists show it: what it has, by what was posted so far.</summary>
/// <param name="Credits">Minutes.</param>
/// <param name="Money">Fen.</param>
/// <param name="Service">The unpaid minutes that a partner has given, which are in no balance.</param>
[GenerateSerializer, Immutable, Alias("pool.ListedAccount")]
public sealed record ListedAccount(
    [property: Id(0)] StreetId Street, [property: Id(1)] AccountId Account, [property: Id(2)] long Credits, [property: Id(3)] long Money, [property: Id(4)] Minutes Service)
{
    public static string Key(StreetId street, AccountId account) => $"{street}/{account}";

    public ListedAccount After(Posting posting) => posting.Unit switch
    {
        Unit.TimeCredit => this with { Credits = checked(Credits + posting.Amount) },
        Unit.Cny => this with { Money = checked(Money + posting.Amount) },
    };

    public long Of(Unit unit) => unit switch
    {
        Unit.TimeCredit => Credits,
        Unit.Cny => Money,
    };
}
