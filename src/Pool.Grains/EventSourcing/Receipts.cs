namespace Pool.EventSourcing;

/// <summary>What is kept of an answered command.</summary>
[GenerateSerializer, Immutable, Alias("pool.Receipt")]
public readonly record struct Receipt([property: Id(0)] Guid RequestId, [property: Id(1)] long Fingerprint, [property: Id(2)] long Version);

/// <summary>The commands that one actor has answered with events: each is answered the same again, and never done twice.</summary>
internal sealed class Receipts
{
    private readonly Dictionary<Guid, Receipt> _kept = [];

    public int Count => _kept.Count;

    /// <summary>A command's events end at a version; its answer is the state there.</summary>
    public void Keep(Receipt receipt) => _kept[receipt.RequestId] = receipt;

    /// <summary>What was answered to a command, by its request's id; null when it is new.</summary>
    public Receipt? Of(Guid request) => _kept.TryGetValue(request, out var receipt) ? receipt : null;

    public Receipt[] UpTo(long version) => [.. _kept.Values.Where(receipt => receipt.Version <= version)];
}
