using System.Collections.Immutable;
using Pool.Actors;
using Pool.Proofs;
using Pool.Values;

namespace Pool.Ledgers;

public abstract record LedgerEvent(DateTimeOffset At) : IEvent;

/// <summary>The street's ledger begins.</summary>
/// <param name="Key">The verifier key by which its checkpoints are checked.</param>
[Alias("ledger.opened")]
public sealed record LedgerOpened(DateTimeOffset At, StreetId Street, string Key) : LedgerEvent(At);

[Alias("ledger.policy-set")]
public sealed record LedgerPolicySet(DateTimeOffset At, LedgerPolicy Policy) : LedgerEvent(At);

[Alias("ledger.rates-set")]
public sealed record RatesSet(DateTimeOffset At, RateVersion Rates) : LedgerEvent(At);

/// <summary>A seat was accepted, and its price is held.</summary>
[Alias("ledger.transfer-held")]
public sealed record TransferHeld(DateTimeOffset At, TransferId Transfer, TransferHold Hold) : LedgerEvent(At);

/// <summary>What this street's part of an order will move is held, until every street that has a part in it holds its own.</summary>
[Alias("ledger.order-held")]
public sealed record OrderHeld(DateTimeOffset At, TransferId Transfer, TransferOrder Order) : LedgerEvent(At);

/// <summary>A day has ended: what the street and each other came to owe each other in it.</summary>
[Alias("ledger.day-netted")]
public sealed record DayNetted(DateTimeOffset At, DateOnly Day, ImmutableArray<NetPosition> Positions) : LedgerEvent(At);

/// <summary>What was held is free again; where nothing was yet, nothing will be.</summary>
[Alias("ledger.transfer-released")]
public sealed record TransferReleased(DateTimeOffset At, TransferId Transfer) : LedgerEvent(At);

/// <param name="Number">Counts the ledger's entries, of both books, from 1.</param>
[Alias("ledger.entry-posted")]
public sealed record EntryPosted(DateTimeOffset At, long Number, EconomicEntry Entry) : LedgerEvent(At);

/// <summary>Unpaid minutes are in the service record.</summary>
/// <param name="Number">Counts the ledger's entries, of both books, from 1.</param>
[Alias("ledger.service-recorded")]
public sealed record ServiceEntryRecorded(DateTimeOffset At, long Number, ServiceEntry Entry) : LedgerEvent(At);

/// <summary>The street has said to everybody how far its log is, and others have signed that it goes on from what they saw before.</summary>
[Alias("ledger.checkpoint-published")]
public sealed record CheckpointPublished(DateTimeOffset At, PublishedCheckpoint Checkpoint) : LedgerEvent(At);

/// <summary>Whose an account is is to be forgotten; its entries and what it has stay.</summary>
[Alias("ledger.holder-erased")]
public sealed record HolderErased(DateTimeOffset At, Pseudonym Pseudonym) : LedgerEvent(At);

/// <summary>The vault has forgotten it.</summary>
[Alias("ledger.identity-erased")]
public sealed record IdentityErased(DateTimeOffset At, Pseudonym Pseudonym) : LedgerEvent(At);

/// <summary>All credits that were too old when the quarter began have expired.</summary>
/// <param name="Period">The quarter, as in <see cref="Quarter"/>.</param>
[Alias("ledger.credits-expired")]
public sealed record CreditsExpired(DateTimeOffset At, int Period) : LedgerEvent(At);

/// <summary>An account as it stands when a period begins; what is held is carried beside it.</summary>
public sealed record CarriedBalance(AccountId Account, Unit Unit, long Posted);

/// <summary>What is held when a period begins.</summary>
public sealed record CarriedHold(TransferId Transfer, TransferHold Hold);

/// <summary>What credits an account got before a period begins.</summary>
/// <param name="Got">In the quarter before it first.</param>
public sealed record CarriedCredits(AccountId Account, ImmutableArray<long> Got);

/// <summary>An order that is held when a period begins.</summary>
public sealed record CarriedOrder(TransferId Transfer, TransferOrder Order);

/// <summary>An erasure that the vault has not done yet when a period begins.</summary>
public sealed record CarriedErasure(Pseudonym Pseudonym, DateTimeOffset At);

/// <summary>The unpaid minutes that somebody has given when a period begins.</summary>
public sealed record CarriedService(Pseudonym Giver, Minutes Given);

/// <summary>The unpaid minutes that a community has received when a period begins.</summary>
public sealed record CarriedReceipt(CommunityId Receiver, Minutes Received);

/// <summary>A quarter begins with all that the ledger carries over: whoever reads on from here needs nothing of what came before.</summary>
/// <param name="Period">The quarter, as in <see cref="Quarter"/>.</param>
[Alias("ledger.period-opened")]
public sealed record PeriodOpened(DateTimeOffset At, int Period, StreetId Street, string Key, LedgerPolicy Policy, RateBook Rates) : LedgerEvent(At)
{
    public ImmutableArray<CarriedBalance> Balances { get; init; } = [];

    public ImmutableArray<CarriedHold> Holds { get; init; } = [];

    public ImmutableArray<CarriedService> Given { get; init; } = [];

    public ImmutableArray<CarriedReceipt> Received { get; init; } = [];

    /// <summary>Of the log of all entries so far.</summary>
    public MerkleFrontier Log { get; init; } = MerkleFrontier.Empty;

    /// <summary>Null where nothing was published yet.</summary>
    public PublishedCheckpoint? Published { get; init; }

    public DateTimeOffset? UnpublishedSince { get; init; }

    public ImmutableArray<CarriedOrder> Orders { get; init; } = [];

    public ImmutableArray<CarriedErasure> Erasing { get; init; } = [];

    /// <summary>What went between streets on the day under way; null where nothing ever did.</summary>
    public Netting? Netting { get; init; }

    /// <summary>Who was erased in all periods so far.</summary>
    public ImmutableArray<Pseudonym> Forgotten { get; init; } = [];

    /// <summary>Accounts that got none of late are left out.</summary>
    public ImmutableArray<CarriedCredits> Credits { get; init; } = [];
}
