using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using NSec.Cryptography;

namespace Pool.Proofs;

/// <summary>The key with which a street signs its own checkpoints, and those of others as their witness.</summary>
public sealed class SigningKey : IDisposable
{
    private readonly Key _key;

    /// <param name="name">The street's log, as the first line of its checkpoints has it.</param>
    /// <param name="seed">The 32 bytes of an Ed25519 private key.</param>
    public SigningKey(string name, ReadOnlySpan<byte> seed)
    {
        _key = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        Log = new(name, SignatureKind.Log, _key.PublicKey);
        Witness = new(name, SignatureKind.Witness, _key.PublicKey);
    }

    /// <summary>Verifies the street's own checkpoints.</summary>
    public VerifierKey Log { get; }

    /// <summary>Verifies what the street has witnessed.</summary>
    public VerifierKey Witness { get; }

    /// <summary>Signs a checkpoint of the street's own log.</summary>
    public SignedNote Sign(Checkpoint checkpoint) => new(checkpoint.Text, [new(Log.Name, Log.Id, SignMessage(Encoding.UTF8.GetBytes(checkpoint.Text)))]);

    /// <summary>The Ed25519 signature over a message that cannot be taken for a checkpoint.</summary>
    public ImmutableArray<byte> SignMessage(byte[] message) => [.. SignatureAlgorithm.Ed25519.Sign(_key, message)];

    /// <summary>Says that another log's checkpoint extends all that was seen of it before.</summary>
    /// <param name="at">When it was seen.</param>
    public NoteSignature Cosign(Checkpoint checkpoint, DateTimeOffset at)
    {
        var seconds = checked((ulong)at.ToUnixTimeSeconds());
        var time = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(time, seconds);
        return new(Witness.Name, Witness.Id, [.. time, .. SignMessage(VerifierKey.WitnessedMessage(checkpoint.Text, seconds))]);
    }

    public void Dispose() => _key.Dispose();
}
