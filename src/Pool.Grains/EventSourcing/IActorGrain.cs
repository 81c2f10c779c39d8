namespace Pool.EventSourcing;

/// <summary>What every event-sourced actor answers to besides its own verbs. Its grain id is its stream's name.</summary>
[Alias("pool.IActorGrain")]
public interface IActorGrain : IGrainWithStringKey
{
    /// <summary>Does what is due: decides what time has brought and carries out the steps that are owed.</summary>
    [Alias("Wake")]
    Task Wake();
}
