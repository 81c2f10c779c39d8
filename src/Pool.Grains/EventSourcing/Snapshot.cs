namespace Pool.EventSourcing;

/// <summary>A cache of a stream's prefix; it may be deleted at any time.</summary>
[GenerateSerializer, Immutable, Alias("pool.Snapshot`1")]
public sealed class Snapshot<TState> where TState : class
{
    [Id(0)] public long Version { get; init; }

    [Id(1)] public TState? State { get; init; }

    [Id(2)] public Receipt[] Receipts { get; init; } = [];

    /// <summary>Of the stream's first event.</summary>
    [Id(3)] public string? TraceParent { get; init; }

    /// <summary>As which shape the state was written; what has another is not read.</summary>
    [Id(4)] public int Shape { get; init; }
}
