using Pool.Ledgers;
using Pool.Proofs;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>Entries as lists keep them, from which proofs are made.</summary>
public sealed class ListedEntryTests
{
    private const int Entries = 70;

    private static readonly SomeLog Log = new(Entries);

    [Fact]
    public void Every_entry_of_every_size_of_the_log_can_be_proven_from_what_lists_keep()
    {
        for (var size = 1; size <= Entries; size++)
        {
            for (var index = 0; index < size; index++)
            {
                Assert.True(MerkleProof.Includes(Log.Root(size), size, index, Log[index + 1].Nodes[0], Log.Inclusion(index, size)), $"{index} of {size}");
            }
        }
    }

    [Fact]
    public void Every_size_of_the_log_can_be_proven_to_go_on_from_every_older_one()
    {
        for (var newer = 1; newer <= Entries; newer++)
        {
            for (var older = 1; older <= newer; older++)
            {
                Assert.True(MerkleProof.Extends(Log.Root(older), older, Log.Root(newer), newer, Log.Consistency(older, newer)), $"{older} to {newer}");
            }
        }
    }

    [Fact]
    public void An_entry_is_kept_with_the_subtrees_that_end_with_it() =>
        Assert.Equal([1, 2, 1, 3, 1, 2, 1, 4], Enumerable.Range(1, 8).Select(number => Log[number].Nodes.Length));

    [Fact]
    public async Task What_is_no_entry_is_not_listed() =>
        Assert.Null(await ListedEntry.Of(Some.Street, new TransferReleased(Some.Now, new(Some.Demand, 1)), _ => throw new InvalidOperationException()));
}
