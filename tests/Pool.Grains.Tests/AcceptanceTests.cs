using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Pool.Actors;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Partners;
using Pool.Values;
using Xunit;

namespace Pool.Grains.Tests;

/// <summary>Acceptances: what their answers wait for, and what follows from them in other actors.</summary>
[Collection(nameof(Appends))]
public sealed class AcceptanceTests : IAsyncLifetime
{
    private readonly GrainPool _pool = new();

    public ValueTask InitializeAsync() => _pool.InitializeAsync();

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    [Fact]
    public async Task An_acceptance_is_answered_when_its_own_time_is_booked_and_waits_for_no_other_seat()
    {
        await _pool.AddCarers("carer-one", "carer-two", "carer-three");
        var posted = new TaskCompletionSource<IDemandGrain>();
        var accepting = new TaskCompletionSource<Task<Answer<Demand>>>();
        var (decided, answered, answeredInTime) = (new ManualResetEventSlim(), new ManualResetEventSlim(), new TaskCompletionSource<bool>());
        var holds = 0;
        using var appends = new Appends(method =>
        {
            if (method.EndsWith("Accept", StringComparison.Ordinal))
            {
                decided.Set();
            }
            else if (method.EndsWith("TryHold", StringComparison.Ordinal))
            {
                holds++;
                if (holds == 2)
                {
                    // The first seat is proposed; its acceptance is decided while the second is being held.
                    accepting.SetResult(Task.Run(async () => await Accept(await posted.Task)));
                    decided.Wait(GrainPool.Patience);
                }
                else if (holds == 3)
                {
                    answeredInTime.SetResult(answered.Wait(GrainPool.Patience));
                }
            }
        });

        posted.SetResult(await _pool.Post(seats: 3));
        var answer = await await accepting.Task;
        answered.Set();

        Assert.Null(answer.Refusal);
        Assert.Equal(HoldStatus.Booked, (await (await posted.Task).Get()).Value!.Proposal(1).Hold);
        Assert.True(await answeredInTime.Task);
    }

    [Fact]
    public async Task An_acceptance_whose_booking_failed_is_not_answered_and_is_when_it_is_asked_again()
    {
        var (demand, proposed) = await ProposedTo("carer-one");
        // The partner has gone on elsewhere, so that the one in memory cannot book.
        var partner = await _pool.Grains.Partner(PartnerId.Parse("carer-one")).Get();
        await _pool.Journal.Append(new(
            "partner/carer-one", partner.Version, [EventCatalogue<PartnerEvent>.Write(new PartnerReinstated(JournalStore.Now))],
            JournalStore.Beigan, JournalStore.Now, "a test", null, 0, null, WakeUpChange.None));
        var command = GrainPool.NewCommand();

        // That it is booked rests on what the partner could not write.
        await Assert.ThrowsAsync<JournalConflictException>(() => demand.Accept(1, proposed, command));
        var again = await demand.Accept(1, proposed, command);

        Assert.Equal(ProposalStatus.Accepted, again.Value!.Proposal(1).Status);
        Assert.Equal(HoldStatus.Booked, (await demand.Get()).Value!.Proposal(1).Hold);
    }

    [Fact]
    public async Task What_follows_from_an_acceptance_in_other_actors_waits_for_no_commit_and_its_answer_for_all()
    {
        var (demand, proposed) = await ProposedTo("carer-one");
        var (booked, appends, head) = (new TaskCompletionSource(), 0, _pool.Journal.Head);
        using var counted = new Appends(_ =>
        {
            // The acceptance, the partner's booking, and that it is booked.
            if (Interlocked.Increment(ref appends) == 3)
            {
                booked.SetResult();
            }
        });
        Task<Answer<Demand>> accepting;
        using (SqliteStore.HoldWriteLock(_pool.Folder))
        {
            accepting = demand.Accept(1, proposed, GrainPool.NewCommand());
            await booked.Task.WaitAsync(GrainPool.Patience);
            Assert.Equal(head, _pool.Journal.Head);
            Assert.False(accepting.IsCompleted);
        }

        Assert.Equal(ProposalStatus.Accepted, (await accepting).Value!.Proposal(1).Status);
        Assert.Equal(head + 3, _pool.Journal.Head);
    }

    [Fact]
    public async Task An_acceptance_whose_booking_is_not_durable_is_not_answered()
    {
        var (demand, proposed) = await ProposedTo("carer-one");
        var command = GrainPool.NewCommand();
        var accepted = false;
        SqliteConnection? withheld = null;
        using (new Appends(method =>
        {
            accepted |= method.EndsWith("Accept", StringComparison.Ordinal);
            if (accepted && method == "step")
            {
                withheld ??= SqliteStore.HoldWriteLock(_pool.Folder);
            }
        }))
        {
            await Assert.ThrowsAsync<JournalUnavailableException>(() => demand.Accept(1, proposed, command));
        }

        withheld!.Dispose();
        await demand.Accept(1, proposed, command);
        Assert.Equal(HoldStatus.Booked, (await demand.Get()).Value!.Proposal(1).Hold);
    }

    [Fact]
    public async Task A_booking_goes_on_in_the_trace_of_its_acceptance_though_the_posting_still_carries_steps()
    {
        await _pool.AddCarers("carer-one");
        var partner = new RegisteredPartner(GrainPool.Home, PartnerId.Parse("carer-one"));
        var posted = new TaskCompletionSource<IDemandGrain>();
        var accepting = new TaskCompletionSource<Task<Answer<Demand>>>();
        SqliteConnection? withheld = null;
        var held = false;
        using var appends = new Appends(method =>
        {
            if (method.EndsWith("TryHold", StringComparison.Ordinal))
            {
                held = true;
            }
            else if (held && withheld is null && method == "step")
            {
                // The proposal is decided and not durable yet when its acceptance comes, in a trace of its own.
                withheld = SqliteStore.HoldWriteLock(_pool.Folder);
                accepting.SetResult(Task.Run(async () =>
                {
                    using var own = Appends.BeginTrace();
                    return await (await posted.Task).Accept(1, partner, GrainPool.NewCommand());
                }));
            }
            else if (method.EndsWith("Accept", StringComparison.Ordinal))
            {
                withheld!.Dispose();
            }
        });

        posted.SetResult(await _pool.Post(seats: 1));
        var answer = await await accepting.Task;

        Assert.Null(answer.Refusal);
        var history = await _pool.Journal.ReadStream($"demand/{answer.Value!.Id}", 0);
        Assert.Equal(Trace("demand.proposal-accepted"), Trace("demand.assignment-booked"));
        Assert.NotEqual(Trace("demand.proposal-made"), Trace("demand.proposal-accepted"));

        ActivityTraceId Trace(string type) => ActivityContext.Parse(history.Single(record => record.Type == type).TraceParent!, null).TraceId;
    }

    /// <summary>A demand that the only one who can serve it has been asked for.</summary>
    private async Task<(IDemandGrain Demand, RegisteredPartner Proposed)> ProposedTo(string carer)
    {
        await _pool.AddCarers(carer);
        var demand = await _pool.Post(seats: 1);
        await _pool.Recorded($"demand/{(await demand.Get()).Value!.Id}", "demand.proposal-made");
        return (demand, (await demand.Get()).Value!.Proposal(1).Proposed);
    }

    private static async Task<Answer<Demand>> Accept(IDemandGrain demand)
    {
        var proposed = (await demand.Get()).Value!.Proposal(1);
        return await demand.Accept(1, proposed.Proposed, GrainPool.NewCommand());
    }
}
