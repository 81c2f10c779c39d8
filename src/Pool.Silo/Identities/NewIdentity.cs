using System.Collections.Immutable;
using System.Security.Cryptography;
using Pool.Identities;
using Pool.Ledgers;

namespace Pool.Silo.Identities;

/// <summary>Identities are made of chance, so that nothing but the vault tells whose they are.</summary>
internal static class NewIdentity
{
    /// <param name="former">The pseudonym that the holder has already; null where it has none.</param>
    public static Identity Of(Pseudonym? former) =>
        new(former ?? Pseudonym.From(RandomNumberGenerator.GetBytes(Pseudonym.Length)), ImmutableArray.Create(RandomNumberGenerator.GetBytes(Identity.KeyLength)));
}
