using System.Reflection;
using Pool.Actors;
using Pool.Communities;
using Pool.EventSourcing;
using Pool.Partners;
using Pool.Values;
using Xunit;

namespace Pool.Grains.Tests;

/// <summary>What an actor does when the journal says no, says nothing, or is slow.</summary>
[Collection(nameof(Appends))]
public sealed class EventSourcedGrainTests : IAsyncLifetime
{
    private readonly GrainPool _pool = new();

    public ValueTask InitializeAsync() => _pool.InitializeAsync();

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    [Fact]
    public async Task An_activation_that_lost_a_conflict_ends_and_the_next_one_knows_what_the_other_wrote()
    {
        // What a second activation on another silo would do.
        await _pool.Journal.Append(JournalStore.Renames(GrainPool.CommunityStream, 1));
        await Assert.ThrowsAsync<JournalConflictException>(() => _pool.Community.Rename("mine", GrainPool.NewCommand()));
        var after = await _pool.Community.Get();
        Assert.Equal((2, $"{GrainPool.CommunityStream} 2"), (after.Version, after.Value!.Name));
        Assert.Equal("mine", (await _pool.Community.Rename("mine", GrainPool.NewCommand())).Value!.Name);
    }

    [Fact]
    public async Task An_activation_that_has_been_overtaken_neither_refuses_nor_says_that_there_is_nothing_to_do()
    {
        var (hold, now, partner) = (new HoldId(DemandId.Parse(Guid.NewGuid().ToString()), 1), _pool.Clock.GetUtcNow(), await _pool.Partner.Get());
        await _pool.Journal.Append(new(
            GrainPool.PartnerStream, partner.Version,
            [EventCatalogue<PartnerEvent>.Write(new HoldPlaced(now, hold, new(PartnerId.Parse("li-na"), "care"), new(now.AddHours(1), now.AddHours(2)), now.AddMinutes(30)))],
            JournalStore.Beigan, now, "a test", null, 0, null, WakeUpChange.None));

        // The activation in memory knows of no hold, and would tell the demand that its time has run out.
        await Assert.ThrowsAsync<JournalConflictException>(() => _pool.Partner.Confirm(hold, 1));
        Assert.True(await _pool.Partner.Confirm(hold, 1));

        await _pool.Journal.Append(JournalStore.Renames(GrainPool.CommunityStream, 1));
        await Assert.ThrowsAsync<JournalConflictException>(() => _pool.Community.Rename("", GrainPool.NewCommand()));
        Assert.NotNull((await _pool.Community.Rename("", GrainPool.NewCommand())).Refusal);
    }

    [Fact]
    public async Task Who_is_told_how_its_stream_began_answers_nothing_that_the_journal_has_gone_beyond()
    {
        var partner = await _pool.RenamePartner(3);
        await _pool.Stop();
        await _pool.Start();

        _pool.Births.Add((await _pool.Journal.ReadStream(GrainPool.PartnerStream, 0))[0]);
        Answer<Partner>? told = null;
        var overtaken = await Record.ExceptionAsync(async () => told = await _pool.Partner.Get());

        Assert.Equal(overtaken is JournalConflictException ? null : partner.Version, told?.Version);
        Assert.Equal(partner.Version, (await _pool.Partner.Get()).Version);
    }

    [Fact]
    public async Task A_failed_commit_leaves_nothing_of_its_event_in_the_actor_and_its_request_can_be_made_again()
    {
        var command = GrainPool.NewCommand();
        using (SqliteStore.HoldWriteLock(_pool.Folder))
        {
            await Assert.ThrowsAsync<JournalUnavailableException>(() => _pool.Community.Rename("lost", command));
        }

        var after = await _pool.Community.Get();
        Assert.Equal((1, "first"), (after.Version, after.Value!.Name));
        Assert.Equal(2, (await _pool.Community.Rename("lost", command)).Version);
    }

    [Fact]
    public async Task Nobody_is_answered_from_a_state_that_is_not_durable_yet()
    {
        Task<long> renamed, seen, refused, twice;
        var command = GrainPool.NewCommand();
        using (SqliteStore.HoldWriteLock(_pool.Folder))
        {
            renamed = VersionOf(_pool.Community.Rename("second", command));
            seen = VersionOf(_pool.Community.Get());
            refused = VersionOf(_pool.Community.Rename("", GrainPool.NewCommand()));
            twice = VersionOf(_pool.Community.Rename("second", command));
            // Another actor's answer, asked for later, shows that the silo is at work.
            await _pool.Partner.Get();
            Assert.All(new[] { renamed, seen, refused, twice }, task => Assert.False(task.IsCompleted));
        }

        var versions = await Task.WhenAll(renamed, seen, refused, twice);
        Assert.Equal([2, 2, 0, 2], versions);

        static async Task<long> VersionOf<T>(Task<Actors.Answer<T>> answering) => (await answering).Version;
    }

    [Fact]
    public async Task What_is_read_waits_for_all_that_was_decided_before_and_for_nothing_that_comes_after()
    {
        Task<Answer<Community>> first, read, second;
        var (appends, one, two) = (0, new TaskCompletionSource(), new TaskCompletionSource());
        using (new Appends(_ => (Interlocked.Increment(ref appends) == 1 ? one : two).TrySetResult()))
        using (SqliteStore.HoldWriteLock(_pool.Folder))
        {
            first = _pool.Community.Rename("second", GrainPool.NewCommand());
            await one.Task;
            read = _pool.Community.Get();
            second = _pool.Community.Rename("third", GrainPool.NewCommand());
            await two.Task;
        }

        Assert.Equal(((await first).Version, (await first).Position), ((await read).Version, (await read).Position));
        Assert.Equal((await first).Position + 1, (await second).Position);
    }

    [Fact]
    public async Task A_call_that_rests_on_what_only_another_process_knows_is_refused_and_one_that_rests_on_nothing_is_decided()
    {
        var hold = new HoldId(DemandId.Parse(Guid.NewGuid().ToString()), 1);

        await Assert.ThrowsAsync<NoFootingException>(() => _pool.Partner.Confirm(hold, 1, FromElsewhere(undurable: 1)));
        Assert.False(await _pool.Partner.Confirm(hold, 1, FromElsewhere(undurable: 0)));

        Footing FromElsewhere(int undurable)
        {
            var asked = Array.CreateInstance(typeof(Footing).Assembly.GetType("Pool.EventSourcing.Undurable")!, undurable);
            var footing = (Footing)Activator.CreateInstance(typeof(Footing), BindingFlags.Instance | BindingFlags.NonPublic, null, [asked], null)!;
            return _pool.Serializer.Deserialize<Footing>(_pool.Serializer.SerializeToArray(footing))!;
        }
    }

    [Fact]
    public void What_a_silo_gave_up_for_want_of_a_place_reaches_the_caller_as_the_timeout_that_it_is()
    {
        // Orleans places actors through Polly, whose exception is the cause inside.
        var given = new TimeoutException("No place was found.", new Polly.Timeout.TimeoutRejectedException("30 s"));
        var received = _pool.Serializer.Deserialize<Exception>(_pool.Serializer.SerializeToArray<Exception>(given));
        Assert.Equal("No place was found.", Assert.IsType<TimeoutException>(received).Message);
    }
}
