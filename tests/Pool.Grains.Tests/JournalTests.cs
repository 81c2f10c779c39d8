using Pool.Communities;
using Pool.EventSourcing;
using Pool.Silo.Hosting;
using Xunit;

namespace Pool.Grains.Tests;

/// <summary>The journal's contract, on a real file.</summary>
public sealed class JournalTests : IDisposable
{
    private readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_holds_a_pool_when_its_journal_has_an_event()
    {
        using (var journal = _folder.Open())
        {
            Assert.False(DataFolder.HoldsPool(_folder.Path));
            await journal.Append(JournalFolder.Renames("community/a", 0));
        }

        Assert.True(DataFolder.HoldsPool(_folder.Path));
    }

    [Fact]
    public async Task An_append_gives_the_position_of_its_last_event_and_positions_are_dense()
    {
        var journal = _folder.Open();
        Assert.Equal(2, await journal.Append(JournalFolder.Renames("community/a", 0, events: 2)));
        Assert.Equal(3, await journal.Append(JournalFolder.Renames("community/b", 0)));
        Assert.Equal(4, await journal.Append(JournalFolder.Renames("community/a", 2)));
        Assert.Equal(4, journal.Head);
        Assert.Equal([1, 2, 3, 4], (await journal.ReadAfter(0, 10)).Select(record => record.Position));
        Assert.Equal([1, 2, 3], (await journal.ReadStream("community/a", 0)).Select(record => record.Version));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(99)]
    public async Task An_append_from_another_version_than_the_streams_is_a_conflict_and_writes_nothing(long version)
    {
        var journal = _folder.Open();
        await journal.Append(JournalFolder.Renames("community/a", 0, events: 2));
        await Assert.ThrowsAsync<JournalConflictException>(() => journal.Append(JournalFolder.Renames("community/a", version)));
        await Assert.ThrowsAsync<JournalConflictException>(() => journal.Append(JournalFolder.Renames("community/a", version, events: 0)));
        Assert.Equal(2, journal.Head);
        Assert.Equal(2, (await journal.ReadStream("community/a", 0)).Count);
        Assert.Equal(3, await journal.Append(JournalFolder.Renames("community/a", 2)));
    }

    [Fact]
    public async Task The_fence_holds_after_a_restart_also_against_a_stream_that_only_the_index_knows()
    {
        await _folder.Open().Append(JournalFolder.Renames("community/a", 0, events: 2));
        _folder.Open().Dispose();
        using var crashed = _folder.AfterPowerLoss();
        var journal = crashed.Open();
        await Assert.ThrowsAsync<JournalConflictException>(() => journal.Append(JournalFolder.Renames("community/a", 0)));
        await Assert.ThrowsAsync<JournalConflictException>(() => journal.Append(JournalFolder.Renames("community/a", 1)));
        Assert.Equal(3, await journal.Append(JournalFolder.Renames("community/a", 2)));
    }

    [Fact]
    public async Task Appends_that_wait_share_a_commit_and_a_conflict_among_them_stops_nobody_else()
    {
        var journal = _folder.Open();
        await journal.Append(JournalFolder.Renames("community/0", 0));
        using var count = new CommitCount();
        List<Task<long>> waiting;
        using (_folder.Lock())
        {
            waiting = [.. Enumerable.Range(1, 100).Select(i => journal.Append(JournalFolder.Renames($"community/{i}", 0)))];
            waiting.Add(journal.Append(JournalFolder.Renames("community/0", 0)));
            waiting.AddRange(Enumerable.Range(101, 100).Select(i => journal.Append(JournalFolder.Renames($"community/{i}", 0))));
        }

        await Assert.ThrowsAsync<JournalConflictException>(() => waiting[100]);
        waiting.RemoveAt(100);
        Assert.Equal(Enumerable.Range(2, 200).Select(position => (long)position), await Task.WhenAll(waiting));
        // One that took the first of them, one that took the rest.
        Assert.InRange(count.Commits, 1, 2);
    }

    [Fact]
    public async Task A_wake_up_changes_with_its_append_is_claimed_once_a_lease_and_outlives_a_crash()
    {
        var journal = _folder.Open();
        var now = JournalFolder.Now;
        await journal.Append(JournalFolder.Renames("community/late", 0, wakeUp: WakeUpChange.To(now.AddMinutes(2))));
        await journal.Append(JournalFolder.Renames("community/soon", 0, wakeUp: WakeUpChange.To(now.AddMinutes(1))));
        await journal.Append(JournalFolder.Renames("community/never", 0, wakeUp: WakeUpChange.To(now)));
        await journal.Append(JournalFolder.Renames("community/never", 1, wakeUp: WakeUpChange.To(null)));
        await journal.Append(JournalFolder.Renames("community/soon", 1));
        using var crashed = _folder.AfterPowerLoss();
        foreach (var opened in (IJournal[])[journal, crashed.Open()])
        {
            Assert.Equal(now.AddMinutes(1), await opened.NextDue());
            Assert.Empty(await opened.ClaimDue(now, TimeSpan.FromSeconds(5), 10));
            Assert.Equal(["community/soon"], await opened.ClaimDue(now.AddMinutes(1), TimeSpan.FromSeconds(5), 10));
            Assert.Empty(await opened.ClaimDue(now.AddMinutes(1), TimeSpan.FromSeconds(5), 10));
            Assert.Equal(now.AddMinutes(1).AddSeconds(5), await opened.NextDue());
            Assert.Equal(["community/soon", "community/late"], await opened.ClaimDue(now.AddMinutes(2), TimeSpan.FromSeconds(5), 10));
        }
    }

