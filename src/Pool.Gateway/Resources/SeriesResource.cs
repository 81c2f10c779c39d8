using Pool.Actors;
using Pool.Gateway.Requests;
using Pool.Series;
using Pool.Values;

namespace Pool.Gateway.Resources;

internal static class SeriesResource
{
    private static readonly Minutes UsualPostAhead = Minutes.FromHours(24 * 7);

    public static V1.Series Write(DemandSeries series, long version) => new()
    {
        Name = ResourceNames.Of(series.Community, series.Id),
        Each = DemandResource.Write(series.Community.Street, series.Terms!.Each),
        Rule = series.Terms.Rule,
        PostAheadMinutes = series.Terms.PostAhead.Value,
        SamePeople = series.Terms.SamePeople,
        Running = series.IsRunning,
        Occurrences =
        {
            series.Occurrences.Select(occurrence => new V1.Occurrence
            {
                Number = occurrence.Number,
                StartTime = Instants.Write(occurrence.Start),
                Demand = occurrence.Demand is { } demand ? ResourceNames.Of(series.Community, demand) : "",
                Refusal = occurrence.Refused is { } refused ? RefusalTable.Code(refused) : "",
            }),
        },
        NextStartTime = series.IsRunning ? Instants.Write(series.NextStart) : null,
        NextPostTime = Instants.Write(series.DueAt),
        CreateTime = Instants.Write(series.BegunAt),
        Etag = Etags.Write(version),
    };

    /// <param name="home">The community that asks; blank where the request names none.</param>
    public static SeriesTerms Terms(Reading reading, CommunityId home, V1.Series series) => new(
        DemandResource.Terms(reading, home, reading.Required("series.each", series.Each), "series.each"),
        series.Rule,
        series.PostAheadMinutes == 0 ? UsualPostAhead : new(series.PostAheadMinutes),
        series.SamePeople);
}
