using System.Globalization;
using Orleans.Storage;

namespace Pool.Simulation.Tests;

/// <summary>The snapshots that all silos share. A write that its silo never heard of may stand.</summary>
internal sealed class SnapshotStore(Scheduler scheduler, Func<Faults> faults) : IGrainStorage
{
    private readonly Dictionary<GrainId, (object State, int Writes)> _stored = [];

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await Access();
        if (_stored.TryGetValue(grainId, out var found))
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) = ((T)found.State, Tag(found.Writes), true);
        }
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await Access();
        var known = _stored.TryGetValue(grainId, out var found);
        if ((known ? Tag(found.Writes) : null) != grainState.ETag)
        {
            throw new InconsistentStateException($"Another has written the snapshot of {grainId}.");
        }

        _stored[grainId] = (grainState.State!, found.Writes + 1);
        await Access();
        (grainState.ETag, grainState.RecordExists) = (Tag(found.Writes + 1), true);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

    private async Task Access()
    {
        await scheduler.Delay(scheduler.Between(TimeSpan.Zero, faults().Latency));
        if (scheduler.Chance(faults().FailedAccess))
        {
            throw new TimeoutException("The snapshot store does not answer.");
        }
    }

    private static string Tag(int writes) => writes.ToString(CultureInfo.InvariantCulture);
}
