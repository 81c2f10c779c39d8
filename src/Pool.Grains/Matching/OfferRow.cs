using System.Runtime.InteropServices;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;

namespace Pool.Matching;

/// <summary>When offers are available, once for all that share it.</summary>
public sealed class Availability(WeeklyHours hours, string zone)
{
    public WeeklyHours Hours => hours;

    public string Zone => zone;

    /// <summary>The same for all of one zone.</summary>
    public TimeZoneInfo Local { get; } = TimeZoneInfo.FindSystemTimeZoneById(zone);

    /// <param name="touched">The local half-hours that a slot touches.</param>
    public bool Covers(in WeeklyHours touched) => hours.Include(touched);

    public bool Covers(TimeWindow slot) => Covers(WeeklyHours.Of(slot, Local));
}

/// <summary>
/// An offer beside its partner, as a search reads them. What filters and ranking ask of most offers lies in the row itself: a
/// search goes through one piece of memory, whatever else the silo holds. A pool has millions of rows, so they are as
/// small as their values allow (<see cref="Limits"/>).
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct OfferRow
{
    private readonly string _name;
    private readonly int _notice;
    private readonly int _quarter;
    private readonly long _served;
    private readonly int _services;
    private readonly short _centiStars;
    private readonly short _capacity;
    private readonly short _community;
    private readonly byte _level;
    private readonly byte _reach;
    private readonly byte _feeMode;
    private readonly bool _servesOnHolidays;
    private readonly bool _suspended;
    private readonly bool _goesAway;

    /// <param name="name">The offer's own, and no other with the same text.</param>
    internal OfferRow(IndexedOffer offer, string name, Availability availability, PartnerFacts partner)
    {
        var terms = offer.Terms;
        _name = name;
        Availability = availability;
        Revision = offer.Revision;
        _level = checked((byte)terms.Level);
        _capacity = checked((short)terms.Capacity);
        _feeMode = checked((byte)terms.FeeMode);
        _reach = checked((byte)terms.Reach);
        _notice = checked((int)terms.Notice.Value);
        _servesOnHolidays = terms.ServesOnHolidays;
        (Partner, _community, _suspended, _centiStars, _services, _quarter, _served, _goesAway) = Of(partner);
    }

    private OfferRow(in OfferRow offer, PartnerFacts partner)
    {
        this = offer;
        (Partner, _community, _suspended, _centiStars, _services, _quarter, _served, _goesAway) = Of(partner);
    }

    public OfferId Id => new(Partner.Partner, _name);

    public PartnerFacts Partner { get; }

    public PartnerId PartnerId => Partner.Partner;

    public CommunityId Community => Partner.Community;

    /// <summary>Which of the street's communities is the partner's: <see cref="CommunityId.Number"/>.</summary>
    public int CommunityNumber => _community;

    public Availability Availability { get; }

    /// <summary>Of the terms.</summary>
    public long Revision { get; }

    public int Level => _level;

    public int Capacity => _capacity;

    public int Reach => _reach;

    public FeeMode FeeMode => (FeeMode)_feeMode;

    public Minutes Notice => new(_notice);

    public bool ServesOnHolidays => _servesOnHolidays;

    public bool Suspended => _suspended;

    public int CentiStars => _centiStars;

    public int Services => _services;

    /// <summary>Whether there are times when the partner is not there.</summary>
    public bool GoesAway => _goesAway;

    /// <inheritdoc cref="PartnerFacts.MinutesIn"/>
    public Minutes MinutesIn(int quarter) => quarter == _quarter ? new(_served) : Minutes.Zero;

    /// <summary>The terms as they were listed.</summary>
    public OfferTerms Terms(SkillCode skill) =>
        new(Id, skill, Level, Availability.Hours, Availability.Zone, Capacity, FeeMode, Reach, Notice) { ServesOnHolidays = ServesOnHolidays };

    /// <summary>The same offer beside its partner as it is now.</summary>
    internal OfferRow With(PartnerFacts partner) => new(this, partner);

    private static (PartnerFacts, short, bool, short, int, int, long, bool) Of(PartnerFacts partner) => (
        partner, checked((short)partner.Community.Number), partner.Suspended, checked((short)partner.CentiStars), partner.Services, partner.QuarterNumber, partner.Served.Value, !partner.Away.IsEmpty);
}
