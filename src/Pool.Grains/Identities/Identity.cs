using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Pool.Ledgers;

namespace Pool.Identities;

/// <summary>
/// What ties a holder to what is written of it for ever: the pseudonym of its account, and the key of its name. Both are kept in
/// the vault alone; once they are erased there, nothing in a ledger ties the two any more, and no proof or total has changed.
/// What demands tell, whom they are for and which account pays, stays.
/// </summary>
/// <param name="Key">32 bytes that nobody can guess.</param>
[GenerateSerializer, Immutable, Alias("pool.Identity")]
public sealed record Identity([property: Id(0)] Pseudonym Pseudonym, [property: Id(1)] ImmutableArray<byte> Key)
{
    public const int KeyLength = 32;

    private const string Prefix = "sealed:v1:";
    private const int NonceLength = 12;
    private const int TagLength = 16;

    /// <summary>A text that only this key opens (AES-256-GCM). The nonce follows from the text, so that the same text is sealed the same.</summary>
    public string Seal(string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var box = new byte[NonceLength + TagLength + plain.Length];
        Mac("nonce", plain).AsSpan(0, NonceLength).CopyTo(box);
        using var cipher = new AesGcm(Mac("name", []), TagLength);
        cipher.Encrypt(box.AsSpan(0, NonceLength), plain, box.AsSpan(NonceLength + TagLength), box.AsSpan(NonceLength, TagLength));
        return $"{Prefix}{Convert.ToBase64String(box)}";
    }

    /// <summary>What was sealed.</summary>
    /// <exception cref="CryptographicException">It was sealed with another key, or is damaged.</exception>
    public string Open(string text)
    {
        var box = Convert.FromBase64String(text[Prefix.Length..]);
        var plain = new byte[box.Length - NonceLength - TagLength];
        using var cipher = new AesGcm(Mac("name", []), TagLength);
        cipher.Decrypt(box.AsSpan(0, NonceLength), box.AsSpan(NonceLength + TagLength), box.AsSpan(NonceLength, TagLength), plain);
        return Encoding.UTF8.GetString(plain);
    }

    /// <summary>A name in clear, whether it is sealed or not; nothing, where a key has sealed it that is erased by now.</summary>
    public string Name(string text)
    {
        try
        {
            return IsSealed(text) ? Open(text) : text;
        }
        catch (CryptographicException)
        {
            return "";
        }
    }

    /// <summary>Whether a text is sealed; names of before there was a vault are not.</summary>
    public static bool IsSealed(string text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>
    /// A request's fingerprint that says no more whom the request names: else who tries all ids of residents would find the one
    /// that a pseudonym stands for.
    /// </summary>
    public long Blind(long fingerprint)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, fingerprint);
        return BinaryPrimitives.ReadInt64LittleEndian(Mac("fingerprint", bytes));
    }

    private byte[] Mac(string purpose, ReadOnlySpan<byte> text) => HMACSHA256.HashData(Key.AsSpan(), [.. Encoding.UTF8.GetBytes($"pool identity v1 {purpose} "), .. text]);
}
