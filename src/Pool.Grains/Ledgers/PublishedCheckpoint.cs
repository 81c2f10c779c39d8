namespace Pool.Ledgers;

/// <summary>A checkpoint of a street's log that was published.</summary>
/// <param name="Size">The entries that it has.</param>
/// <param name="Note">The signed note: signed by the street, and by its witnesses; empty where nothing was published yet.</param>
[GenerateSerializer, Immutable, Alias("pool.PublishedCheckpoint")]
public sealed record PublishedCheckpoint([property: Id(0)] long Size, [property: Id(1)] string Note)
{
    public static PublishedCheckpoint None { get; } = new(0, "");
}
