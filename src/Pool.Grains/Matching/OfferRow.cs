using Pool.Offers;
using Pool.Partners;
using Pool.Values;

namespace Pool.Matching;

/// <summary>When offers are available, once for all that share it.</summary>
public sealed class Availability(OfferTerms terms)
{
    private readonly WeeklyHours _hours = terms.Hours;
    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(terms.Zone);

    public bool Covers(TimeWindow slot) => _hours.Cover(slot, _zone);
}

/// <summary>
/// An offer beside its partner, as a search reads them. What filters and ranking ask for lies in the row itself: a
/// search goes through one piece of memory, whatever else the silo holds.
/// </summary>
public readonly struct OfferRow
{
    private readonly int _quarter;
    private readonly Minutes _served;

    private OfferRow(OfferTerms terms, PartnerFacts partner, CommunityId community, Availability availability)
    {
        Terms = terms;
        Partner = partner;
        PartnerId = partner.Partner;
        Community = community;
        Availability = availability;
        Level = terms.Level;
        Reach = terms.Reach;
        FeeMode = terms.FeeMode;
        Notice = terms.Notice;
        Suspended = partner.Suspended;
        CentiStars = partner.CentiStars;
        Services = partner.Services;
        _quarter = partner.QuarterNumber;
        _served = partner.Served;
    }

    public OfferTerms Terms { get; }

    public PartnerFacts Partner { get; }

    public PartnerId PartnerId { get; }

    public CommunityId Community { get; }

    public Availability Availability { get; }

    public int Level { get; }

    public int Reach { get; }

    public FeeMode FeeMode { get; }

    public Minutes Notice { get; }

    public bool Suspended { get; }

    public int CentiStars { get; }

    public int Services { get; }

    /// <inheritdoc cref="PartnerFacts.MinutesIn"/>
    public Minutes MinutesIn(int quarter) => quarter == _quarter ? _served : Minutes.Zero;

    /// <summary>The same offer beside its partner as it is now; the name of a community is kept once for all.</summary>
    public OfferRow With(PartnerFacts partner) => new(Terms, partner, partner.Community == Community ? Community : partner.Community, Availability);

    /// <summary>The offers whose partners are known, in the order of their ids.</summary>
    public static OfferRow[] LayOut(IEnumerable<KeyValuePair<OfferId, IndexedOffer>> offers, IReadOnlyDictionary<PartnerId, PartnerFacts> partners)
    {
        var communities = new Dictionary<CommunityId, CommunityId>();
        var availabilities = new Dictionary<(WeeklyHours, string), Availability>();
        var rows = new List<OfferRow>();
        foreach (var (id, offer) in offers.OrderBy(offer => offer.Key))
        {
            var terms = offer.Terms;
            if (!partners.TryGetValue(id.Partner, out var partner))
            {
                continue;
            }

            if (!availabilities.TryGetValue((terms.Hours, terms.Zone), out var availability))
            {
                availabilities[(terms.Hours, terms.Zone)] = availability = new(terms);
            }

            communities.TryAdd(partner.Community, partner.Community);
            rows.Add(new(terms, partner, communities[partner.Community], availability));
        }

        return [.. rows];
    }
}
