using System.Collections.Immutable;
using Pool.Partners;
using Pool.Values;

namespace Pool.Matching;

/// <summary>A certificate that ends soon.</summary>
[GenerateSerializer, Immutable, Alias("pool.EndingCertificate")]
public sealed record EndingCertificate([property: Id(0)] PartnerId Partner, [property: Id(1)] CommunityId Community, [property: Id(2)] Certificate Certificate);

/// <summary>Who of a street can serve in a skill now: nobody who is suspended, or lacks the certificate that the skill needs.</summary>
/// <param name="ByLevel">How many partners have at least level 1, 2, … 5.</param>
/// <param name="Only">The one partner who can, with its community; null where there are more, or none.</param>
/// <param name="Ending">Their certificates of the skill that end within the horizon, the first first.</param>
[GenerateSerializer, Immutable, Alias("pool.SkillCover")]
public sealed record SkillCover(
    [property: Id(0)] StreetId Street,
    [property: Id(1)] ImmutableArray<int> ByLevel,
    [property: Id(2)] RegisteredPartner? Only,
    [property: Id(3)] ImmutableArray<EndingCertificate> Ending)
{
    public int Partners => ByLevel[0];

    /// <param name="until">The end of the horizon.</param>
    public static SkillCover Of(StreetId street, OfferIndex index, SkillCode skill, bool requiresCertificate, DateTimeOffset now, DateTimeOffset until)
    {
        var levels = new Dictionary<PartnerId, (int Level, PartnerFacts Facts)>();
        foreach (ref readonly var offer in index.Of(skill))
        {
            if (!offer.Suspended && (!requiresCertificate || offer.Partner.Holds(skill, offer.Level, now)))
            {
                levels[offer.PartnerId] = (Math.Max(offer.Level, levels.GetValueOrDefault(offer.PartnerId).Level), offer.Partner);
            }
        }

        var ending = levels.Values
            .SelectMany(able => able.Facts.Certificates.Select(certificate => new EndingCertificate(able.Facts.Partner, able.Facts.Community, certificate)))
            .Where(held => held.Certificate.Skill == skill && held.Certificate.Expires >= now && held.Certificate.Expires < until)
            .OrderBy(held => held.Certificate.Expires).ThenBy(held => held.Partner);
        var facts = levels.Count == 1 ? levels.Values.Single().Facts : null;
        return new(
            street,
            [.. Enumerable.Range(1, Limits.Level).Select(level => levels.Values.Count(able => able.Level >= level))],
            facts is null ? null : new(facts.Community, facts.Partner),
            [.. ending]);
    }
}
