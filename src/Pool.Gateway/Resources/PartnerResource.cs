using Pool.Gateway.Requests;
using Pool.Partners;
using Pool.Values;

namespace Pool.Gateway.Resources;

internal static class PartnerResource
{
    /// <param name="name">The partner's name in clear.</param>
    public static V1.Partner Write(Partner partner, string name, long version) => new()
    {
        Name = ResourceNames.Of(partner.Community, partner.Id),
        DisplayName = name,
        Kind = (V1.PartnerKind)partner.Profile!.Kind,
        Circle = (V1.Circle)partner.Profile.Circle,
        Mode = (V1.PartnerMode)partner.Profile.Mode,
        Capacity = partner.Capacity,
        Certificates =
        {
            partner.Certificates.Select(held => new V1.Certificate
            {
                Skill = ResourceNames.Of(held.Skill),
                Level = held.Level,
                ExpireTime = Instants.Write(held.Expires),
                Issuer = held.Issuer,
            }),
        },
        Suspended = partner.Suspended,
        Erased = partner.Erased,
        Reservations =
        {
            partner.Calendar.Reservations.Values.OrderBy(reservation => reservation.Slot.Start).Select(reservation => new V1.Reservation
            {
                Hold = reservation.Hold.Text,
                Offer = reservation.Offer.Name,
                StartTime = Instants.Write(reservation.Slot.Start),
                EndTime = Instants.Write(reservation.Slot.End),
                Booked = reservation.IsBooking,
                People = reservation.People,
            }),
        },
        ServedMinutes = { partner.Served.ToDictionary(served => Quarter.Text(served.Key), served => served.Value.Value) },
        CentiStars = partner.Ratings == 0 ? 0 : partner.CentiStars,
        NoShows = partner.NoShows,
        Services = partner.Services,
        Availability = new()
        {
            Away = { partner.Times.Away.Select(Away) },
            WeeklyLimitMinutes = partner.Times.WeeklyLimit.Value,
            RestMinutes = partner.Times.Rest.Value,
            TravelMinutesPerRing = partner.Times.TravelPerRing.Value,
        },
        Busy = { partner.Busy.Select(Away) },
        CreateTime = Instants.Write(partner.RegisteredAt),
        Etag = Etags.Write(version),
    };

    private static V1.AwayTime Away(TimeWindow away) => new() { StartTime = Instants.Write(away.Start), EndTime = Instants.Write(away.End) };

    public static PartnerProfile Profile(V1.Partner partner) =>
        new(partner.DisplayName, (PartnerKind)partner.Kind, (Circle)partner.Circle, (PartnerMode)partner.Mode, Capacity(partner));

    /// <summary>One when it is left out.</summary>
    public static int Capacity(V1.Partner partner) => partner.Capacity == 0 ? 1 : partner.Capacity;

    /// <summary>Times away are kept in their order.</summary>
    public static PartnerTimes Times(Reading reading, V1.Availability availability) => new(
        [.. availability.Away
            .Select(away => new TimeWindow(
                reading.Of(Instants.Read, "availability.away.start_time", away.StartTime), reading.Of(Instants.Read, "availability.away.end_time", away.EndTime)))
            .OrderBy(away => away.Start)],
        new(availability.WeeklyLimitMinutes),
        new(availability.RestMinutes),
        new(availability.TravelMinutesPerRing));

    public static Certificate Certificate(Reading reading, V1.Certificate certificate) => new(
        reading.Of(ResourceNames.Skill, "certificate.skill", certificate.Skill),
        certificate.Level,
        reading.Of(Instants.Read, "certificate.expire_time", certificate.ExpireTime),
        certificate.Issuer);
}
