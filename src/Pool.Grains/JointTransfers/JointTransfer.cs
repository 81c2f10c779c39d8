using System.Collections.Immutable;
using Pool.Actors;
using Pool.Ledgers;
using Pool.Values;

namespace Pool.JointTransfers;

/// <summary>How far a transfer between streets has come.</summary>
public enum JointTransferStatus
{
    /// <summary>A street proposes it, and not every other has agreed yet.</summary>
    Proposed = 1,

    /// <summary>Every street is for it: each ledger holds its part, and then posts it.</summary>
    Agreed = 2,

    /// <summary>Final: every ledger has its entry.</summary>
    Settled = 3,

    /// <summary>Final: a street is against it.</summary>
    Rejected = 4,

    /// <summary>Final: a ledger would not hold its part, and nothing was moved.</summary>
    Failed = 5,
}

/// <summary>What one street's ledger does of it: a transfer that is balanced by itself.</summary>
[GenerateSerializer, Immutable, Alias("pool.Leg")]
public sealed record Leg([property: Id(0)] StreetId Street, [property: Id(1)] TransferOrder Order);

public abstract record JointTransferEvent(DateTimeOffset At) : IEvent;

/// <summary>It is asked for.</summary>
/// <param name="By">The street that asks for it.</param>
/// <param name="Awaited">The streets that must agree first; none where it is nobody's business but the giver's.</param>
[Alias("transfer.proposed")]
public sealed record TransferProposed(DateTimeOffset At, TransferId Transfer, StreetId By, ImmutableArray<Leg> Legs, ImmutableArray<StreetId> Awaited, string Note) : JointTransferEvent(At);

[Alias("transfer.agreed")]
public sealed record TransferAgreed(DateTimeOffset At, StreetId Street) : JointTransferEvent(At);

[Alias("transfer.rejected")]
public sealed record TransferRejected(DateTimeOffset At, StreetId Street, string Why) : JointTransferEvent(At);

/// <summary>Every ledger holds its part: from here on it is posted, whatever happens.</summary>
[Alias("transfer.held")]
public sealed record LegsHeld(DateTimeOffset At) : JointTransferEvent(At);

/// <summary>A ledger will not hold its part.</summary>
[Alias("transfer.failed")]
public sealed record TransferFailed(DateTimeOffset At, StreetId Street, Refusal Refusal) : JointTransferEvent(At);

/// <summary>Nothing is held for it any more.</summary>
[Alias("transfer.released")]
public sealed record LegsReleased(DateTimeOffset At) : JointTransferEvent(At);

/// <param name="Entries">One of each ledger, in the order of the legs.</param>
[Alias("transfer.settled")]
public sealed record TransferSettled(DateTimeOffset At, ImmutableArray<EntryRef> Entries) : JointTransferEvent(At);

/// <summary>
/// A transfer in which several streets' ledgers have a part, all under its one id: a gift to somebody of another street, or a
/// clearing of what streets owe each other. First every ledger holds its part, then each posts it; or each lets go of it.
/// </summary>
[GenerateSerializer, Immutable, Alias("pool.JointTransfer")]
public sealed record JointTransfer : IActorState<JointTransfer, JointTransferEvent>
{
    public static JointTransfer Empty { get; } = new();

    public static RefusalReason Missing => RefusalReason.ClearingNotFound;

    [Id(0)] public TransferId Id { get; init; }

    [Id(1)] public StreetId By { get; init; }

    [Id(2)] public ImmutableArray<Leg> Legs { get; init; } = [];

    /// <summary>The streets that have still to agree.</summary>
    [Id(3)] public ImmutableArray<StreetId> Awaited { get; init; } = [];

    [Id(4)] public string Note { get; init; } = "";

    [Id(5)] public JointTransferStatus Status { get; init; }

    [Id(6)] public DateTimeOffset ProposedAt { get; init; }

    /// <summary>Since when every street is for it: no ledger has done anything before; null before that.</summary>
    [Id(14)] public DateTimeOffset? AgreedAt { get; init; }

    [Id(7)] public DateTimeOffset ChangedAt { get; init; }

    /// <summary>Whether every ledger holds its part.</summary>
    [Id(8)] public bool Held { get; init; }

    /// <summary>Whether ledgers may still hold parts of what has failed.</summary>
    [Id(9)] public bool OwesRelease { get; init; }

    /// <summary>Who was against it, a street or its ledger; null while nobody was.</summary>
    [Id(10)] public StreetId? Against { get; init; }

    /// <summary>Why the street was against it; empty where none was.</summary>
    [Id(11)] public string Why { get; init; } = "";

    /// <summary>Why a ledger would not hold its part; null where none refused.</summary>
    [Id(12)] public Refusal? Refusal { get; init; }

    [Id(13)] public ImmutableArray<EntryRef> Entries { get; init; } = [];

    public bool Exists => Status != default;

    public StreetId? Office => Exists ? By : null;

    public CommunityId? Home => null;

    /// <summary>Whether nothing more comes of it.</summary>
    public bool IsOver => Status is JointTransferStatus.Settled or JointTransferStatus.Rejected || (Status == JointTransferStatus.Failed && !OwesRelease);

    public TransferOrder Order => Legs[0].Order;

    /// <summary>Whether it clears what streets owe each other.</summary>
    public bool IsClearing => Exists && Clearing.Clears(Order.Kind);

    public DateTimeOffset? DueAt => JointTransferRules.NextStep(this) is null ? null : ChangedAt + Patience.ForStep;

    public bool Has(StreetId street) => Legs.Any(leg => leg.Street == street);

    public JointTransfer Evolve(JointTransferEvent happened) => Apply(happened) with { ChangedAt = happened.At };

    private JointTransfer Apply(JointTransferEvent happened) => happened switch
    {
        TransferProposed proposed => this with
        {
            Id = proposed.Transfer,
            By = proposed.By,
            Legs = proposed.Legs,
            Awaited = proposed.Awaited,
            Note = proposed.Note,
            Status = proposed.Awaited.IsEmpty ? JointTransferStatus.Agreed : JointTransferStatus.Proposed,
            ProposedAt = proposed.At,
            AgreedAt = proposed.Awaited.IsEmpty ? proposed.At : null,
        },
        TransferAgreed agreed => this with
        {
            Awaited = Awaited.Remove(agreed.Street),
            Status = Awaited.Length == 1 ? JointTransferStatus.Agreed : JointTransferStatus.Proposed,
            AgreedAt = Awaited.Length == 1 ? agreed.At : null,
        },
        TransferRejected rejected => this with { Status = JointTransferStatus.Rejected, Against = rejected.Street, Why = rejected.Why },
        LegsHeld => this with { Held = true },
        TransferFailed failed => this with { Status = JointTransferStatus.Failed, Against = failed.Street, Refusal = failed.Refusal, OwesRelease = true },
        LegsReleased => this with { OwesRelease = false },
        TransferSettled settled => this with { Status = JointTransferStatus.Settled, Entries = settled.Entries },
        _ => throw new InvalidOperationException($"A transfer does not know {happened.GetType().Name}."),
    };
}
