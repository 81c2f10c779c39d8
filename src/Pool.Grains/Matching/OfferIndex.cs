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

    /// <summary>What was searched for already, laid out in a row: a search touches little memory, however many streets there are.</summary>
    [NonSerialized]
    private Dictionary<SkillCode, OfferRow[]>? _rows;

    public OfferIndex()
    {
    }

    /// <summary>An index with other offers lays out its rows anew.</summary>
    private OfferIndex(OfferIndex original)
    {
        BySkill = original.BySkill;
        SkillOf = original.SkillOf;
        Partners = original.Partners;
    }

    /// <summary>The offers of a skill whose partners are known, in the order of their ids. For one thread at a time.</summary>
    public ReadOnlySpan<OfferRow> Of(SkillCode skill)
    {
        _rows ??= [];
        if (!_rows.TryGetValue(skill, out var rows))
        {
            _rows[skill] = rows = OfferRow.LayOut(BySkill.GetValueOrDefault(skill, ImmutableDictionary<OfferId, IndexedOffer>.Empty), Partners);
        }

        return rows;
    }

    public long RevisionOf(OfferId offer) => SkillOf.TryGetValue(offer, out var skill) ? BySkill[skill][offer].Revision : 0;

    public OfferIndex With(PartnerFacts facts)
    {
        var with = this with { Partners = Partners.SetItem(facts.Partner, facts) };
        if (Partners.ContainsKey(facts.Partner) && _rows is not null)
        {
            with._rows = _rows.ToDictionary(skill => skill.Key, skill => With(skill.Value, facts));
        }

        return with;
    }

    /// <summary>Of a partner who serves, facts change all the time: its rows alone are made anew.</summary>
    private static OfferRow[] With(OfferRow[] rows, PartnerFacts facts)
    {
        OfferRow[]? changed = null;
        for (var row = 0; row < rows.Length; row++)
        {
            if (rows[row].PartnerId == facts.Partner)
            {
                changed ??= [.. rows];
                changed[row] = rows[row].With(facts);
            }
        }

        return changed ?? rows;
    }

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
