using System.Security.Cryptography;
using System.Text;
using Pool.Identities;
using Pool.Proofs;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>
/// What the pool's one ledger key gives: the keys with which streets sign, and the pseudonyms of accounts from before there was a
/// vault. Whoever has it can reckon whose those are, also where the vault has forgotten it.
/// </summary>
/// <param name="master">32 bytes that nobody else knows. With another, no ledger goes on.</param>
public sealed class LedgerKeys(byte[] master)
{
    private const string Prefix = "pool.v1/";

    /// <summary>Bytes of the key, and of the seed of a signing key.</summary>
    public const int Length = 32;

    /// <summary>The pseudonym that a holder had before there was a vault: it may have an account under it.</summary>
    public Pseudonym FormerPseudonymOf(Holder holder) => Pseudonym.From(HMACSHA256.HashData(master, Encoding.UTF8.GetBytes($"pool pseudonym v1 {holder}")));

    /// <summary>A street's own, by HKDF (RFC 5869) with SHA-256.</summary>
    public SigningKey SigningKeyOf(StreetId street) => new(
        NameOf(street), HKDF.DeriveKey(HashAlgorithmName.SHA256, master, Length, info: Encoding.UTF8.GetBytes($"pool signing v1 street/{street}")));

    /// <summary>The name of a street's log, and of its keys.</summary>
    public static string NameOf(StreetId street) => $"{Prefix}streets/{street}/ledger";

    /// <summary>The resource name of the ledger whose log, or key, has a name.</summary>
    public static string LedgerOf(string name) => name[Prefix.Length..];
}
