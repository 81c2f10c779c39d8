using System.Collections.Immutable;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;

namespace Pool.Matching;

/// <summary>An offer in the index, with the revision of its terms.</summary>
[GenerateSerializer, Immutable, Alias("pool.IndexedOffer")]
public sealed record IndexedOffer([property: Id(0)] OfferTerms Terms, [property: Id(1)] long Revision);

/// <summary>
/// The offers of one street by skill, and what is known of their partners. It may lag behind; the partner alone
/// decides whether it has time.
/// </summary>
[GenerateSerializer, Immutable, Alias("pool.OfferIndex")]
public sealed record OfferIndex
{
    public static OfferIndex Empty { get; } = new();

    [Id(0)]
    public ImmutableDictionary<SkillCode, ImmutableDictionary<OfferId, IndexedOffer>> BySkill { get; init; } =
        ImmutableDictionary<SkillCode, ImmutableDictionary<OfferId, IndexedOffer>>.Empty;

    [Id(1)]
    public ImmutableDictionary<OfferId, SkillCode> SkillOf { get; init; } = ImmutableDictionary<OfferId, SkillCode>.Empty;

    [Id(2)]
    public ImmutableDictionary<PartnerId, PartnerFacts> Partners { get; init; } = ImmutableDictionary<PartnerId, PartnerFacts>.Empty;

    public IEnumerable<IndexedOffer> Of(SkillCode skill) => BySkill.TryGetValue(skill, out var offers) ? offers.Values : [];

    public long RevisionOf(OfferId offer) => SkillOf.TryGetValue(offer, out var skill) ? BySkill[skill][offer].Revision : 0;

    public OfferIndex With(PartnerFacts facts) => this with { Partners = Partners.SetItem(facts.Partner, facts) };

    public OfferIndex With(IndexedOffer offer)
    {
        var without = Without(offer.Terms.Offer);
        var offers = without.BySkill.GetValueOrDefault(offer.Terms.Skill, ImmutableDictionary<OfferId, IndexedOffer>.Empty);
        return without with
        {
            BySkill = without.BySkill.SetItem(offer.Terms.Skill, offers.SetItem(offer.Terms.Offer, offer)),
            SkillOf = without.SkillOf.SetItem(offer.Terms.Offer, offer.Terms.Skill),
        };
    }

    public OfferIndex Without(OfferId offer) => !SkillOf.TryGetValue(offer, out var skill)
        ? this
        : this with { BySkill = BySkill.SetItem(skill, BySkill[skill].Remove(offer)), SkillOf = SkillOf.Remove(offer) };
}
