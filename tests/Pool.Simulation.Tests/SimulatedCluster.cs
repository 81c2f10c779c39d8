using Pool.EventSourcing;

namespace Pool.Simulation.Tests;

/// <summary>
/// Silos without processes or network: their actors are the pool's own, and what lies between the actors, and between them
/// and the journal, is virtual time and faults.
/// </summary>
internal sealed class SimulatedCluster : IGrainFactory
{
    private const int Silos = 3;

    /// <summary>How long a caller waits for an answer.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(3);

    /// <summary>How long after a wake-up the actor is woken again, if it is still due.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    /// <summary>How long an actor is cut off, at most; longer than a hold outlives its proposal.</summary>
    private static readonly TimeSpan LongestCut = TimeSpan.FromMinutes(10);

    private readonly Silo[] _silos;
    private readonly Dictionary<GrainId, Silo> _directory = [];
    private readonly Dictionary<GrainId, DateTimeOffset> _cutOff = [];
    private readonly Dictionary<string, DateTimeOffset> _alarms = [];
    private readonly SharedJournal _journal;
    private readonly SimulatedViews _views;
    private readonly SnapshotStore _snapshots;

    public SimulatedCluster(Scheduler scheduler, SharedJournal journal, Faults faults, PlantedBug plant)
    {
        (Scheduler, _journal, Faults, Plant) = (scheduler, journal, faults, plant);
        _views = new(scheduler, journal, () => Faults);
        _snapshots = new(scheduler, () => Faults);
        Vault = new(scheduler, () => Faults);
        _silos = [.. Enumerable.Range(0, Silos).Select(_ => NewSilo())];
        journal.Committed += (append, _) =>
        {
            if (append.WakeUp.DueAt is { } due)
            {
                Arm(append.Stream, due);
            }
        };
    }

    public Scheduler Scheduler { get; }

    public SimulatedVault Vault { get; }

    /// <summary>The bug that is to be found in it.</summary>
    public PlantedBug Plant { get; }

    /// <summary>What goes wrong.</summary>
    public Faults Faults { get; private set; }

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null) where TGrainInterface : IGrainWithStringKey =>
        (TGrainInterface)Reference.To(GrainId.Create(ActorClass.Answering(typeof(TGrainInterface)).Kind, primaryKey), typeof(TGrainInterface), this);

    /// <summary>Sends a message to its actor.</summary>
    /// <returns>What the caller waits for.</returns>
    public Task Call(Message message)
    {
        if (Plant.Answers(message) is { } answer && Scheduler.Chance(Plant.Rate))
        {
            Travel(() => message.AnswerWith(answer));
            return message.Answer;
        }

        for (var copies = Scheduler.Chance(Faults.RepeatedMessage) ? 2 : 1; copies > 0; copies--)
        {
            Travel(() => Arrive(message));
        }

        if (message.Verb.IsOneWay)
        {
            return Task.CompletedTask;
        }

        Scheduler.After(ResponseTimeout, () => message.Fail(new TimeoutException($"{message} got no answer.")));
        return message.Answer;
    }

    /// <summary>Sends an answer on its way back.</summary>
    public void Reply(Action answer) => Travel(answer);

    /// <summary>Whether the step that an activation was to take is one that it does not live to take.</summary>
    public bool Strikes(Activation activation)
    {
        if (Scheduler.Chance(Faults.CrashedSilo))
        {
            activation.Silo.Crash();
            _silos[Array.IndexOf(_silos, activation.Silo)] = NewSilo();
        }
        else if (Scheduler.Chance(Faults.LostActivation))
        {
            activation.Lose();
        }

        return !activation.Lives;
    }

    /// <summary>Nothing goes wrong any more, and every clock is right.</summary>
    public void Mend()
    {
        Faults = Faults.None with { Latency = Faults.Latency };
        _cutOff.Clear();
        foreach (var silo in _silos)
        {
            silo.Clock.Skew = TimeSpan.Zero;
        }
    }

    private Silo NewSilo() => new(this, _journal, Vault, _views, _snapshots);

    private void Travel(Action arrive)
    {
        if (!Scheduler.Chance(Faults.LostMessage))
        {
            Scheduler.After(Scheduler.Between(TimeSpan.Zero, Faults.Latency), arrive);
        }
    }

    private void Arrive(Message message)
    {
        if (_cutOff.TryGetValue(message.Target, out var until) && until > Scheduler.Now)
        {
            return;
        }

        if (Scheduler.Chance(Faults.CutOff))
        {
            _cutOff[message.Target] = Scheduler.Now + Scheduler.Between(TimeSpan.Zero, LongestCut);
            return;
        }

        Activate(message.Target).Take(message);
    }

    private Activation Activate(GrainId actor)
    {
        var known = _directory.TryGetValue(actor, out var silo) && silo.Lives;
        if (known && !Scheduler.Chance(Faults.SecondActivation))
        {
            return silo!.Activate(actor, anew: Scheduler.Chance(Faults.Collected));
        }

        // Where it lives already, it may be the one or the other that is found from now on.
        var other = Scheduler.Any(_silos);
        _directory[actor] = known && Scheduler.Chance(0.5) ? silo! : other;
        return other.Activate(actor);
    }

    /// <summary>Has an actor woken in its turn, should its silo live until then; else its wake-up in the journal does.</summary>
    public void WakeInTurn(string stream, Silo silo) => Scheduler.After(Scheduler.Between(TimeSpan.Zero, TimeSpan.FromSeconds(1)), () =>
    {
        if (silo.Lives)
        {
            Wake(stream);
        }
    });

    /// <summary>Has an actor woken at an instant, or soon where that has passed.</summary>
    private void Arm(string stream, DateTimeOffset due)
    {
        if (_alarms.TryGetValue(stream, out var sooner) && sooner <= due)
        {
            return;
        }

        _alarms[stream] = due;
        var wait = due > Scheduler.Now ? due - Scheduler.Now : TimeSpan.Zero;
        Scheduler.After(wait + Scheduler.Between(TimeSpan.Zero, TimeSpan.FromSeconds(1)), () =>
        {
            if (_alarms.TryGetValue(stream, out var armed) && armed == due)
            {
                _alarms.Remove(stream);
                Ring(stream);
            }
        });
    }

    private void Ring(string stream)
    {
        if (!_journal.WakeUps.TryGetValue(stream, out var due))
        {
            return;
        }

        if (due > Scheduler.Now)
        {
            Arm(stream, due);
            return;
        }

        Wake(stream);
        Arm(stream, Scheduler.Now + Lease);
    }

    private void Wake(string stream) => ((IActorGrain)Reference.To(GrainId.Parse(stream, null), typeof(IActorGrain), this)).Wake().Ignore();

    // What no actor of the pool asks of the factory.
    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null) where TGrainInterface : IGrainWithGuidKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null) where TGrainInterface : IGrainWithIntegerKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null) where TGrainInterface : IGrainWithGuidCompoundKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null) where TGrainInterface : IGrainWithIntegerCompoundKey => throw new NotSupportedException();

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj) where TGrainObserverInterface : IGrainObserver => throw new NotSupportedException();

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj) where TGrainObserverInterface : IGrainObserver => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId) where TGrainInterface : IAddressable => throw new NotSupportedException();

    public IAddressable GetGrain(Type grainInterfaceType, IdSpan grainKey) => throw new NotSupportedException();

    public IAddressable GetGrain(Type grainInterfaceType, IdSpan grainKey, string grainClassNamePrefix) => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId) => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) => throw new NotSupportedException();
}
