using Pool.Hosting;

namespace Pool.EventSourcing;

/// <summary>The snapshots of one stream in Orleans grain storage: read once, written every so many events.</summary>
internal sealed class SnapshotCache<TState>(ActorServices services, GrainId stream, int every) where TState : class
{
    private const string Name = "state";

    private readonly GrainState<Snapshot<TState>> _stored = new(new Snapshot<TState>());

    /// <summary>The write under way, or the last one. It never fails.</summary>
    public Task Written { get; private set; } = Task.CompletedTask;

    /// <summary>The last snapshot; an empty one when there is none that can be read.</summary>
    public async Task<Snapshot<TState>> Read()
    {
        try
        {
            await services.Snapshots.ReadStateAsync(Name, stream, _stored);
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            PoolLog.SnapshotUnreadable(services.Log, stream.ToString(), cause);
        }

        return _stored.State ?? new();
    }

    /// <summary>Writes in the background when enough events have come since the last one. The state must be durable.</summary>
    public void WriteWhenDue(TState state, long version, Receipts receipts, string? traceParent)
    {
        if (!Written.IsCompleted || version - (_stored.State?.Version ?? 0) < every)
        {
            return;
        }

        Written = Write(new Snapshot<TState>
        {
            Version = version,
            State = state,
            Receipts = receipts.UpTo(version),
            TraceParent = traceParent,
        });
    }

    private async Task Write(Snapshot<TState> snapshot)
    {
        try
        {
            _stored.State = snapshot;
            await services.Snapshots.WriteStateAsync(Name, stream, _stored);
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            PoolLog.SnapshotFailed(services.Log, stream.ToString(), cause);
        }
    }
}
