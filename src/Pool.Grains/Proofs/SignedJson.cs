using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Pool.Actors;

namespace Pool.Proofs;

/// <summary>
/// A JSON text that a street has signed: a JSON web signature in its flattened form (RFC 7515) by Ed25519 (RFC 8037), whose key id
/// is the beginning of the verifier key's text. Any library for such signatures verifies it.
/// </summary>
/// <param name="Payload">The signed text; like the two others in base64url.</param>
/// <param name="Protected">The header: how, by whom, and what was signed.</param>
[GenerateSerializer, Immutable, Alias("pool.SignedJson")]
public sealed record SignedJson([property: Id(0)] string Payload, [property: Id(1)] string Protected, [property: Id(2)] string Signature)
{
    private const string Algorithm = "EdDSA";

    private static readonly JsonSerializerOptions Written = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The signed text in clear.</summary>
    public string Json => Read(Payload);

    /// <param name="type">What the JSON is, as the header says.</param>
    public static SignedJson Sign<T>(SigningKey key, string type, T value)
    {
        var (header, payload) = (Write(new Header(Algorithm, KeyId(key.Log), type)), Write(value));
        return new(payload, header, Base64Url.EncodeToString(key.SignMessage(Encoding.UTF8.GetBytes($"{header}.{payload}")).AsSpan()));
    }

    /// <summary>Checks that one of the keys has signed it.</summary>
    /// <param name="type">What the JSON must be.</param>
    /// <returns>What was signed, and by whom; or why it proves nothing.</returns>
    public static (SignedJson? Proven, string Signer, Refusal? Fault) Verify(string text, string type, IReadOnlyCollection<VerifierKey> keys)
    {
        if (!TryParse(text, out var signed, out var header) || header.Alg != Algorithm || header.Typ != type)
        {
            return (null, "", Refusal.Of(RefusalReason.ReceiptUnreadable));
        }

        return keys.FirstOrDefault(key => key.Kind == SignatureKind.Log && KeyId(key) == header.Kid) is not { } signer ? (null, "", Refusal.Of(RefusalReason.ReceiptOfAnotherKey, header.Kid))
            : !signer.Verifies($"{signed.Protected}.{signed.Payload}", Base64Url.DecodeFromChars(signed.Signature)) ? (null, "", Refusal.Of(RefusalReason.SignatureWrong, signer.Name))
            : (signed, signer.Name, null);
    }

    /// <summary>The text to keep.</summary>
    public override string ToString() => $"{{\"payload\":\"{Payload}\",\"protected\":\"{Protected}\",\"signature\":\"{Signature}\"}}\n";

    /// <summary>Only the one text that it has itself.</summary>
    private static bool TryParse(string text, [NotNullWhen(true)] out SignedJson? signed, [NotNullWhen(true)] out Header? header)
    {
        (signed, header) = (null, null);
        try
        {
            var parsed = JsonSerializer.Deserialize<SignedJson>(text, Written);
            if (parsed is not { Payload: not null, Protected: not null, Signature: not null } || $"{parsed}" != text || !Base64Url.IsValid(parsed.Signature))
            {
                return false;
            }

            (signed, header) = (parsed, JsonSerializer.Deserialize<Header>(Read(parsed.Protected), Written));
            using var payload = JsonDocument.Parse(Read(parsed.Payload));
            return header is not null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException)
        {
            return false;
        }
    }

    private static string KeyId(VerifierKey key) => $"{key.Name}+{key.Id:x8}";

    private static string Write<T>(T value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value, Written));

    private static string Read(string text) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text));

    private sealed record Header(string Alg, string Kid, string Typ);
}
