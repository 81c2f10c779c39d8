using Pool.Hosting;

namespace Pool.EventSourcing;

/// <summary>The snapshots of one stream in Orleans grain storage: read once, written every so many events.</summary>
/// <param name="every">How many events are between two; asked each time.</param>
internal sealed class SnapshotCache<TState>(ActorServices services, GrainId stream, Func<int> every) where TState : class
{
    /// <summary>Raised when a state of an actor has a part that its older snapshots lack: those are replayed from the journal.</summary>
    private const int Shape = 8;

    /// <summary>
    /// The kind of actor. Orleans' storage keeps a row by this name and the actor's key, so that a partner whose id is also
    /// a street's has a row of its own.
    /// </summary>
    private readonly string _name = stream.Type.ToString()!;

    private readonly GrainState<Snapshot<TState>> _stored = new(new Snapshot<TState>());

    /// <summary>Whether the store may have another than <see cref="_stored"/>: a read or a write failed, or was not answered.</summary>
    private bool _uncertain;

    /// <summary>The write under way, or the last one. It never fails.</summary>
    public Task Written { get; private set; } = Task.CompletedTask;

    /// <summary>The last snapshot; an empty one when there is none that can be read.</summary>
    public async Task<Snapshot<TState>> Read()
    {
        try
        {
            await services.Snapshots.ReadStateAsync(_name, stream, _stored);
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            _uncertain = true;
            PoolLog.SnapshotUnreadable(services.Log, stream.ToString(), cause);
        }

        return _stored.State is { Shape: Shape } snapshot ? snapshot : new();
    }

    /// <summary>Writes in the background when enough events have come since the last one. The state must be durable.</summary>
    public void WriteWhenDue(TState state, long version, Receipts receipts, string? traceParent)
    {
        if (!Written.IsCompleted || version - (_stored.State?.Version ?? 0) < every())
        {
            return;
        }

        var snapshot = new Snapshot<TState>
        {
            Version = version,
            State = state,
            Receipts = receipts.UpTo(version),
            TraceParent = traceParent,
            Shape = Shape,
        };
        // A state is a value: writing a large one holds nobody up.
        Written = services.Apart(() => Write(snapshot));
    }

    private async Task Write(Snapshot<TState> snapshot)
    {
        try
        {
            if (_uncertain)
            {
                await services.Snapshots.ReadStateAsync(_name, stream, _stored);
            }

            _uncertain = true;
            _stored.State = snapshot;
            await services.Snapshots.WriteStateAsync(_name, stream, _stored);
            _uncertain = false;
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            PoolLog.SnapshotFailed(services.Log, stream.ToString(), cause);
        }
    }
}
