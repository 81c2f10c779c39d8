namespace Pool.Ledgers;

/// <summary>What a service would cost, by which rates.</summary>
[GenerateSerializer, Immutable, Alias("pool.Quote")]
public sealed record Quote([property: Id(0)] Price Price, [property: Id(1)] Amounts Amounts);
