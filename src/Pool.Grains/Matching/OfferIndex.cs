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
/// decides whether it has time. A silo holds it for each of its streets, so that it is small: rows in the order of their
/// ids, and once for all what many of them have in common.
/// </summary>
public sealed class OfferIndex
{
    private readonly ImmutableDictionary<SkillCode, OfferRow[]> _rows;
    private readonly PartnerFacts[] _partners;
    private readonly IndexedOffer[] _early;
    private readonly SharedValues _shared;

    private OfferIndex(ImmutableDictionary<SkillCode, OfferRow[]> rows, PartnerFacts[] partners, IndexedOffer[] early, SharedValues shared) =>
        (_rows, _partners, _early, _shared) = (rows, partners, early, shared);

    public static OfferIndex Empty { get; } = new(ImmutableDictionary<SkillCode, OfferRow[]>.Empty, [], [], SharedValues.Empty);

    /// <summary>The partners, in the order of their ids.</summary>
    public IReadOnlyList<PartnerFacts> Partners => _partners;

    /// <summary>Every offer; those of the same partner and skill one after the other.</summary>
    public IEnumerable<IndexedOffer> Offers => _rows.SelectMany(skill => skill.Value.Select(row => new IndexedOffer(row.Terms(skill.Key), row.Revision))).Concat(_early);

    /// <summary>An index of partners and offers, each of them once.</summary>
    public static OfferIndex Of(IEnumerable<PartnerFacts> partners, IEnumerable<IndexedOffer> offers)
    {
        var shared = SharedValues.Empty;
        var facts = partners.Select(partner => Share(partner, ref shared)).OrderBy(partner => partner.Partner).ToArray();
        var (rows, early) = (new List<(SkillCode Skill, OfferRow Row)>(), new List<IndexedOffer>());
        foreach (var offer in offers)
        {
            if (Find(facts, offer.Terms.Offer.Partner) is { } partner)
            {
                rows.Add((offer.Terms.Skill, Row(offer, partner, ref shared)));
            }
            else
            {
                early.Add(offer);
            }
        }

        var bySkill = rows.GroupBy(row => row.Skill, row => row.Row).ToImmutableDictionary(skill => skill.Key, skill => skill.OrderBy(row => row.Id).ToArray());
        return new(bySkill, facts, [.. early], shared);
    }

    /// <summary>The offers of a skill whose partners are known, in the order of their ids.</summary>
    public ReadOnlySpan<OfferRow> Of(SkillCode skill) => _rows.GetValueOrDefault(skill);

    /// <summary>What is known of a partner; null of one who was not published.</summary>
    public PartnerFacts? Find(PartnerId partner) => Find(_partners, partner);

    /// <summary>An offer's terms; null of one that is not listed.</summary>
    public IndexedOffer? Find(OfferId offer)
    {
        foreach (var (skill, rows) in _rows)
        {
            if (Place(rows, offer) is >= 0 and var place)
            {
                return new(rows[place].Terms(skill), rows[place].Revision);
            }
        }

        return Array.Find(_early, early => early.Terms.Offer == offer);
    }

    /// <summary>In which skills a partner offers something.</summary>
    public IEnumerable<SkillCode> SkillsOf(PartnerId partner) => _rows.Where(skill => RowsOf(skill.Value, partner).Length > 0).Select(skill => skill.Key);

    public OfferIndex With(PartnerFacts facts)
    {
        var (shared, place) = (_shared, Place(_partners, facts.Partner));
        var partner = Share(facts, ref shared);
        var rows = place < 0 ? _rows : _rows.SetItems(_rows.Select(skill => KeyValuePair.Create(skill.Key, With(skill.Value, partner))).Where(skill => skill.Value != _rows[skill.Key]));
        PartnerFacts[] partners = place < 0 ? [.. _partners[..~place], partner, .. _partners[~place..]] : [.. _partners[..place], partner, .. _partners[(place + 1)..]];
        var came = _early.Where(early => early.Terms.Offer.Partner == facts.Partner).ToList();
        return came.Aggregate(new OfferIndex(rows, partners, came.Count == 0 ? _early : [.. _early.Except(came)], shared), (index, offer) => index.With(offer));
    }

    public OfferIndex With(IndexedOffer offer)
    {
        var (without, shared, skill) = (Without(offer.Terms.Offer), _shared, offer.Terms.Skill);
        if (Find(offer.Terms.Offer.Partner) is not { } partner)
        {
            return new(without._rows, _partners, [.. without._early, offer], shared);
        }

        var (row, rows) = (Row(offer, partner, ref shared), without._rows.GetValueOrDefault(skill, []));
        var place = ~Place(rows, offer.Terms.Offer);
        return new(without._rows.SetItem(skill, [.. rows[..place], row, .. rows[place..]]), _partners, without._early, shared);
    }

