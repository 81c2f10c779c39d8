using System.Collections.Immutable;
using Pool.EventSourcing;
using Pool.Ledgers;
using Pool.Proofs;
using Pool.Values;

namespace Pool.Views;

/// <summary>
/// Entries of ledgers, and proofs over their logs, from the views: each entry is kept with the roots of the subtrees that it
/// completes, so that a proof reads as many rows as the tree is high, and at most twice that, and not the log.
/// </summary>
public sealed class EntryLog(IViewStore views)
{
    /// <summary>An entry; null where the views do not have it.</summary>
    /// <param name="minPosition">The views must have followed the journal at least to here.</param>
    /// <exception cref="TimeoutException">The views did not reach the position in time.</exception>
    public async Task<ListedEntry?> Find(StreetId street, long number, long minPosition)
    {
        var key = ListedEntry.Key(street, number);
        return (await views.Find<ListedEntry>([key], minPosition)).GetValueOrDefault(key);
    }

    /// <summary>Proves that a leaf stands in the log of a size (RFC 6962, section 2.1.1).</summary>
    /// <param name="index">From 0 on: an entry's number less one.</param>
    public Task<ImmutableArray<MerkleHash>> Inclusion(StreetId street, long index, long size, long minPosition) =>
        Hashes(street, LeafRange.Inclusion(index, size), minPosition);

    /// <summary>Proves that the log of a size begins with that of an older one (RFC 6962, section 2.1.2).</summary>
    /// <param name="older">0 to <paramref name="newer"/>.</param>
    public Task<ImmutableArray<MerkleHash>> Consistency(StreetId street, long older, long newer, long minPosition) =>
        Hashes(street, older == 0 ? [] : LeafRange.Consistency(older, newer), minPosition);

    private async Task<ImmutableArray<MerkleHash>> Hashes(StreetId street, ImmutableArray<LeafRange> ranges, long minPosition)
    {
        var entries = await views.Find<ListedEntry>([.. ranges.SelectMany(range => range.Nodes).Select(node => ListedEntry.KeyOf(street, node)).Distinct()], minPosition);
        return [.. ranges.Select(range => range.Hash(HashOf))];

        MerkleHash HashOf(MerkleNode node) =>
            entries.TryGetValue(ListedEntry.KeyOf(street, node), out var entry) ? entry.Nodes[node.Level] : throw new JournalUnavailableException($"The views of ledger {street} are being built.");
    }
}
