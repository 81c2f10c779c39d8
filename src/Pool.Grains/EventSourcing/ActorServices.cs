using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Pool.Identities;
using Pool.Ledgers;
using Pool.Values;
using Pool.Views;

namespace Pool.EventSourcing;

/// <summary>What every event-sourced actor needs from its silo.</summary>
public class ActorServices(
    IJournal journal,
    IBirths births,
    [FromKeyedServices(Clock.Key)] TimeProvider clock,
    TimeProvider wall,
    [FromKeyedServices(ActorServices.SnapshotStorage)] IGrainStorage snapshots,
    LedgerKeys keys,
    IVault vault,
    IViewStore views,
    ILogger<ActorServices> log)
{
    private readonly ConcurrentDictionary<GrainId, Grain> _here = [];

    /// <summary>The name of the grain storage that keeps snapshots.</summary>
    public const string SnapshotStorage = "snapshots";

    public IJournal Journal => journal;

    public IBirths Births => births;

    /// <summary>The pool's time.</summary>
    public TimeProvider Clock => clock;

    /// <summary>The time by which clients' deadlines are set: in a cluster the same in all processes.</summary>
    public TimeProvider Wall => wall;

    public IGrainStorage Snapshots => snapshots;

    public LedgerKeys Keys => keys;

    /// <summary>Who is who.</summary>
    public IVault Vault => vault;

    /// <summary>What was derived of the journal so far; it lags behind it.</summary>
    public IViewStore Views => views;

    public ILogger Log => log;

    /// <summary>Whether an actor is awake in this process. It may leave at any time.</summary>
    public virtual bool IsHere(IAddressable actor) => _here.ContainsKey(actor.GetGrainId());

    /// <summary>An actor is awake here from now on.</summary>
    internal void Enter(Grain actor) => _here[actor.GetGrainId()] = actor;

    /// <summary>Its next activation may be elsewhere.</summary>
    internal void Leave(Grain actor) => _here.TryRemove(new(actor.GetGrainId(), actor));

    /// <summary>Does work that rests on values alone, apart from the actors' turns.</summary>
    public virtual Task Apart(Func<Task> work) => Task.Run(work);

    private readonly ConcurrentExclusiveSchedulerPair _beside = new();

    /// <summary>Does work beside the actors' turns, which it would hold up; one piece of it at a time.</summary>
    /// <param name="work">Is given how many threads it may use.</param>
    public virtual Task<T> Beside<T>(Func<int, T> work) =>
        Task.Factory.StartNew(() => work(Environment.ProcessorCount), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _beside.ExclusiveScheduler);
}
