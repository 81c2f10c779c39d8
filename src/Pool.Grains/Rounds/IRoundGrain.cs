using Pool.Actors;
using Pool.EventSourcing;
using Pool.Values;

namespace Pool.Rounds;

/// <summary>The rounds of one street; the key is the street's code.</summary>
[Alias("pool.IRoundGrain")]
public interface IRoundGrain : IActorGrain
{
    /// <summary>The demand waits for the next round; idempotent.</summary>
    /// <returns>When it begins.</returns>
    [Alias("Join")]
    Task<DateTimeOffset> Join(DemandId demand);

    /// <summary>Holds the round at once; the answer leaves when it has begun.</summary>
    [Alias("Run")]
    Task<Answer<Round>> Run(Command command);

    [Alias("Get")]
    Task<Answer<Round>> Get();
}
