using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Core;
using Orleans.Storage;
using Orleans.Timers;
using Pool.EventSourcing;
using Pool.Identities;
using Pool.Ledgers;
using Pool.Views;

namespace Pool.Simulation.Tests;

/// <summary>One life of a process: its activations, its way to the journal and its clock.</summary>
internal sealed class Silo : IGrainRuntime, IBirths
{
    private readonly Dictionary<GrainId, Activation> _activations = [];
    private readonly Dictionary<string, JournalRecord> _begun = [];
    private readonly SimulatedCluster _cluster;

    public Silo(SimulatedCluster cluster, SharedJournal journal, IVault vault, IViewStore views, IGrainStorage snapshots)
    {
        _cluster = cluster;
        var (scheduler, skew) = (cluster.Scheduler, cluster.Faults.Skew);
        Clock = new(scheduler) { Skew = scheduler.Between(-skew, skew) };
        Services = new SimulatedServices(
            new SiloJournal(journal, scheduler, () => cluster.Faults, () => Lives, cluster.Plant), this, Clock, Clock, snapshots, World.Keys, vault, views, NullLogger<ActorServices>.Instance,
            actor => _activations.TryGetValue(actor, out var activation) && activation.Lives);
    }

    public bool Lives { get; private set; } = true;

    public SiloClock Clock { get; }

    public ActorServices Services { get; }

    public IGrainFactory GrainFactory => _cluster;

    public void Crash() => Lives = false;

    /// <summary>Told to whoever asks first, however late: the stream may have gone on elsewhere by then.</summary>
    void IBirths.Add(JournalRecord first)
    {
        _begun[first.Stream] = first;
        _cluster.WakeInTurn(first.Stream, this);
    }

    JournalRecord? IBirths.Tell(string stream) => _begun.Remove(stream, out var first) ? first : null;

    /// <summary>The actor's activation here, a new one if it has none.</summary>
    /// <param name="anew">Whether the one that it has is ended before.</param>
    public Activation Activate(GrainId id, bool anew = false)
    {
        if (anew && _activations.TryGetValue(id, out var idle))
        {
            DeactivateOnIdle(idle);
        }

        if (!_activations.TryGetValue(id, out var activation) || !activation.Lives)
        {
            _activations[id] = activation = new(id, this, _cluster);
        }

        return activation;
    }

    /// <summary>The next message finds another activation.</summary>
    public void Forget(Activation activation)
    {
        if (_activations.GetValueOrDefault(activation.GrainId) == activation)
        {
            _activations.Remove(activation.GrainId);
        }
    }

    public void DeactivateOnIdle(IGrainContext grainContext)
    {
        var activation = (Activation)grainContext;
        Forget(activation);
        activation.End();
    }

    // What no actor of the pool asks of its silo.
    public SiloAddress SiloAddress => throw new NotSupportedException();

    public string SiloIdentity => throw new NotSupportedException();

    public ITimerRegistry TimerRegistry => throw new NotSupportedException();

    public IServiceProvider ServiceProvider => throw new NotSupportedException();

    public TimeProvider TimeProvider => throw new NotSupportedException();

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) => throw new NotSupportedException();

    public IStorage<TGrainState> GetStorage<TGrainState>(IGrainContext grainContext) => throw new NotSupportedException();
}

/// <summary>Services in virtual time: work beside the actors' turns takes none, and one thread, so that it is the same every time.</summary>
internal sealed class SimulatedServices(IJournal journal, IBirths births, TimeProvider clock, TimeProvider wall, IGrainStorage snapshots, LedgerKeys keys, IVault vault, IViewStore views, ILogger<ActorServices> log, Func<GrainId, bool> isHere)
    : ActorServices(journal, births, clock, wall, snapshots, keys, vault, views, log)
{
    public override bool IsHere(IAddressable actor) => isHere(((Reference)actor).Target);

    public override Task Apart(Func<Task> work) => work();

    public override Task<T> Beside<T>(Func<int, T> work) => Task.FromResult(work(1));
}
