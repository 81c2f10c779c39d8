using Pool.EventSourcing;

namespace Pool.Simulation.Tests;

/// <summary>A silo's way to the journal: one commit in flight while the next appends gather, and all that may happen to it on the way.</summary>
internal sealed class SiloJournal(SharedJournal shared, Scheduler scheduler, Func<Faults> faults, Func<bool> lives, PlantedBug plant) : IJournal
{
    private List<(JournalAppend Append, TaskCompletionSource<long> Durable)> _gathered = [];
    private bool _inFlight;

    public Task<long> Append(JournalAppend append)
    {
        var durable = new TaskCompletionSource<long>();
        _gathered.Add((scheduler.Chance(plant.Rate) ? plant.Writes(append) : append, durable));
        FlushNext();
        return durable.Task;
    }

    public ValueTask<IReadOnlyList<JournalRecord>> ReadStream(string stream, long afterVersion, int limit = int.MaxValue)
    {
        var read = new TaskCompletionSource<IReadOnlyList<JournalRecord>>();
        scheduler.After(Latency(), () =>
        {
            if (scheduler.Chance(faults().FailedAccess))
            {
                read.SetException(new JournalUnavailableException($"Stream {stream} cannot be read now."));
                return;
            }

            var records = shared.Stream(stream).Skip((int)afterVersion).Take(limit).ToList();
            if (scheduler.Chance(plant.Rate))
            {
                records = records.ConvertAll(record => plant.Reads(record));
            }

            scheduler.After(Latency(), () => read.SetResult(records));
        });
        return new(read.Task);
    }

    private TimeSpan Latency() => scheduler.Between(TimeSpan.Zero, faults().Latency);

    private void FlushNext()
    {
        if (_inFlight || _gathered.Count == 0)
        {
            return;
        }

        (_inFlight, var batch, _gathered) = (true, _gathered, []);
        scheduler.After(Latency(), () => Commit(batch));
    }

    private void Commit(List<(JournalAppend Append, TaskCompletionSource<long> Durable)> batch)
    {
        // The commit of a silo that has just died may have been on its way.
        var lost = scheduler.Chance(lives() ? faults().LostFlush : 0.5);
        var unheard = !lost && scheduler.Chance(faults().UnheardFlush);
        var answers = batch.ConvertAll(append => lost ? Unknown(append) : Answer(append, unheard));
        scheduler.After(Latency(), () =>
        {
            answers.ForEach(answer => answer());
            _inFlight = false;
            FlushNext();
        });
    }

    private Action Answer((JournalAppend Append, TaskCompletionSource<long> Durable) waiting, bool unheard)
    {
        try
        {
            var position = shared.Commit(waiting.Append);
            return unheard ? Unknown(waiting) : () => waiting.Durable.SetResult(position);
        }
        catch (JournalConflictException conflict)
        {
            return unheard ? Unknown(waiting) : () => waiting.Durable.SetException(conflict);
        }
    }

    private Action Unknown((JournalAppend Append, TaskCompletionSource<long> Durable) waiting)
    {
        if (plant.AcknowledgesLost && scheduler.Chance(plant.Rate))
        {
            return () => waiting.Durable.SetResult(shared.Head);
        }

        waiting.Append.Sequence.Break();
        return () => waiting.Durable.SetException(new JournalUnavailableException("Nobody knows whether the append stands."));
    }

    // What follows the journal, the views and the waking, is not part of the simulation: the cluster wakes its actors itself.
    public long Head => throw new NotSupportedException();

    public event Action<IReadOnlyList<JournalRecord>>? Written
    {
        add => throw new NotSupportedException();
        remove => throw new NotSupportedException();
    }

    public ValueTask<IReadOnlyList<JournalRecord>> ReadAfter(long position, int limit, string? street = null) => throw new NotSupportedException();

    public ValueTask<long> ReadHead() => throw new NotSupportedException();

    public Task WaitBeyond(long position, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<string>> ClaimDue(DateTimeOffset now, TimeSpan lease, int limit) => throw new NotSupportedException();

    public ValueTask<DateTimeOffset?> NextDue() => throw new NotSupportedException();

    public Task WaitForWakeUp(DateTimeOffset? before, CancellationToken cancellation) => throw new NotSupportedException();
}
