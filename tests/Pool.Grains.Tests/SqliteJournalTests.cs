using Pool.EventSourcing;
using Pool.Silo.Hosting;
using Xunit;

namespace Pool.Grains.Tests;

/// <summary>The journal in a SQLite file.</summary>
public sealed class SqliteJournalTests : JournalContract
{
    private readonly SqliteStore _folder = new();

    protected override Task<JournalStore> Create() => Task.FromResult<JournalStore>(_folder);

    [Fact]
    public async Task A_folder_holds_a_pool_when_its_journal_has_an_event()
    {
        var journal = await Store.Open();
        Assert.False(DataFolder.HoldsPool(_folder.Path));
        await journal.Append(JournalStore.Renames("community/a", 0));
        await Store.Close(journal);
        Assert.True(DataFolder.HoldsPool(_folder.Path));
    }

    [Fact]
    public async Task A_file_of_the_first_schema_is_taken_over_with_its_streams_and_wake_ups()
    {
        _folder.WriteFirstSchema(("community/a", 1, null), ("community/b", 1, JournalStore.Now), ("community/a", 2, JournalStore.Now.AddHours(1)));
        var journal = await Store.Open();
        Assert.Equal(3, journal.Head);
        Assert.Equal([1L, 2L], (await journal.ReadStream("community/a", 0)).Select(record => record.Version));
        Assert.Equal([1L, 2L, 3L], (await journal.ReadAfter(0, 10, JournalStore.Beigan)).Select(record => record.Position));
        Assert.Equal(["community/b"], await journal.ClaimDue(JournalStore.Now, TimeSpan.FromSeconds(5), 10));
        await Assert.ThrowsAsync<JournalConflictException>(() => journal.Append(JournalStore.Renames("community/a", 1)));
        Assert.Equal(4, await journal.Append(JournalStore.Renames("community/a", 2)));
    }

    [Fact]
    public async Task Ledgers_of_a_file_of_before_are_woken_to_publish_a_checkpoint()
    {
        _folder.WriteFirstSchema(("ledger/330109002", 1, null), ("community/a", 1, null), ("ledger/330109003", 1, JournalStore.Now.AddHours(1)));

        var journal = await Store.Open();

        Assert.Equal(["ledger/330109002"], await journal.ClaimDue(JournalStore.Now, TimeSpan.FromSeconds(5), 10));
    }
}
