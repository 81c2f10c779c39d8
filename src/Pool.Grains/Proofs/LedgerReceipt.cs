using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Pool.Actors;

namespace Pool.Proofs;

/// <summary>
/// What proves, to somebody who has the street's public key and nothing else, that an entry stands in the street's ledger: the
/// entry's own text, a blank line, and a C2SP tlog-proof of it. There is one text for each receipt, to the byte.
/// </summary>
/// <param name="Entry">The leaf: lines of text without a blank one; the last ends with a newline, too.</param>
/// <param name="Index">Where it stands in the log, from 0.</param>
/// <param name="Proof">From the leaf's sibling up to the root's child.</param>
/// <param name="Checkpoint">Of the log, signed by the street, and by others who have seen it.</param>
[GenerateSerializer, Immutable, Alias("pool.LedgerReceipt")]
public sealed record LedgerReceipt(
    [property: Id(0)] string Entry, [property: Id(1)] long Index, [property: Id(2)] ImmutableArray<MerkleHash> Proof, [property: Id(3)] SignedNote Checkpoint)
{
    private const string Header = "c2sp.org/tlog-proof@v1";

    private const string IndexWord = "index ";

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Entry}\n{Header}\n{IndexWord}{Index}\n{string.Concat(Proof.Select(hash => $"{hash}\n"))}\n{Checkpoint}");

    public static bool TryParse(string text, [NotNullWhen(true)] out LedgerReceipt? receipt)
    {
        receipt = null;
        // Four parts: the entry, the proof, the checkpoint, who signed it.
        var parts = text.Split("\n\n");
        if (parts.Length != 4 || !SignedNote.TryParse($"{parts[2]}\n\n{parts[3]}", out var checkpoint))
        {
            return false;
        }

        var lines = parts[1].Split('\n');
        if (lines.Length < 2 || !lines[1].StartsWith(IndexWord, StringComparison.Ordinal)
            || !long.TryParse(lines[1].AsSpan(IndexWord.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return false;
        }

        var proof = lines[2..].Select(line => MerkleHash.TryParse(line, out var hash) ? hash : (MerkleHash?)null).ToList();
        if (proof.Contains(null))
        {
            return false;
        }

        var parsed = new LedgerReceipt($"{parts[0]}\n", index, [.. proof.Select(hash => hash!.Value)], checkpoint);
        receipt = parsed.ToString() == text ? parsed : null;
        return receipt is not null;
    }

    /// <summary>Checks a receipt; it needs nothing but its text and the keys.</summary>
    /// <param name="keys">The street's key, and those of the witnesses who must have signed, too. Signatures of others prove nothing, and are passed over.</param>
    /// <returns>What it proves, or why it proves nothing.</returns>
    public static (LedgerReceipt? Proven, Refusal? Fault) Verify(string text, IReadOnlyCollection<VerifierKey> keys) =>
        !TryParse(text, out var receipt) || !Proofs.Checkpoint.TryParse(receipt.Checkpoint.Text, out var checkpoint) ? (null, Refusal.Of(RefusalReason.ReceiptUnreadable))
        : (receipt.UnsignedBy(keys, checkpoint) ?? receipt.Unproven(checkpoint)) is { } fault ? (null, fault)
        : (receipt, null);

    /// <summary>Who has signed the checkpoint: those whose keys are known, and others.</summary>
    public (ImmutableArray<string> Known, ImmutableArray<string> Others) Signers(IReadOnlyCollection<VerifierKey> keys)
    {
        var signers = Checkpoint.Signatures.ToLookup(signature => keys.Any(key => key.Matches(signature)), signature => signature.Name);
        return ([.. signers[true]], [.. signers[false]]);
    }

    private Refusal? UnsignedBy(IReadOnlyCollection<VerifierKey> keys, Checkpoint checkpoint) =>
        !keys.Any(key => key.Kind == SignatureKind.Log && key.Name == checkpoint.Origin && Checkpoint.Signatures.Any(key.Matches)) ? Refusal.Of(RefusalReason.ReceiptOfAnotherKey, checkpoint.Origin)
        : keys.FirstOrDefault(key => !Checkpoint.Signatures.Any(key.Matches)) is { } missing ? Refusal.Of(RefusalReason.WitnessMissing, missing.Name)
        : Checkpoint.Signatures.FirstOrDefault(signature => keys.Any(key => key.Matches(signature) && !key.Verifies(Checkpoint.Text, signature.Signature.AsSpan()))) is { } wrong
            ? Refusal.Of(RefusalReason.SignatureWrong, wrong.Name)
        : null;

    private Refusal? Unproven(Checkpoint checkpoint) =>
        Index >= checkpoint.Size ? Refusal.Of(RefusalReason.CheckpointTooOld, $"{checkpoint.Size}")
        : Proof.Length != LeafRange.Inclusion(Index, checkpoint.Size).Length ? Refusal.Of(RefusalReason.ProofIncomplete)
        : !MerkleProof.Includes(checkpoint.Root, checkpoint.Size, Index, MerkleHash.OfLeaf(Encoding.UTF8.GetBytes(Entry)), Proof) ? Refusal.Of(RefusalReason.ProofWrong)
        : null;
}
