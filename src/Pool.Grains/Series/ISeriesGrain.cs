using Pool.Actors;
using Pool.EventSourcing;
using Pool.Values;

namespace Pool.Series;

[Alias("pool.ISeriesGrain")]
public interface ISeriesGrain : IActorGrain
{
    [Alias("Begin")]
    Task<Answer<DemandSeries>> Begin(CommunityId home, SeriesTerms terms, Command command);

    [Alias("Get")]
    Task<Answer<DemandSeries>> Get();

    /// <summary>No more demands are posted; those that were stay.</summary>
    [Alias("End")]
    Task<Answer<DemandSeries>> End(string why, Command command);
}
