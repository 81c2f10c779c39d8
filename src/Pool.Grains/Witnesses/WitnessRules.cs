using System.Collections.Immutable;
using Pool.Actors;
using Pool.Ledgers;
using Pool.Proofs;
using Pool.Values;

namespace Pool.Witnesses;

/// <summary>A checkpoint that a street asks another to sign.</summary>
/// <param name="Street">Whose log it is.</param>
/// <param name="Key">The log's verifier key.</param>
/// <param name="Note">The checkpoint, signed by the street.</param>
/// <param name="From">The size from which the proof leads to the checkpoint.</param>
/// <param name="Proof">That the checkpoint goes on from there.</param>
[GenerateSerializer, Immutable, Alias("pool.WitnessRequest")]
public sealed record WitnessRequest(
    [property: Id(0)] StreetId Street, [property: Id(1)] string Key, [property: Id(2)] SignedNote Note, [property: Id(3)] long From, [property: Id(4)] ImmutableArray<MerkleHash> Proof);

/// <summary>Why a witness signs nothing.</summary>
public enum WitnessFault
{
    /// <summary>The street is not open.</summary>
    NoWitness = 1,

    /// <summary>The note is not a checkpoint of the log, or not signed with its key.</summary>
    NotOfLog = 2,

    /// <summary>The log had another key when it was seen first.</summary>
    KeyChanged = 3,

    /// <summary>The proof does not begin with what was seen; ask again from there.</summary>
    OtherSize = 4,

    /// <summary>The checkpoint has fewer entries than one that was seen before: it was overtaken.</summary>
    Overtaken = 5,

    /// <summary>The checkpoint does not go on from what was seen: the history was rewritten.</summary>
    Rewritten = 6,
}

/// <summary>What a witness answers.</summary>
/// <param name="Seen">The size up to which it has seen the log.</param>
/// <param name="Signature">Its signature; null where it signs nothing.</param>
[GenerateSerializer, Immutable, Alias("pool.WitnessAnswer")]
public sealed record WitnessAnswer([property: Id(0)] long Seen, [property: Id(1)] NoteSignature? Signature, [property: Id(2)] WitnessFault? Fault);

/// <summary>What a witness signs: only what it has seen to go on from all that it signed before (C2SP tlog-witness).</summary>
public static class WitnessRules
{
    /// <summary>Sees a checkpoint, or says what is against it. What was seen already is signed again.</summary>
    /// <param name="street">The witness.</param>
    /// <returns>With the checkpoint that is to be signed, or the fault.</returns>
    public static (Decision<WitnessEvent> Decision, Checkpoint? Signs, WitnessFault? Fault) See(Witness witness, StreetId street, WitnessRequest request, DateTimeOffset now)
    {
        if (!Checkpoint.TryParse(request.Note.Text, out var checkpoint) || !VerifierKey.TryParse(request.Key, out var key)
            || checkpoint.Origin != key.Name || checkpoint.Origin != LedgerKeys.NameOf(request.Street) || !key.HasSigned(request.Note))
        {
            return (default, null, WitnessFault.NotOfLog);
        }

        var seen = witness.Logs.GetValueOrDefault(request.Street) ?? new(request.Key, 0, MerkleHash.OfNothing);
        WitnessFault? fault = seen.Key != request.Key ? WitnessFault.KeyChanged
            : checkpoint.Size < seen.Size ? WitnessFault.Overtaken
            : checkpoint.Size == seen.Size ? (checkpoint.Root == seen.Root ? null : WitnessFault.Rewritten)
            : request.From != seen.Size ? WitnessFault.OtherSize
            : !MerkleProof.Extends(seen.Root, seen.Size, checkpoint.Root, checkpoint.Size, request.Proof) ? WitnessFault.Rewritten
            : null;
        return fault is not null ? (default, null, fault)
            : checkpoint.Size == seen.Size ? (default, checkpoint, null)
            : (new LogSeen(now, street, request.Street, seen with { Size = checkpoint.Size, Root = checkpoint.Root }), checkpoint, null);
    }
}
