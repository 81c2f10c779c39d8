using Pool.Actors;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.Values;

namespace Pool.Communities;

[Alias("pool.ICommunityGrain")]
public interface ICommunityGrain : IActorGrain
{
    [Alias("Open")]
    Task<Answer<Community>> Open(string name, Command command);

    [Alias("Rename")]
    Task<Answer<Community>> Rename(string name, Command command);

    [Alias("Get")]
    Task<Answer<Community>> Get();

    /// <summary>Begins a demand's stream; the demand's id is the command's request id.</summary>
    [Alias("PostDemand")]
    Task<Answer<Demand>> PostDemand(DemandTerms terms, Command command);

    /// <summary>What would happen if the demand were posted now. Nothing is written.</summary>
    /// <param name="demand">A fresh id.</param>
    [Alias("PreviewDemand"), ResponseTimeout(Patience.ForLongVerbs)]
    Task<Answer<DemandPreview>> PreviewDemand(DemandId demand, DemandTerms terms);
}
