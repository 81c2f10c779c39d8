using Pool.Matching;
using Pool.Offers;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>An assignment as ledgers see it: who serves whom, and how it is paid. The payer's street and the earner's each do their part.</summary>
/// <param name="Level">What the community had asked for when the partner was proposed.</param>
/// <param name="People">How many serve.</param>
/// <param name="Each">The minutes of each of them: agreed on beforehand while the price is held, confirmed when it is settled.</param>
/// <param name="Beneficiary">The community that is served, whose fund pays where nobody else does.</param>
/// <param name="Partner">Who earns.</param>
/// <param name="AcceptedAt">When the seat was accepted: nothing has become of it in any ledger before.</param>
[GenerateSerializer, Immutable, Alias("pool.Payment")]
public sealed record Payment(
    [property: Id(0)] TransferId Transfer,
    [property: Id(1)] FeeMode Mode,
    [property: Id(2)] SkillCode Skill,
    [property: Id(3)] int Level,
    [property: Id(4)] int People,
    [property: Id(5)] Minutes Each,
    [property: Id(6)] CommunityId Beneficiary,
    [property: Id(7)] RegisteredPartner Partner,
    [property: Id(8)] DateTimeOffset AcceptedAt)
{
    /// <summary>The payer's price: the earner's street takes it over.</summary>
    [Id(9)] public Price? Price { get; init; }

    /// <summary>What is freed when this is accepted, because its seats are handed over; null for open seats.</summary>
    [Id(10)] public TransferId? Replaces { get; init; }

    /// <summary>Whose account pays, of the beneficiary's street; null: the beneficiary's fund.</summary>
    [Id(11)] public AccountId? Payer { get; init; }

    /// <summary>Of all its people together.</summary>
    public Minutes Minutes => Each.Times(People);

    public StreetId PayingStreet => Beneficiary.Street;

    public StreetId EarningStreet => Partner.Home.Street;

    /// <summary>In what it is paid.</summary>
    /// <exception cref="InvalidOperationException">It is unpaid.</exception>
    public Unit Unit => Mode switch
    {
        FeeMode.TimeCredit => Unit.TimeCredit,
        FeeMode.LowFee => Unit.Cny,
        FeeMode.Volunteer => throw new InvalidOperationException($"{Transfer} is unpaid."),
    };

    /// <summary>The accounts of one of the streets between which it is paid.</summary>
    /// <param name="earner">The partner's pseudonym; null where another street knows it, or where nobody does any more: its home's fund earns.</param>
    public (AccountId Payer, AccountId Payee, AccountId? Fund) AccountsIn(StreetId street, Pseudonym? earner)
    {
        var payer = street == PayingStreet ? Payer ?? AccountId.OfFund(Beneficiary) : AccountId.OfMirror(PayingStreet);
        return street == EarningStreet
            ? (payer, earner is { } known ? AccountId.OfPartner(known) : AccountId.OfFund(Partner.Home), AccountId.OfFund(Partner.Home))
            : (payer, AccountId.OfMirror(EarningStreet), null);
    }
}

/// <summary>What a ledger says to a payment: its price, or why it cannot be paid.</summary>
/// <param name="People">For how many it can be paid, no more than was asked.</param>
[GenerateSerializer, Immutable, Alias("pool.Cover")]
public sealed record Cover([property: Id(0)] Price? Price, [property: Id(1)] CandidateReason? Reason, [property: Id(2)] int People)
{
    public static Cover At(Price price, int people) => new(price, null, people);

    public static Cover Refused(CandidateReason reason) => new(null, reason, 0);
}

/// <summary>An entry of a street's ledger, by its number from 1 on.</summary>
[GenerateSerializer, Immutable, Alias("pool.EntryRef")]
public readonly record struct EntryRef([property: Id(0)] StreetId Street, [property: Id(1)] long Number);

/// <summary>A payment that a ledger has posted, and at which price.</summary>
[GenerateSerializer, Immutable, Alias("pool.Settlement")]
public sealed record Settlement([property: Id(0)] EntryRef Entry, [property: Id(1)] Price Price);