    [Fact]
    public async Task An_append_without_events_changes_the_wake_up_alone()
    {
        var journal = _folder.Open();
        await journal.Append(JournalFolder.Renames("community/a", 0, wakeUp: WakeUpChange.To(JournalFolder.Now)));
        Assert.Equal(0, await journal.Append(JournalFolder.Renames("community/a", 1, events: 0, wakeUp: WakeUpChange.To(null))));
        Assert.Equal(1, journal.Head);
        Assert.Null(await journal.NextDue());
    }

    [Fact]
    public async Task Whoever_waits_is_told_of_an_append_and_of_a_wake_up()
    {
        var journal = _folder.Open();
        var (grown, woken) = (journal.WaitBeyond(0, default), journal.WaitForWakeUp(null, default));
        Assert.False(grown.IsCompleted);
        Assert.False(woken.IsCompleted);
        await journal.Append(JournalFolder.Renames("community/a", 0, wakeUp: WakeUpChange.To(JournalFolder.Now)));
        await Task.WhenAll(grown, woken);
    }

    /// <summary>
    /// Some events are in the index on disk alone, some in memory as well, some in memory and the journal alone; a
    /// reader must not see where the borders are.
    /// </summary>
    [Fact]
    public async Task Every_read_gives_what_was_appended_wherever_it_lies()
    {
        const int Streams = 97;
        const int Events = 30_000;
        var journal = _folder.Open();
        var model = new List<(string Stream, long Version, string? Street)>();
        var versions = new Dictionary<string, long>();
        var appends = new List<Task<long>>();
        for (var i = 0; i < Events; i++)
        {
            var (stream, street) = ($"community/{i % Streams}", i % 3 == 0 ? null : $"33010900{i % 5}");
            var version = versions.GetValueOrDefault(stream);
            versions[stream] = version + 1;
            model.Add((stream, version + 1, street));
            appends.Add(journal.Append(JournalFolder.Renames(stream, version, street: street)));
        }

        await Task.WhenAll(appends);
        using var crashed = _folder.AfterPowerLoss();
        await Check(journal);
        await Check(crashed.Open());
        journal.Dispose();
        await Check(_folder.Open());

        async Task Check(IJournal read)
        {
            Assert.Equal(Events, read.Head);
            foreach (var after in (long[])[0, 1, 5_000, 8_191, 8_192, 8_193, 16_384, 20_000, 24_576, 29_000, 29_999, 30_000])
            {
                Assert.Equal(model.Skip((int)after).Take(700), (await read.ReadAfter(after, 700)).Select(Seen));
                Assert.Equal(
                    model.Skip((int)after).Where(entry => entry.Street == "330109002").Take(700), (await read.ReadAfter(after, 700, "330109002")).Select(Seen));
            }

            foreach (var stream in (string[])["community/0", "community/1", "community/96"])
            {
                var whole = model.Where(entry => entry.Stream == stream).ToList();
                foreach (var after in (int[])[0, 1, 150, whole.Count - 1, whole.Count])
                {
                    Assert.Equal(whole.Skip(after), (await read.ReadStream(stream, after)).Select(Seen));
                }
            }

            Assert.Empty(await read.ReadStream("community/nobody", 0));
        }

        (string, long, string?) Seen(JournalRecord record)
        {
            // The event itself, whether it is the object of this process or read from its JSON.
            Assert.Equal($"{record.Stream} {record.Version}", ((CommunityRenamed)EventCatalogue<CommunityEvent>.Read(record)).Name);
            return (record.Stream, record.Version, record.Street);
        }
    }

    [Fact]
    public async Task A_file_of_the_first_schema_is_taken_over_with_its_streams_and_wake_ups()
    {
        _folder.WriteFirstSchema(("community/a", 1, null), ("community/b", 1, JournalFolder.Now), ("community/a", 2, JournalFolder.Now.AddHours(1)));
        var journal = _folder.Open();
        Assert.Equal(3, journal.Head);
        Assert.Equal([1L, 2L], (await journal.ReadStream("community/a", 0)).Select(record => record.Version));
        Assert.Equal([1L, 2L, 3L], (await journal.ReadAfter(0, 10, JournalFolder.Beigan)).Select(record => record.Position));
        Assert.Equal(["community/b"], await journal.ClaimDue(JournalFolder.Now, TimeSpan.FromSeconds(5), 10));
        await Assert.ThrowsAsync<JournalConflictException>(() => journal.Append(JournalFolder.Renames("community/a", 1)));
        Assert.Equal(4, await journal.Append(JournalFolder.Renames("community/a", 2)));
    }
}
