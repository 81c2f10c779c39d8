using Pool.Gateway.Requests;
using Pool.Offers;
using Pool.Values;

namespace Pool.Gateway.Resources;

internal static class OfferResource
{
    public static V1.Offer Write(Offer offer, long version) => new()
    {
        Name = ResourceNames.Of(offer.Community, offer.Terms!.Offer),
        Skill = ResourceNames.Of(offer.Terms.Skill),
        Level = offer.Terms.Level,
        Hours = { HoursText.Write(offer.Terms.Hours) },
        TimeZone = offer.Terms.Zone,
        Capacity = offer.Terms.Capacity,
        FeeMode = (V1.FeeMode)offer.Terms.FeeMode,
        Reach = offer.Terms.Reach,
        NoticeMinutes = offer.Terms.Notice.Value,
        ServesOnHolidays = offer.Terms.ServesOnHolidays,
        Withdrawn = offer.Withdrawn,
        CreateTime = Instants.Write(offer.MadeAt),
        Etag = Etags.Write(version),
    };

    public static OfferTerms Terms(Reading reading, OfferId id, V1.Offer offer) => new(
        id,
        reading.Of(ResourceNames.Skill, "offer.skill", offer.Skill),
        offer.Level,
        reading.Of(HoursText.Read, "offer.hours", offer.Hours),
        Zone(offer),
        Capacity(offer),
        (FeeMode)offer.FeeMode,
        offer.Reach,
        new(offer.NoticeMinutes))
    {
        ServesOnHolidays = offer.ServesOnHolidays,
    };

    public static string Zone(V1.Offer offer) => offer.TimeZone.Length == 0 ? Clock.DefaultZone : offer.TimeZone;

    /// <summary>One when it is left out.</summary>
    public static int Capacity(V1.Offer offer) => offer.Capacity == 0 ? 1 : offer.Capacity;
}
