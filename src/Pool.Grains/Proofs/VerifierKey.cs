using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace Pool.Proofs;

/// <summary>What a key signs; the byte that C2SP signed notes give it.</summary>
public enum SignatureKind : byte
{
    /// <summary>A log signs its own checkpoint.</summary>
    Log = 0x01,

    /// <summary>A witness signs the checkpoint of another, with the time at which it saw it.</summary>
    Witness = 0x04,
}

/// <summary>
/// A public key by which notes are verified (C2SP signed-note): its owner's name, what it signs, and the Ed25519 key. Its text
/// is <c>name+keyid+base64</c>, as others write verifier keys.
/// </summary>
public sealed class VerifierKey
{
    private readonly PublicKey _key;

    public VerifierKey(string name, SignatureKind kind, PublicKey key)
    {
        Name = SignedNote.IsKeyName(name) ? name : throw new ArgumentException("Not a key's name.", nameof(name));
        Kind = kind;
        _key = key;
        Id = IdOf(name, kind, key);
    }

    public string Name { get; }

    public SignatureKind Kind { get; }

    /// <summary>The first four bytes of the hash over name, kind and key: it tells keys apart, and proves nothing.</summary>
    public uint Id { get; }

    public string Text => $"{Name}+{Id:x8}+{Convert.ToBase64String([(byte)Kind, .. _key.Export(KeyBlobFormat.RawPublicKey)])}";

    public static bool TryParse(string text, [NotNullWhen(true)] out VerifierKey? key)
    {
        key = null;
        var parts = text.Split('+', 3);
        var bytes = new byte[33];
        if (parts.Length != 3 || !SignedNote.IsKeyName(parts[0]) || !Convert.TryFromBase64String(parts[2], bytes, out var written) || written != bytes.Length
            || !Enum.IsDefined((SignatureKind)bytes[0])
            || !PublicKey.TryImport(SignatureAlgorithm.Ed25519, bytes.AsSpan(1), KeyBlobFormat.RawPublicKey, out var imported))
        {
            return false;
        }

        var parsed = new VerifierKey(parts[0], (SignatureKind)bytes[0], imported!);
        key = parsed.Text == text ? parsed : null;
        return key is not null;
    }

    /// <summary>Whether a line of a note names the key.</summary>
    public bool Matches(NoteSignature signature) => signature.Name == Name && signature.KeyId == Id;

    /// <summary>Whether a note has the key's signature, and it is right.</summary>
    public bool HasSigned(SignedNote note) => note.Signatures.Any(signature => Matches(signature) && Verifies(note.Text, signature.Signature.AsSpan()));

    /// <summary>Whether the key made the signature over a note's text.</summary>
    /// <param name="signature">What follows the key's id in the note's signature line.</param>
    public bool Verifies(string text, ReadOnlySpan<byte> signature)
    {
        switch (Kind)
        {
            case SignatureKind.Log:
                return Verifies(Encoding.UTF8.GetBytes(text), signature);
            case SignatureKind.Witness when signature.Length > sizeof(ulong):
                var seconds = BinaryPrimitives.ReadUInt64BigEndian(signature);
                return Verifies(WitnessedMessage(text, seconds), signature[sizeof(ulong)..]);
            case SignatureKind.Witness:
                return false;
        }

        throw new InvalidOperationException($"A key does not sign as {Kind}.");
    }

    /// <summary>What a witness signs (C2SP tlog-cosignature): the time, and the checkpoint's text.</summary>
    internal static byte[] WitnessedMessage(string text, ulong seconds) => Encoding.UTF8.GetBytes($"cosignature/v1\ntime {seconds}\n{text}");

    internal static uint IdOf(string name, SignatureKind kind, PublicKey key) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', (byte)kind, .. key.Export(KeyBlobFormat.RawPublicKey)]));

    private bool Verifies(byte[] message, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureAlgorithm.Ed25519.SignatureSize && SignatureAlgorithm.Ed25519.Verify(_key, message, signature);
}
