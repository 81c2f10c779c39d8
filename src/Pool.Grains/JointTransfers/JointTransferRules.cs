using System.Collections.Immutable;
using Pool.Actors;
using Pool.Ledgers;
using Pool.Values;

namespace Pool.JointTransfers;

/// <summary>What a transfer between streets still owes; every step is idempotent at its target.</summary>
public enum JointTransferStep
{
    /// <summary>Have every ledger hold its part.</summary>
    HoldLegs = 1,

    /// <summary>Have every ledger post what it holds.</summary>
    PostLegs = 2,

    /// <summary>Have every ledger let go of what it may hold.</summary>
    ReleaseLegs = 3,
}

/// <summary>The life of a transfer between streets: asked for, agreed to, held by all, posted by all.</summary>
public static class JointTransferRules
{
    /// <summary>Somebody gives to somebody of another street.</summary>
    /// <param name="given">The giver's part: to the mirror of the other street.</param>
    /// <param name="street">The giver's street.</param>
    /// <param name="receiver">Who gets it there.</param>
    public static ImmutableArray<Leg> Gift(StreetId street, TransferOrder given, AccountId receiver) =>
        [new(street, given), new(given.To.Peer!.Value, given with { From = AccountId.OfMirror(street), To = receiver })];

    /// <param name="refused">What a ledger has against its part now; null where none has anything.</param>
    public static Decision<JointTransferEvent> Order(JointTransfer transfer, TransferId id, ImmutableArray<Leg> legs, Refusal? refused, DateTimeOffset now) =>
        transfer.Exists ? Refusal.Of(RefusalReason.AlreadyExists, id.Text)
        : refused is { } refusal ? refusal
        : new TransferProposed(now, id, legs[0].Street, legs, [], "");

    /// <param name="by">The street that proposes it, which must have a part in it.</param>
    /// <param name="refused">What is against one of the streets, or a ledger against its part; null where nothing is.</param>
    public static Decision<JointTransferEvent> Propose(JointTransfer transfer, TransferId id, Clearing clearing, StreetId by, Refusal? refused, DateTimeOffset now)
    {
        var refusal = Check.Lowest(
            clearing.Fault(),
            clearing.Streets.Contains(by) ? null : Refusal.At("clearing.streets", RefusalReason.FieldInvalid, $"{by} among them"),
            refused,
            transfer.Exists ? Refusal.Of(RefusalReason.AlreadyExists, id.Text) : null);
        return refusal is null ? new TransferProposed(now, id, by, clearing.Legs(), clearing.Streets.Remove(by), clearing.Note) : refusal;
    }

    public static Decision<JointTransferEvent> Agree(JointTransfer transfer, TransferId id, StreetId street, DateTimeOffset now) =>
        Answerable(transfer, id, street) ?? (transfer.Awaited.Contains(street) ? new TransferAgreed(now, street) : RefusalReason.ClearingAgreed);

    /// <summary>A street is against it, also if it was for it before, as long as another has not agreed.</summary>
    public static Decision<JointTransferEvent> Reject(JointTransfer transfer, TransferId id, StreetId street, string why, DateTimeOffset now) =>
        Check.OptionalText("reason", why, Limits.TextLength) is { } fault ? fault : Answerable(transfer, id, street) ?? new TransferRejected(now, street, why);

    public static JointTransferStep? NextStep(JointTransfer transfer) => transfer switch
    {
        { Status: JointTransferStatus.Agreed, Held: false } => JointTransferStep.HoldLegs,
        { Status: JointTransferStatus.Agreed } => JointTransferStep.PostLegs,
        { OwesRelease: true } => JointTransferStep.ReleaseLegs,
        _ => null,
    };

    /// <summary>What ledgers said when they were to hold their parts.</summary>
    /// <param name="refused">The first that would not, and why; null where all hold theirs.</param>
    public static Decision<JointTransferEvent> Held(JointTransfer transfer, (StreetId Street, Refusal Refusal)? refused, DateTimeOffset now) =>
        NextStep(transfer) != JointTransferStep.HoldLegs ? default(Decision<JointTransferEvent>)
        : refused is var (street, refusal) ? new TransferFailed(now, street, refusal)
        : new LegsHeld(now);

    public static Decision<JointTransferEvent> Posted(JointTransfer transfer, ImmutableArray<EntryRef> entries, DateTimeOffset now) =>
        NextStep(transfer) == JointTransferStep.PostLegs ? new TransferSettled(now, entries) : default(Decision<JointTransferEvent>);

    public static Decision<JointTransferEvent> Released(JointTransfer transfer, DateTimeOffset now) =>
        NextStep(transfer) == JointTransferStep.ReleaseLegs ? new LegsReleased(now) : default(Decision<JointTransferEvent>);

    /// <summary>What a ledger has against a transfer, with the field of another request that says the same.</summary>
    public static Refusal At(string message, Refusal refusal) =>
        refusal with { Fields = [.. refusal.Fields.Select(field => $"{message}{field[field.IndexOf('.')..]}")] };

    private static Decision<JointTransferEvent>? Answerable(JointTransfer transfer, TransferId id, StreetId street) =>
        !transfer.IsClearing || !transfer.Has(street) ? Refusal.Of(RefusalReason.ClearingNotFound, id.Text)
        : transfer.Status switch
        {
            JointTransferStatus.Proposed => default(Decision<JointTransferEvent>?),
            JointTransferStatus.Agreed => RefusalReason.ClearingAgreed,
            JointTransferStatus.Settled => RefusalReason.ClearingSettled,
            JointTransferStatus.Rejected => Refusal.Of(RefusalReason.ClearingRejected, $"{transfer.Against}"),
            JointTransferStatus.Failed => RefusalReason.ClearingFailed,
        };
}
