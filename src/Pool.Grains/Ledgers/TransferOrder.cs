using System.Text.Json.Serialization;
using Pool.Actors;
using Pool.Identities;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>What somebody orders a ledger to transfer.</summary>
/// <param name="Amount">Minutes or fen.</param>
[GenerateSerializer, Immutable, Alias("pool.TransferOrder")]
public sealed record TransferOrder(
    [property: Id(0)] EntryKind Kind, [property: Id(1)] AccountId From, [property: Id(2)] AccountId To, [property: Id(3)] Unit Unit, [property: Id(4)] long Amount)
{
    /// <summary>What an entry was ordered by; null where it settles a service, or corrects that.</summary>
    public static TransferOrder? Of(EconomicEntry entry) => entry.Kind is EntryKind.Settlement or EntryKind.Reversal ? null
        : new(entry.Kind, entry.Postings[0].Account, entry.Postings[1].Account, entry.Postings[1].Unit, entry.Postings[1].Amount);

    /// <summary>Whether another street has a part in it.</summary>
    [JsonIgnore]
    public bool IsShared => From.Kind == AccountKind.Mirror || To.Kind == AccountKind.Mirror;

    public EconomicEntry Entry(TransferId id) => new(Kind, id, [new(From, Unit, -Amount), new(To, Unit, Amount)]);
}

/// <summary>Somebody who has an account with a street's ledger: exactly one of the two, or a community's fund where it is neither.</summary>
/// <param name="Home">The community.</param>
[GenerateSerializer, Immutable, Alias("pool.Party")]
public sealed record Party([property: Id(0)] CommunityId Home, [property: Id(1)] PartnerId? Partner = null, [property: Id(2)] ResidentId? Resident = null);

/// <summary>A party's account.</summary>
/// <param name="Identity">Of a partner or resident; null for a fund.</param>
[GenerateSerializer, Immutable, Alias("pool.PartyAccount")]
public sealed record PartyAccount([property: Id(0)] AccountId Account, [property: Id(1)] Identity? Identity);

/// <summary>An order with the parties as clients name them.</summary>
/// <param name="Command">Its request: the same id has one effect and one answer.</param>
/// <param name="From">Null where the kind says it: the street's account, or what was paid in.</param>
/// <param name="To">Null where the kind says it.</param>
[GenerateSerializer, Immutable, Alias("pool.TransferRequest")]
public sealed record TransferRequest(
    [property: Id(0)] Command Command,
    [property: Id(1)] EntryKind Kind,
    [property: Id(2)] Party? From,
    [property: Id(3)] Party? To,
    [property: Id(4)] Unit Unit,
    [property: Id(5)] long Amount);

/// <summary>What became of an order: its entry, or why there is none.</summary>
[GenerateSerializer, Immutable, Alias("pool.TransferOutcome")]
public sealed record TransferOutcome([property: Id(0)] ListedEntry? Entry, [property: Id(1)] Refusal? Refusal);
