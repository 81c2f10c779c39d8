using Pool.EventSourcing;

namespace Pool.Witnesses;

/// <summary>A street as the witness of other streets' logs.</summary>
[Alias("pool.IWitnessGrain")]
public interface IWitnessGrain : IActorGrain
{
    /// <summary>Signs a checkpoint that goes on from what the witness has seen of its log; what it has seen is durable before.</summary>
    [Alias("Cosign")]
    Task<WitnessAnswer> Cosign(WitnessRequest request);
}
