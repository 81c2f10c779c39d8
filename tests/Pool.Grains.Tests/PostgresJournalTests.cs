using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;
using Pool.Databases;
using Pool.EventSourcing;
using Pool.Silo.Journal;
using Xunit;

namespace Pool.Grains.Tests;

/// <summary>The journal in a PostgreSQL database, and what only a store with several writers can do.</summary>
public sealed class PostgresJournalTests(TestDatabases databases) : JournalContract
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    private PostgresStore Postgres => (PostgresStore)Store;

    protected override async Task<JournalStore> Create() => await PostgresStore.Create(await databases.Server);

    [Fact]
    public async Task Positions_are_dense_and_in_commit_order_while_three_silos_write()
    {
        const int Streams = 60;
        const int EventsEach = 40;
        await using var second = await Store.AfterCrash();
        await using var third = await Store.AfterCrash();
        var silos = new[] { await Store.Open(), await second.Open(), await third.Open() };
        var seen = new List<long>();
        var following = Follow(silos[0], seen, Streams * EventsEach);
        await Task.WhenAll(Enumerable.Range(0, Streams).Select(async stream =>
        {
            for (var version = 0; version < EventsEach; version++)
            {
                await silos[stream % 3].Append(JournalStore.Renames($"community/{stream}", version));
            }
        }));
        await following;

        // Whoever follows saw every position in order: none appeared behind one that it had seen.
        Assert.Equal(Enumerable.Range(1, Streams * EventsEach).Select(position => (long)position), seen);
    }

    [Fact]
    public async Task What_was_acknowledged_survives_a_crash_of_a_server_whose_default_waits_for_no_disk()
    {
        await using var server = await DatabaseServer.OwnServer();
        await DatabaseServer.Execute(server.ConnectionString, "ALTER SYSTEM SET synchronous_commit = off");
        await DatabaseServer.Execute(server.ConnectionString, "ALTER SYSTEM SET wal_writer_delay = '10s'");
        await DatabaseServer.Execute(server.ConnectionString, "SELECT pg_reload_conf()");
        await using var store = await PostgresStore.Create(server);
        await using var other = await store.AfterCrash();
        await (await store.Open()).Append(JournalStore.Renames("community/a", 0));
        await server.Crash();
        await server.Restart();
        Assert.Single(await (await other.Open()).ReadStream("community/a", 0));
    }

    [Fact]
    public async Task A_trace_of_an_append_goes_on_into_the_statement_that_wrote_it_and_what_shared_its_commit_is_linked()
    {
        var (statements, committing) = (new ConcurrentBag<Activity>(), new TaskCompletionSource());
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Pool" or "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = activity =>
            {
                if (activity is { Source.Name: "Npgsql", Parent.OperationName: "journal commit" })
                {
                    statements.Add(activity);
                    committing.TrySetResult();
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        var (first, second) = (Context(), Context());
        var (journal, waiting) = (await Store.Open(), new List<Task<long>>());
        await using (await Store.Lock())
        {
            // The first commit waits for the lock, so that the two appends behind it share the next.
            waiting.Add(journal.Append(JournalStore.Renames("community/a", 0) with { TraceParent = Id(Context()) }));
            await committing.Task;
            waiting.Add(journal.Append(JournalStore.Renames("community/b", 0) with { TraceParent = Id(first) }));
            waiting.Add(journal.Append(JournalStore.Renames("community/c", 0) with { TraceParent = Id(second) }));
        }

        await Task.WhenAll(waiting);
        var commit = Assert.Single(statements, statement => statement.TraceId == first.TraceId).Parent!;
        Assert.Equal("journal commit", commit.OperationName);
        Assert.Contains(commit.Links, link => link.Context.TraceId == second.TraceId);

        static ActivityContext Context() => new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        static string Id(ActivityContext context) => $"00-{context.TraceId}-{context.SpanId}-01";
    }

    [Fact]
    public async Task Of_two_silos_that_go_on_from_the_same_version_one_loses_and_the_stream_has_one_event()
    {
        await using var other = await Store.AfterCrash();
        var (mine, theirs) = (await Store.Open(), await other.Open());
        await mine.Append(JournalStore.Renames("community/a", 0));
        var outcomes = await Task.WhenAll(
            Record.ExceptionAsync(() => mine.Append(JournalStore.Renames("community/a", 1))).AsTask(),
            Record.ExceptionAsync(() => theirs.Append(JournalStore.Renames("community/a", 1))).AsTask());
        Assert.Single(outcomes, outcome => outcome is null);
        Assert.Single(outcomes, outcome => outcome is JournalConflictException);
        Assert.Equal([1L, 2L], (await mine.ReadStream("community/a", 0)).Select(record => record.Version));
    }

    [Fact]
    public async Task A_silo_is_told_of_what_another_wrote_and_of_the_wake_ups_that_it_set()
    {
        await using var other = await Store.AfterCrash();
        var (mine, theirs) = (await Store.Open(), await other.Open());
        Assert.Null(await mine.NextDue());
        await Heard(mine, theirs);
        var (grown, woken) = (mine.WaitBeyond(1, default), mine.WaitForWakeUp(JournalStore.Now.AddSeconds(1), default));
        await theirs.Append(JournalStore.Renames("community/a", 0, wakeUp: WakeUpChange.To(JournalStore.Now)));
        await Task.WhenAll(grown, woken);
        Assert.Equal(2, mine.Head);
    }

    [Fact]
    public async Task What_anybody_may_notify_is_only_a_reason_to_look()
    {
        await using var other = await Store.AfterCrash();
        var (mine, theirs) = (await Store.Open(), await other.Open());
        await Heard(mine, theirs);
        var grown = mine.WaitBeyond(1, default);
        foreach (var forged in (string[])["1000 ", "-1 1", "99999999999999999999 ", "no number", "1000 99999999999999999"])
        {
            await DatabaseServer.Execute(Postgres.Database, "SELECT pg_notify('journal', $1)", forged);
        }

        // Notifications come in order: when this one is heard, the others have been.
        await theirs.Append(JournalStore.Renames("community/a", 0));
        await grown;
        Assert.Equal(2, mine.Head);
        Assert.Single(await mine.ReadAfter(1, 10));
    }

    [Fact]
    public async Task A_journal_that_has_become_shorter_takes_nothing_more_and_says_so()
    {
        var journal = await Store.Open();
        await journal.Append(JournalStore.Renames("community/a", 0, events: 3));
        await DatabaseServer.Execute(Postgres.Database, "DELETE FROM journal WHERE position > 1");
        await Assert.ThrowsAsync<JournalUnavailableException>(async () => await journal.ReadHead());
        Assert.Equal(SetBack(3), await ((PostgresJournal)journal).SetBack);
        await Assert.ThrowsAsync<JournalUnavailableException>(() => journal.Append(JournalStore.Renames("community/a", 1)));
    }

    [Fact]
    public async Task Nothing_is_written_behind_the_end_of_a_journal_that_has_become_shorter()
    {
        var journal = await Store.Open();
        await journal.Append(JournalStore.Renames("community/a", 0, events: 3));
        List<Task<long>> waiting;
        await using (await Store.Lock())
        {
            // The first is on its way when the journal is cut, the second waits behind it.
            waiting = [journal.Append(JournalStore.Renames("community/b", 0)), journal.Append(JournalStore.Renames("community/c", 0))];
            await DatabaseServer.Execute(Postgres.Database, "DELETE FROM journal WHERE position > 1");
        }

        foreach (var append in waiting)
        {
            await Assert.ThrowsAsync<JournalUnavailableException>(() => append);
        }

        Assert.Equal(SetBack(3), await ((PostgresJournal)journal).SetBack);
        Assert.Equal(1L, await DatabaseServer.Execute(Postgres.Database, "SELECT max(position) FROM journal"));
    }

    [Theory]
    [InlineData("append")]
    [InlineData("head")]
    [InlineData("follow")]
    public async Task A_journal_that_was_set_back_and_has_grown_again_beyond_what_is_known_is_not_taken_for_the_same(string look)
    {
        var journal = await Store.Open();
        await journal.Append(JournalStore.Renames("community/a", 0, events: 3));
        Assert.Equal(3, (await journal.ReadAfter(0, 10)).Count);
        await DatabaseServer.Execute(Postgres.Database, "DELETE FROM journal WHERE position > 1");
        await using var other = await Store.AfterCrash();
        await (await other.Open()).Append(JournalStore.Renames("community/a", 1, events: 2) with { At = JournalStore.Now.AddSeconds(1) });
        await (await other.Open()).Append(JournalStore.Renames("community/b", 0, events: 3));

        var asked = await Record.ExceptionAsync(async () => _ = look switch
        {
            "append" => await journal.Append(JournalStore.Renames("community/c", 0)),
            "head" => await journal.ReadHead(),
            _ => await Told(),
        });

        Assert.IsType<JournalUnavailableException>(asked);
        Assert.Equal(SetBack(3), await ((PostgresJournal)journal).SetBack);
        Assert.Equal(6L, await DatabaseServer.Execute(Postgres.Database, "SELECT max(position) FROM journal"));

        async Task<long> Told()
        {
            // The notification of what the other wrote is a reason to look.
            await ((PostgresJournal)journal).SetBack;
            return await journal.Append(JournalStore.Renames("community/c", 0));
        }
    }

    [Fact]
    public async Task Whoever_takes_all_other_connections_does_not_keep_the_writer_waiting()
    {
        var journal = await Store.Open();
        await journal.Append(JournalStore.Renames("community/a", 0));
        var taken = new List<NpgsqlConnection>();
        try
        {
            while (true)
            {
                // A pool that has none left lets whoever asks wait.
                using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
                taken.Add(await Postgres.Pool.OpenConnectionAsync(patience.Token));
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Equal(2, await journal.Append(JournalStore.Renames("community/a", 1)));
        }
        finally
        {
            taken.ForEach(connection => connection.Dispose());
        }
    }

    [Fact]
    public async Task A_transaction_that_could_not_see_the_newest_version_of_a_stream_appends_nothing()
    {
        const string Nothing = "'{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', null, '{}', 0, '', 0, 0";
        await DatabaseServer.Execute(Postgres.Database, $"SELECT append_all({Nothing})");
        var refused = await Assert.ThrowsAsync<PostgresException>(
            () => DatabaseServer.Execute(Postgres.Database, $"BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT append_all({Nothing})"));
        Assert.Equal("Appends need the isolation level read committed.", refused.MessageText);
    }

    [Fact]
    public async Task A_head_that_nobody_has_told_of_yet_can_be_asked_for()
    {
        await using var other = await Store.AfterCrash();
        var (mine, theirs) = (await Store.Open(), await other.Open());
        var position = await theirs.Append(JournalStore.Renames("community/a", 0));
        Assert.Equal(position, await mine.ReadHead());
        Assert.Single(await mine.ReadAfter(0, 10));
    }

    [Fact]
    public async Task A_wake_up_is_claimed_by_one_silo_and_by_another_when_the_lease_is_over()
    {
        await using var other = await Store.AfterCrash();
        var (mine, theirs) = (await Store.Open(), await other.Open());
        var now = JournalStore.Now;
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => mine.Append(JournalStore.Renames($"community/{i}", 0, wakeUp: WakeUpChange.To(now)))));
        var claims = await Task.WhenAll(mine.ClaimDue(now, Lease, 25).AsTask(), theirs.ClaimDue(now, Lease, 25).AsTask());
        Assert.Equal(40, claims.SelectMany(claim => claim).Distinct().Count());
        Assert.Equal(40, claims.Sum(claim => claim.Count));
        Assert.Empty(await theirs.ClaimDue(now, Lease, 40));
        Assert.Equal(now + Lease, await theirs.NextDue());
        Assert.Equal(40, (await theirs.ClaimDue(now + Lease, Lease, 40)).Count);
    }

    [Fact]
    public async Task A_silo_that_has_been_overtaken_cannot_move_a_wake_up_either()
    {
        await using var other = await Store.AfterCrash();
        var (mine, zombie) = (await Store.Open(), await other.Open());
        await mine.Append(JournalStore.Renames("community/a", 0, events: 2, wakeUp: WakeUpChange.To(JournalStore.Now)));
        await Assert.ThrowsAsync<JournalConflictException>(() => zombie.Append(JournalStore.Renames("community/a", 1, events: 0, wakeUp: WakeUpChange.To(null))));
        Assert.Equal(JournalStore.Now, await mine.NextDue());
    }

    [Fact]
    public async Task What_the_database_refuses_fails_with_what_rests_on_it_and_the_others_that_shared_its_commit_are_written()
    {
        var journal = await Store.Open();
        await journal.Append(JournalStore.Renames("community/0", 0));
        var broken = JournalStore.Renames("community/broken", 0);
        List<Task<long>> waiting;
        Task<long> resting;
        await using (await Store.Lock())
        {
            waiting = [.. Enumerable.Range(1, 10).Select(i => journal.Append(JournalStore.Renames($"community/{i}", 0)))];
            waiting.Add(journal.Append(broken with { Entries = [broken.Entries[0] with { Payload = "no JSON" }] }));
            resting = journal.Append(JournalStore.Renames("community/resting", 0) with { RestsOn = [broken.Sequence] });
            waiting.AddRange(Enumerable.Range(11, 10).Select(i => journal.Append(JournalStore.Renames($"community/{i}", 0))));
        }

        await Assert.ThrowsAsync<JournalUnavailableException>(() => waiting[10]);
        await Assert.ThrowsAsync<JournalConflictException>(() => resting);
        waiting.RemoveAt(10);
        Assert.Equal(Enumerable.Range(2, 20).Select(position => (long)position), (await Task.WhenAll(waiting)).Order());
        Assert.Empty(await journal.ReadStream("community/broken", 0));
    }

    private static string SetBack(long position) => $"The journal does not have the event at position {position} that this silo knows of: the database has been set back.";

    /// <summary>Returns when a journal listens: it has heard of what another has written.</summary>
    private static async Task Heard(IJournal listening, IJournal writing)
    {
        var grown = listening.WaitBeyond(0, default);
        await writing.Append(JournalStore.Renames("community/first", 0));
        await grown;
    }

    private static async Task Follow(IJournal journal, List<long> seen, int until)
    {
        while (seen.Count < until)
        {
            var last = seen.Count == 0 ? 0 : seen[^1];
            await journal.WaitBeyond(last, default);
            seen.AddRange((await journal.ReadAfter(last, 100)).Select(record => record.Position));
        }
    }
}
