using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>In what an account of the economic ledger is kept.</summary>
public enum Unit
{
    /// <summary>Credits of the time bank, in minutes.</summary>
    TimeCredit = 1,

    /// <summary>Money, in fen.</summary>
    Cny = 2,
}

/// <summary>What an entry does to one account.</summary>
/// <param name="Amount">Minutes or fen, more than nothing where the account gains.</param>
[GenerateSerializer, Immutable, Alias("pool.Posting")]
public readonly record struct Posting([property: Id(0)] AccountId Account, [property: Id(1)] Unit Unit, [property: Id(2)] long Amount);

/// <summary>Which of a ledger's two books; nothing is ever moved from one to the other.</summary>
public enum Book
{
    /// <summary>Time credits and money.</summary>
    Economic = 1,

    /// <summary>Unpaid service.</summary>
    Service = 2,
}

/// <summary>Why an entry was made.</summary>
public enum EntryKind
{
    /// <summary>A service was confirmed, and is paid or, unpaid, recorded.</summary>
    Settlement = 1,

    /// <summary>Credits for a relative.</summary>
    GiftToRelative = 2,

    /// <summary>Credits for an elder, or somebody else, who needs them.</summary>
    GiftInNeed = 3,

    /// <summary>For a community's fund.</summary>
    Donation = 4,

    /// <summary>What a community's fund gives somebody.</summary>
    Grant = 5,

    /// <summary>What the street office gives a community's fund, for which it answers.</summary>
    Allocation = 6,

    /// <summary>Money that was paid in at the street office.</summary>
    Deposit = 7,

    /// <summary>Money that was paid out at the street office.</summary>
    Withdrawal = 8,

    /// <summary>Money that one street office has paid another, which is owed that much less.</summary>
    Remittance = 9,

    /// <summary>What a street is owed and does not ask for any more.</summary>
    Waiver = 10,

    /// <summary>What streets owe each other in a circle, each the next, is owed no more.</summary>
    Offset = 11,

    /// <summary>An entry that turned out wrong is undone by its opposite; the right one follows.</summary>
    Reversal = 12,

    /// <summary>Credits that somebody has not spent for too long, by the street's policy, are the street's.</summary>
    Expiry = 13,
}

/// <summary>A service that is paid.</summary>
/// <param name="Receiver">The community that was served.</param>
/// <param name="Level">What it had asked for when the partner was proposed: who pays does not pay for more.</param>
/// <param name="Minutes">Of all its people together: agreed on beforehand while the price is held, served in an entry.</param>
/// <param name="Price">By which rates.</param>
[GenerateSerializer, Immutable, Alias("pool.PaidService")]
public sealed record PaidService(
    [property: Id(0)] CommunityId Receiver, [property: Id(1)] SkillCode Skill, [property: Id(2)] int Level, [property: Id(3)] Minutes Minutes, [property: Id(4)] Price Price)
{
    /// <summary>What it costs.</summary>
    [JsonIgnore]
    public Amounts Amounts => Price.Of(Minutes);
}

/// <summary>An entry of the economic ledger: time credits and money. Its postings sum to nothing in each unit; it is never changed.</summary>
/// <param name="Postings">Each account once in a unit; none where a service took no time.</param>
[GenerateSerializer, Immutable, Alias("pool.EconomicEntry")]
public sealed record EconomicEntry([property: Id(0)] EntryKind Kind, [property: Id(1)] TransferId Transfer, [property: Id(2)] ImmutableArray<Posting> Postings)
{
    /// <summary>What was served; null where nothing was.</summary>
    [Id(3)] public PaidService? Service { get; init; }

    /// <summary>The number of the entry that it undoes; null where it undoes none.</summary>
    [Id(4)] public long? Reverses { get; init; }

    /// <summary>Its opposite.</summary>
    /// <param name="number">Its own number.</param>
    public EconomicEntry Reversed(TransferId correction, long number) =>
        this with { Kind = EntryKind.Reversal, Transfer = correction, Reverses = number, Postings = [.. Postings.Select(posting => posting with { Amount = -posting.Amount })] };

    /// <summary>Whether another street has a part in it.</summary>
    [JsonIgnore]
    public bool IsShared => Postings.Any(posting => posting.Account.Kind == AccountKind.Mirror);
}

/// <summary>
/// An entry of the service record: unpaid minutes that somebody gave a community. It has no price and names no account, so that
/// it can never pay, nor be paid.
/// </summary>
/// <param name="Level">What the community had asked for.</param>
/// <param name="Minutes">Served by all its people together.</param>
[GenerateSerializer, Immutable, Alias("pool.ServiceEntry")]
public sealed record ServiceEntry(
    [property: Id(0)] EntryKind Kind,
    [property: Id(1)] TransferId Transfer,
    [property: Id(2)] Pseudonym Giver,
    [property: Id(3)] CommunityId Receiver,
    [property: Id(4)] SkillCode Skill,
    [property: Id(5)] int Level,
    [property: Id(6)] Minutes Minutes)
{
    /// <summary>The number of the entry that it undoes; null where it undoes none.</summary>
    [Id(7)] public long? Reverses { get; init; }

    /// <summary>Its opposite: as many minutes, which are taken back.</summary>
    /// <param name="number">Its own number.</param>
    public ServiceEntry Reversed(TransferId correction, long number) => this with { Kind = EntryKind.Reversal, Transfer = correction, Reverses = number };

    /// <summary>What it adds to the record: less than nothing where it undoes another.</summary>
    [JsonIgnore]
    public Minutes Added => Kind == EntryKind.Reversal ? new(-Minutes.Value) : Minutes;
}
