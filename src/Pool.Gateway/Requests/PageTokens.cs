using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Hosting;

namespace Pool.Gateway.Requests;

/// <summary>
/// Opaque page tokens: the place of the last row, signed together with the list that it belongs to, so that a token
/// cannot be made up or carried to another list.
/// </summary>
internal sealed class PageTokens(IOptions<PoolOptions> options)
{
    private const int PlaceBytes = sizeof(long);
    private const int SignatureBytes = 16;

    public string Write(string list, long place)
    {
        Span<byte> token = stackalloc byte[PlaceBytes + SignatureBytes];
        BinaryPrimitives.WriteInt64BigEndian(token, place);
        Sign(list, place).AsSpan(0, SignatureBytes).CopyTo(token[PlaceBytes..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>The place that a token stands for; null for the first page.</summary>
    public long? Read(string list, string token)
    {
        if (token.Length == 0)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[PlaceBytes + SignatureBytes];
        if (token.Length > 64 || !Base64Url.IsValid(token) || !Base64Url.TryDecodeFromChars(token, bytes, out var written) || written != bytes.Length)
        {
            throw Forged();
        }

        var place = BinaryPrimitives.ReadInt64BigEndian(bytes);
        return CryptographicOperations.FixedTimeEquals(bytes[PlaceBytes..], Sign(list, place).AsSpan(0, SignatureBytes)) ? place : throw Forged();
    }

    private byte[] Sign(string list, long place) =>
        HMACSHA256.HashData(options.Value.PageTokenKey, Encoding.UTF8.GetBytes($"{place}/{list}"));

    private static RefusedException Forged() => new(RefusalReason.PageTokenInvalid, "page_token");
}
