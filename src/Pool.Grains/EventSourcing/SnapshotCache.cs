using Pool.Hosting;

namespace Pool.EventSourcing;

/// <summary>The snapshots of one stream in Orleans grain storage: read once, written every so many events.</summary>
internal sealed class SnapshotCache<TState>(ActorServices services, GrainId stream, int every) where TState : class
{
    private const string Name = "state";

    private readonly GrainState<Snapshot<TState>> _stored = new(new Snapshot<TState>());
    private bool _writing;

    /// <summary>The last snapshot; an empty one when there is none.</summary>
    public async Task<Snapshot<TState>> Read()
    {
        await services.Snapshots.ReadStateAsync(Name, stream, _stored);
        return _stored.State ?? new();
    }

    /// <summary>Writes in the background when enough events have come since the last one. The state must be durable.</summary>
    public void WriteWhenDue(TState state, long version, IEnumerable<Receipt> receipts)
    {
        if (_writing || version - (_stored.State?.Version ?? 0) < every)
        {
            return;
        }

        _writing = true;
        _ = Write(new Snapshot<TState> { Version = version, State = state, Receipts = [.. receipts.Where(receipt => receipt.Version <= version)] });
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
        finally
        {
            _writing = false;
        }
    }
}
