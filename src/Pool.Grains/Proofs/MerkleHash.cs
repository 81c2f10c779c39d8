using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Pool.Values;

namespace Pool.Proofs;

/// <summary>
/// A hash of a Merkle tree (RFC 6962, section 2.1): SHA-256, with a first byte that tells leaves from inner nodes. Its text is
/// standard base64.
/// </summary>
[GenerateSerializer, Immutable, Alias("pool.MerkleHash")]
[JsonConverter(typeof(TextJsonConverter<MerkleHash>))]
public readonly record struct MerkleHash : ITextValue<MerkleHash>
{
    /// <summary>Bytes of a hash.</summary>
    public const int Length = SHA256.HashSizeInBytes;

    /// <summary>Leaves no longer than this are hashed without asking for memory.</summary>
    private const int Short = 1_024;

    [Id(0)] private readonly UInt128 _high;
    [Id(1)] private readonly UInt128 _low;

    private MerkleHash(ReadOnlySpan<byte> bytes)
    {
        _high = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        _low = BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]);
    }

    /// <summary>The root of a tree without leaves.</summary>
    public static MerkleHash OfNothing { get; } = new(SHA256.HashData([]));

    public static MerkleHash OfLeaf(ReadOnlySpan<byte> data)
    {
        var input = data.Length < Short ? stackalloc byte[Short] : new byte[data.Length + 1];
        input[0] = 0;
        data.CopyTo(input[1..]);
        return Of(input[..(data.Length + 1)]);
    }

    public static MerkleHash OfNode(MerkleHash left, MerkleHash right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * Length)];
        input[0] = 1;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + Length)..]);
        return Of(input);
    }

    /// <summary>A hash as its bytes stand somewhere.</summary>
    /// <param name="bytes">32 bytes.</param>
    public static MerkleHash FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Length ? new(bytes) : throw new ArgumentException($"A hash has {Length} bytes.", nameof(bytes));

    public void CopyTo(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt128BigEndian(target, _high);
        BinaryPrimitives.WriteUInt128BigEndian(target[16..], _low);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    public string Text => Convert.ToBase64String(ToArray());

    public static MerkleHash Parse(string text) => TextValue.Parse<MerkleHash>(text);

    /// <summary>Only the one text that the hash itself has: no blanks, and no other last character that stands for the same bytes.</summary>
    public static bool TryParse(string? text, out MerkleHash value)
    {
        Span<byte> bytes = stackalloc byte[Length];
        value = default;
        if (text is null || !Convert.TryFromBase64String(text, bytes, out var written) || written != Length)
        {
            return false;
        }

        value = new(bytes);
        return value.Text == text;
    }

    public override string ToString() => Text;

    private static MerkleHash Of(ReadOnlySpan<byte> input)
    {
        Span<byte> hash = stackalloc byte[Length];
        SHA256.HashData(input, hash);
        return new(hash);
    }
}
