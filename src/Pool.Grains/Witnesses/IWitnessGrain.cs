using Pool.EventSourcing;

namespace Pool.Witnesses;

/// <summary>A street as the witness of other streets' logs.</summary>
[Alias("pool.IWitnessGrain")]
public interface IWitnessGrain : IActorGrain
{
    /// <summary>Less than callers wait who ask for what is being signed.</summary>
    const string Patience = "00:00:00.8";

    /// <summary>Signs a checkpoint that goes on from what the witness has seen of its log; what it has seen is durable before.</summary>
    [Alias("Cosign"), ResponseTimeout(Patience)]
    Task<WitnessAnswer> Cosign(WitnessRequest request);
}
