using Pool.Communities;
using Pool.EventSourcing;
using Pool.Hosting;
using Xunit;

namespace Pool.Grains.Tests;

/// <summary>What every store of the journal must do.</summary>
public abstract class JournalContract : IAsyncLifetime
{
    private JournalStore? _store;

    protected JournalStore Store => _store!;

    public async ValueTask InitializeAsync() => _store = await Create();

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<JournalStore> Create();

    [Fact]
    public async Task An_append_gives_the_position_of_its_last_event_and_positions_are_dense()
    {
        var journal = await Store.Open();
        Assert.Equal(2, await journal.Append(JournalStore.Renames("community/a", 0, events: 2)));
        Assert.Equal(3, await journal.Append(JournalStore.Renames("community/b", 0)));
        Assert.Equal(4, await journal.Append(JournalStore.Renames("community/a", 2)));
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
        var journal = await Store.Open();
        await journal.Append(JournalStore.Renames("community/a", 0, events: 2));
        await Assert.ThrowsAsync<JournalConflictException>(() => journal.Append(JournalStore.Renames("community/a", version)));
        await Assert.ThrowsAsync<JournalConflictException>(() => journal.Append(JournalStore.Renames("community/a", version, events: 0)));
        Assert.Equal(2, journal.Head);
        Assert.Equal(2, (await journal.ReadStream("community/a", 0)).Count);
        Assert.Equal(3, await journal.Append(JournalStore.Renames("community/a", 2)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_append_after_a_lost_one_of_its_activation_is_lost_as_well_though_its_version_fits(bool together)
    {
        var journal = await Store.Open();
        await journal.Append(JournalStore.Renames("community/a", 0, events: 2));
        var overtaken = new AppendSequence();
        Task<long> Append(long version, int events) => journal.Append(JournalStore.Renames("community/a", version, events) with { Sequence = overtaken });
        Task<long> lost;
        Task<long>[] later;
        await using (await Store.Lock())
        {
            lost = Append(1, events: 1);
            later = together ? [Append(2, events: 0), Append(2, events: 1)] : [];
        }

        await Assert.ThrowsAsync<JournalConflictException>(() => lost);
        later = together ? later : [Append(2, events: 0), Append(2, events: 1)];
        foreach (var append in later)
        {
            await Assert.ThrowsAsync<JournalConflictException>(() => append);
        }

        Assert.Equal(2, journal.Head);
        Assert.Equal(3, await journal.Append(JournalStore.Renames("community/a", 2)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_append_that_rests_on_a_lost_one_of_another_activation_is_lost_as_well_and_nobody_else(bool together)
    {
        var journal = await Store.Open();
        await journal.Append(JournalStore.Renames("community/a", 0, events: 2));
        var (overtaken, told, toldOfIt) = (new AppendSequence(), new AppendSequence(), new AppendSequence());
        Task<long> lost;
        Task<long>[] standing, falling;
        await using (await Store.Lock())
        {
            _ = journal.Append(JournalStore.Renames("community/first", 0));
            standing = [journal.Append(JournalStore.Renames("community/b", 0) with { Sequence = told })];
            lost = journal.Append(JournalStore.Renames("community/a", 1) with { Sequence = overtaken });
            falling = together ? Fall() : [];
            standing = [.. standing, journal.Append(JournalStore.Renames("community/d", 0))];
        }

        await Assert.ThrowsAsync<JournalConflictException>(() => lost);
        foreach (var append in together ? falling : Fall())
        {
            await Assert.ThrowsAsync<JournalConflictException>(() => append);
        }

        var stand = await Task.WhenAll(standing);
        Assert.Equal([4, 5], stand);
        Assert.Equal(5, journal.Head);

        Task<long>[] Fall() =>
        [
            journal.Append(JournalStore.Renames("community/b", 1) with { Sequence = told, RestsOn = [overtaken] }),
            journal.Append(JournalStore.Renames("community/c", 0) with { Sequence = toldOfIt, RestsOn = [told] }),
            journal.Append(JournalStore.Renames("community/b", 2, events: 0) with { Sequence = told }),
        ];
    }

    [Fact]
    public async Task The_fence_holds_after_a_restart_also_against_a_stream_that_only_the_index_knows()
    {
        await (await Store.Open()).Append(JournalStore.Renames("community/a", 0, events: 2));
        await Store.Close(await Store.Open());
        await using var crashed = await Store.AfterCrash();
        var journal = await crashed.Open();
        await Assert.ThrowsAsync<JournalConflictException>(() => journal.Append(JournalStore.Renames("community/a", 0)));
        await Assert.ThrowsAsync<JournalConflictException>(() => journal.Append(JournalStore.Renames("community/a", 1)));
        Assert.Equal(3, await journal.Append(JournalStore.Renames("community/a", 2)));
    }

    [Fact]
    public async Task Appends_that_wait_share_a_commit_and_a_conflict_among_them_stops_nobody_else()
    {
        var journal = await Store.Open();
        await journal.Append(JournalStore.Renames("community/0", 0));
        using var count = new CommitCount();
        List<Task<long>> waiting;
        await using (await Store.Lock())
        {
            waiting = [.. Enumerable.Range(1, 100).Select(i => journal.Append(JournalStore.Renames($"community/{i}", 0)))];
            waiting.Add(journal.Append(JournalStore.Renames("community/0", 0)));
            waiting.AddRange(Enumerable.Range(101, 100).Select(i => journal.Append(JournalStore.Renames($"community/{i}", 0))));
        }

        await Assert.ThrowsAsync<JournalConflictException>(() => waiting[100]);
        waiting.RemoveAt(100);
        Assert.Equal(Enumerable.Range(2, 200).Select(position => (long)position), await Task.WhenAll(waiting));
        // One that took the first of them, one that took the rest.
        Assert.InRange(count.Commits, 1, 2);
    }

    [Fact]
    public async Task Behind_a_store_that_does_not_answer_appends_are_refused_and_not_queued_without_bound()
    {
        var journal = await Store.Open();
        var waiting = new List<Task<long>>();
        await using (await Store.Lock())
        {
            do
            {
                waiting.Add(journal.Append(JournalStore.Renames($"community/{waiting.Count}", 0)));
            }
            while (!waiting[^1].IsCompleted);
        }

        await Assert.ThrowsAsync<JournalUnavailableException>(() => waiting[^1]);
        waiting.RemoveAt(waiting.Count - 1);
        Assert.InRange(waiting.Count, new PoolOptions().CommitBatch, 10 * new PoolOptions().CommitBatch);
        await Task.WhenAll(waiting);
        Assert.Equal(waiting.Count, journal.Head);
        await journal.Append(JournalStore.Renames("community/last", 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_wake_up_changes_with_its_append_is_claimed_once_a_lease_and_outlives_a_crash(bool crash)
    {
        var journal = await Store.Open();
        var now = JournalStore.Now;
        await journal.Append(JournalStore.Renames("community/late", 0, wakeUp: WakeUpChange.To(now.AddMinutes(2))));
        await journal.Append(JournalStore.Renames("community/soon", 0, wakeUp: WakeUpChange.To(now.AddMinutes(1))));
        await journal.Append(JournalStore.Renames("community/never", 0, wakeUp: WakeUpChange.To(now)));
        await journal.Append(JournalStore.Renames("community/never", 1, wakeUp: WakeUpChange.To(null)));
        await journal.Append(JournalStore.Renames("community/soon", 1));
        await using var crashed = await Store.AfterCrash();
        var opened = crash ? await crashed.Open() : journal;
        Assert.Equal(now.AddMinutes(1), await opened.NextDue());
        Assert.Empty(await opened.ClaimDue(now, TimeSpan.FromSeconds(5), 10));
        Assert.Equal(["community/soon"], await opened.ClaimDue(now.AddMinutes(1), TimeSpan.FromSeconds(5), 10));
        Assert.Empty(await opened.ClaimDue(now.AddMinutes(1), TimeSpan.FromSeconds(5), 10));
        Assert.Equal(now.AddMinutes(1).AddSeconds(5), await opened.NextDue());
        Assert.Equal(["community/soon", "community/late"], await opened.ClaimDue(now.AddMinutes(2), TimeSpan.FromSeconds(5), 10));
    }

    [Fact]
    public async Task An_append_without_events_changes_the_wake_up_alone()
    {
        var journal = await Store.Open();
        await journal.Append(JournalStore.Renames("community/a", 0, wakeUp: WakeUpChange.To(JournalStore.Now)));
        Assert.Equal(0, await journal.Append(JournalStore.Renames("community/a", 1, events: 0, wakeUp: WakeUpChange.To(null))));
        Assert.Equal(1, journal.Head);
        Assert.Null(await journal.NextDue());
    }

    [Fact]
    public async Task Whoever_waits_is_told_of_an_append_and_of_a_wake_up()
    {
        var journal = await Store.Open();
        var (grown, woken) = (journal.WaitBeyond(0, default), journal.WaitForWakeUp(null, default));
        Assert.False(grown.IsCompleted); // The other may end early: a listener that has just connected has missed what came before.
        await journal.Append(JournalStore.Renames("community/a", 0, wakeUp: WakeUpChange.To(JournalStore.Now)));
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
        var journal = await Store.Open();
        var model = new List<(string Stream, long Version, string? Street)>();
        var versions = new Dictionary<string, long>();
        var appends = new List<Task<long>>();
        for (var i = 0; i < Events; i++)
        {
            var (stream, street) = ($"community/{i % Streams}", i % 3 == 0 ? null : $"33010900{i % 5}");
            var version = versions.GetValueOrDefault(stream);
            versions[stream] = version + 1;
            model.Add((stream, version + 1, street));
            appends.Add(journal.Append(JournalStore.Renames(stream, version, street: street)));
            if (appends.Count % 4_000 == 0)
            {
                // No more than a journal lets wait.
                await appends[^1];
            }
        }

        await Task.WhenAll(appends);
        await using var crashed = await Store.AfterCrash();
        await Check(journal);
        await Check(await crashed.Open());
        await Store.Close(journal);
        await Check(await Store.Open());

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
                    Assert.Equal(whole.Skip(after).Take(170), (await read.ReadStream(stream, after, 170)).Select(Seen));
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
}
