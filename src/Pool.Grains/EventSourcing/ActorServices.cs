using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Pool.Values;

namespace Pool.EventSourcing;

/// <summary>What every event-sourced actor needs from its silo.</summary>
public sealed class ActorServices(
    IJournal journal,
    [FromKeyedServices(Clock.Key)] TimeProvider clock,
    [FromKeyedServices(ActorServices.SnapshotStorage)] IGrainStorage snapshots,
    ILogger<ActorServices> log)
{
    /// <summary>The name of the grain storage that keeps snapshots.</summary>
    public const string SnapshotStorage = "snapshots";

    public IJournal Journal => journal;

    public TimeProvider Clock => clock;

    public IGrainStorage Snapshots => snapshots;

    public ILogger Log => log;
}