    public OfferIndex Without(OfferId offer)
    {
        foreach (var (skill, rows) in _rows)
        {
            if (Place(rows, offer) is >= 0 and var place)
            {
                OfferRow[] left = [.. rows[..place], .. rows[(place + 1)..]];
                return new(left.Length == 0 ? _rows.Remove(skill) : _rows.SetItem(skill, left), _partners, _early, _shared);
            }
        }

        return _early.Length == 0 ? this : new(_rows, _partners, [.. _early.Where(early => early.Terms.Offer != offer)], _shared);
    }

    private static PartnerFacts? Find(PartnerFacts[] partners, PartnerId partner) => Place(partners, partner) is >= 0 and var place ? partners[place] : null;

    private static PartnerFacts Share(PartnerFacts partner, ref SharedValues shared) => partner with { Community = SharedValues.Of(partner.Community, ref shared) };

    private static OfferRow Row(IndexedOffer offer, PartnerFacts partner, ref SharedValues shared) => new(
        offer, SharedValues.Of(offer.Terms.Offer.Name, ref shared), SharedValues.Of(offer.Terms.Hours, offer.Terms.Zone, ref shared), partner);

    /// <summary>Of a partner who serves, facts change all the time: its rows alone are made anew.</summary>
    private static OfferRow[] With(OfferRow[] rows, PartnerFacts partner)
    {
        var (first, length) = RowsOf(rows, partner.Partner);
        if (length == 0)
        {
            return rows;
        }

        OfferRow[] changed = [.. rows];
        foreach (ref var row in changed.AsSpan(first, length))
        {
            row = row.With(partner);
        }

        return changed;
    }

    /// <summary>Where a partner's offers stand: one after the other.</summary>
    private static (int First, int Length) RowsOf(OfferRow[] rows, PartnerId partner)
    {
        var first = ~Place(rows, OfferId.Before(partner));
        var end = first;
        while (end < rows.Length && rows[end].PartnerId == partner)
        {
            end++;
        }

        return (first, end - first);
    }

    /// <summary>Where an offer stands, or the complement of where it would.</summary>
    private static int Place(OfferRow[] rows, OfferId offer) => Place(rows.Length, place => rows[place].Id.CompareTo(offer));

    private static int Place(PartnerFacts[] partners, PartnerId partner) => Place(partners.Length, place => partners[place].Partner.CompareTo(partner));

    private static int Place(int count, Func<int, int> compare)
    {
        var (first, end) = (0, count);
        while (first < end)
        {
            var middle = (first + end) / 2;
            switch (compare(middle))
            {
                case 0:
                    return middle;
                case < 0:
                    first = middle + 1;
                    break;
                default:
                    end = middle;
                    break;
            }
        }

        return ~first;
    }
}

/// <summary>Values of which a street has few and its offers many, each kept once.</summary>
internal sealed record SharedValues(
    ImmutableHashSet<CommunityId> Communities, ImmutableHashSet<string> Names, ImmutableDictionary<(WeeklyHours, string), Availability> Availabilities)
{
    public static SharedValues Empty { get; } = new([], [], ImmutableDictionary<(WeeklyHours, string), Availability>.Empty);

    public static CommunityId Of(CommunityId community, ref SharedValues shared)
    {
        if (!shared.Communities.TryGetValue(community, out var same))
        {
            shared = shared with { Communities = shared.Communities.Add(community) };
        }

        return same;
    }

    public static string Of(string name, ref SharedValues shared)
    {
        if (!shared.Names.TryGetValue(name, out var same))
        {
            shared = shared with { Names = shared.Names.Add(name) };
        }

        return same;
    }

    public static Availability Of(WeeklyHours hours, string zone, ref SharedValues shared)
    {
        if (!shared.Availabilities.TryGetValue((hours, zone), out var same))
        {
            same = new(hours, zone);
            shared = shared with { Availabilities = shared.Availabilities.Add((hours, zone), same) };
        }

        return same;
    }
}

/// <summary>An index as it is stored: what it was told.</summary>
[GenerateSerializer, Alias("pool.OfferIndex")]
internal struct StoredOfferIndex
{
    [Id(0)] public PartnerFacts[] Partners;

    [Id(1)] public IndexedOffer[] Offers;
}

[RegisterConverter]
internal sealed class StoredOfferIndexConverter : IConverter<OfferIndex, StoredOfferIndex>
{
    public OfferIndex ConvertFromSurrogate(in StoredOfferIndex surrogate) => OfferIndex.Of(surrogate.Partners, surrogate.Offers);

    public StoredOfferIndex ConvertToSurrogate(in OfferIndex value) => new() { Partners = [.. value.Partners], Offers = [.. value.Offers] };
}
