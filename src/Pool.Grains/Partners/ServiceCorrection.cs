using Pool.Values;

namespace Pool.Partners;

/// <summary>A service that was counted with other minutes than those that are right.</summary>
/// <param name="Number">Which correction of it, from 1 on: each is counted once.</param>
/// <param name="Quarter">The quarter in which it was counted, as in <see cref="Values.Quarter"/>.</param>
/// <param name="Before">Minutes of all its people together, as they were counted.</param>
/// <param name="After">As they are right.</param>
[GenerateSerializer, Immutable, Alias("pool.ServiceCorrection")]
public sealed record ServiceCorrection(
    [property: Id(0)] HoldId Hold, [property: Id(1)] int Number, [property: Id(2)] int Quarter, [property: Id(3)] Minutes Before, [property: Id(4)] Minutes After)
{
    /// <summary>What a count comes to with it; never less than nothing, should the service have been counted in another quarter.</summary>
    public Minutes Of(Minutes counted) => new(Math.Max(0, checked(counted.Value + After.Value - Before.Value)));
}
