using System.Security.Cryptography;
using System.Text;
using Pool.Proofs;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>What the pool's one ledger key gives: the pseudonyms of partners and residents, and the keys with which streets sign.</summary>
/// <param name="master">32 bytes that nobody else knows. With another, nobody's account is found again.</param>
public sealed class LedgerKeys(byte[] master)
{
    private const string Prefix = "pool.v1/";

    /// <summary>Bytes of the key, and of the seed of a signing key.</summary>
    public const int Length = 32;

    /// <summary>The same for ever, and of no use to who has not the key.</summary>
    public Pseudonym PseudonymOf(PartnerId partner) => PseudonymOf($"partner/{partner}");

    public Pseudonym PseudonymOf(CommunityId community, ResidentId resident) => PseudonymOf($"resident/{community}/{resident}");

    /// <summary>A street's own, by HKDF (RFC 5869) with SHA-256.</summary>
    public SigningKey SigningKeyOf(StreetId street) => new(
        NameOf(street), HKDF.DeriveKey(HashAlgorithmName.SHA256, master, Length, info: Encoding.UTF8.GetBytes($"pool signing v1 street/{street}")));

    /// <summary>The name of a street's log, and of its keys.</summary>
    public static string NameOf(StreetId street) => $"{Prefix}streets/{street}/ledger";

    /// <summary>The resource name of the ledger whose log, or key, has a name.</summary>
    public static string LedgerOf(string name) => name[Prefix.Length..];

    private Pseudonym PseudonymOf(string holder) => Pseudonym.From(HMACSHA256.HashData(master, Encoding.UTF8.GetBytes($"pool pseudonym v1 {holder}")));
}
