using System.Collections.Immutable;
using System.Globalization;
using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Gateway.Requests;
using Pool.Streets;
using Pool.Values;

namespace Pool.Gateway.Resources;

internal static class StreetResource
{
    public static V1.Street Write(StreetProfile street, long version) => new()
    {
        Name = ResourceNames.Of(street.Id),
        DisplayName = street.Name,
        Neighbours = { street.Neighbours.Select(ResourceNames.Of) },
        Policy = new V1.DispatchPolicy
        {
            ProposalExpiryMinutes = street.Policy.ProposalExpiry.Value,
            RingDwellMinutes = street.Policy.RingDwell.Value,
            RetryAfterMinutes = street.Policy.RetryAfter.Value,
            Urgent = Write(street.Policy.Urgent),
            Emergency = Write(street.Policy.Emergency),
            TrialServices = street.Policy.TrialServices,
            RoundEveryMinutes = street.Policy.RoundEvery.Value,
            RoundStreet = street.Policy.RoundStreet is { } convening ? ResourceNames.Of(convening) : "",
        },
        Treaties = { street.Treaties.Values.Select(TreatyResource.Write) },
        Holidays = { street.Holidays.Select(day => day.ToString("O", CultureInfo.InvariantCulture)) },
        Etag = Etags.Write(version),
    };

    public static V1.GapForecast Write(GapForecast forecast) => new()
    {
        Partners = forecast.Cover.Partners,
        PartnersByLevel = { forecast.Cover.ByLevel },
        OnlyPartner = forecast.Cover.Only is { } only ? ResourceNames.Of(only.Home, only.Partner) : "",
        EndingCertificates =
        {
            forecast.Cover.Ending.Select(ending => new V1.EndingCertificate
            {
                Partner = ResourceNames.Of(ending.Community, ending.Partner),
                Level = ending.Certificate.Level,
                ExpireTime = Instants.Write(ending.Certificate.Expires),
            }),
        },
        OpenSeats = forecast.OpenSeats,
        MissedSeats = forecast.MissedSeats,
        NearestLender = forecast.Nearest is { } nearest
            ? new() { Street = ResourceNames.Of(nearest.Street), Ring = nearest.Ring, Partners = nearest.Partners, Lends = nearest.Lends }
            : null,
    };

    public static ImmutableArray<StreetId> Neighbours(V1.Street street) =>
        [.. street.Neighbours.Select(name => ResourceNames.Street("street.neighbours", name)).Distinct().OrderBy(id => id.Text, StringComparer.Ordinal)];

    /// <summary>In order, each once.</summary>
    public static ImmutableArray<DateOnly> Holidays(V1.Street street) =>
        [.. street.Holidays.Select(text => DateOnly.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw new RefusedException(RefusalReason.FieldInvalid, "street.holidays", "YYYY-MM-DD")).Distinct().Order()];

    /// <summary>What is left out of a policy takes its default.</summary>
    public static DispatchPolicy Policy(V1.DispatchPolicy? policy) => policy is null
        ? DispatchPolicy.Default
        : new(
            policy.ProposalExpiryMinutes == 0 ? DispatchPolicy.Default.ProposalExpiry : new(policy.ProposalExpiryMinutes),
            new(policy.RingDwellMinutes),
            policy.RetryAfterMinutes == 0 ? DispatchPolicy.Default.RetryAfter : new(policy.RetryAfterMinutes))
        {
            Urgent = Pace(policy.Urgent, DispatchPolicy.Default.Urgent),
            Emergency = Pace(policy.Emergency, DispatchPolicy.Default.Emergency),
            TrialServices = policy.TrialServices,
            RoundEvery = policy.RoundEveryMinutes == 0 ? DispatchPolicy.Default.RoundEvery : new(policy.RoundEveryMinutes),
            RoundStreet = policy.RoundStreet.Length == 0 ? null : ResourceNames.Street("street.policy.round_street", policy.RoundStreet),
        };

    private static DispatchPace Pace(V1.DispatchPace? pace, DispatchPace usual) => pace is null
        ? usual
        : new(pace.ProposalExpiryMinutes == 0 ? usual.ProposalExpiry : new(pace.ProposalExpiryMinutes), new(pace.RingDwellMinutes));

    private static V1.DispatchPace Write(DispatchPace pace) =>
        new() { ProposalExpiryMinutes = pace.ProposalExpiry.Value, RingDwellMinutes = pace.RingDwell.Value };
}
