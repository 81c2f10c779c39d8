using System.Collections.Immutable;
using Pool.Proofs;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>A certified service: unpaid minutes that stand in the service record.</summary>
/// <param name="Entry">The number of its entry; its receipt proves it.</param>
/// <param name="Date">The day on which it was recorded, by the pool's zone.</param>
/// <param name="Minutes">Of all the partner's people together.</param>
[GenerateSerializer, Immutable, Alias("pool.CertifiedService")]
public sealed record CertifiedService(
    [property: Id(0)] long Entry,
    [property: Id(1)] DateOnly Date,
    [property: Id(2)] CommunityId Community,
    [property: Id(3)] string CommunityName,
    [property: Id(4)] SkillCode Skill,
    [property: Id(5)] string SkillNameZh,
    [property: Id(6)] string SkillNameEn,
    [property: Id(7)] Minutes Minutes);

/// <summary>
/// What a street certifies of a partner's unpaid service (志愿服务记录证明): all that stands in its record, and nothing that was
/// corrected away.
/// </summary>
/// <param name="Minutes">Of all services together.</param>
/// <param name="LogSize">The entries of the street's log when it was issued.</param>
/// <param name="LogRoot">The root of their Merkle tree, in base64.</param>
[GenerateSerializer, Immutable, Alias("pool.ServiceCertificate")]
public sealed record ServiceCertificate(
    [property: Id(0)] StreetId Street,
    [property: Id(1)] string StreetName,
    [property: Id(2)] CommunityId Community,
    [property: Id(3)] PartnerId Partner,
    [property: Id(4)] string Name,
    [property: Id(5)] DateTimeOffset IssuedAt,
    [property: Id(6)] Minutes Minutes,
    [property: Id(7)] ImmutableArray<CertifiedService> Services,
    [property: Id(8)] long LogSize,
    [property: Id(9)] string LogRoot)
{
    /// <summary>What the signature's header calls it.</summary>
    public const string Type = "pool-service-certificate+json";

    /// <summary>The hours from which on a partner has one star, two, up to five: 《志愿服务记录办法》 (民政部, 2012).</summary>
    private static readonly ImmutableArray<int> StarHours = [100, 300, 600, 1_000, 1_500];

    public static int MostStars => StarHours.Length;

    /// <summary>0 to 5.</summary>
    public int Stars => StarHours.Count(hours => Minutes >= Minutes.FromHours(hours));

    /// <summary>The entries that stand: what a later one has undone does not, nor does what undid it, nor what took no time.</summary>
    public static ImmutableArray<ListedEntry> Standing(IEnumerable<ListedEntry> entries)
    {
        var all = entries.ToList();
        var undone = all.Select(entry => entry.Reverses).OfType<long>().ToHashSet();
        return [.. all.Where(entry => entry is { Reverses: null, Service.Minutes.Value: > 0 } && !undone.Contains(entry.Number))];
    }
}

/// <summary>A certificate, and the same signed by the street.</summary>
[GenerateSerializer, Immutable, Alias("pool.IssuedCertificate")]
public sealed record IssuedCertificate([property: Id(0)] ServiceCertificate Certificate, [property: Id(1)] SignedJson Signed);
