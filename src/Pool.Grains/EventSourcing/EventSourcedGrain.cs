using Orleans.Concurrency;
using Pool.Actors;

namespace Pool.EventSourcing;

/// <summary>
/// The only bridge between the pure actors and Orleans. It loads (snapshot and tail), decides, appends, evolves and
/// answers. Decisions are made on a state that may not be durable yet, but nothing leaves the actor (no answer, no
/// refusal, no call) before all that it rests on is durable, unless to an actor of the same process, which then rests on it,
/// too (<see cref="CallAhead{TActor, T}"/>). After a failed append the activation ends: it never goes on from a state that the journal
/// may not have.
/// </summary>
[Reentrant]
public abstract partial class EventSourcedGrain<TState, TEvent>(ActorServices services) : Grain, IActorGrain
    where TState : class, IActorState<TState, TEvent>
    where TEvent : class, IEvent
{
    /// <summary>Events of its past that are read at a time where one is looked for.</summary>
    private const int SearchedAtOnce = 4_096;

    private string? _stream;
    private StreamState<TState, TEvent>? _known;
    private SnapshotCache<TState>? _snapshots;
    private StepCarrier? _steps;

    /// <summary>The state with every event decided so far, durable or not.</summary>
    protected TState State => Known.State;

    protected long Version => Known.Version;

    protected DateTimeOffset Now => services.Clock.GetUtcNow();

    protected IJournal Journal => services.Journal;

    /// <summary>The stream's name, which is the grain's id.</summary>
    protected string Stream => _stream ??= this.GetGrainId().ToString();

    /// <summary>A snapshot is written after this many events, no fewer than 64, and more as the state grows if it does; 0 for streams that stay short.</summary>
    protected virtual int SnapshotEvery => 0;

    /// <summary>Commands that were answered with events: every snapshot has them all.</summary>
    protected int AnsweredCommands => Known.Receipts.Count;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _snapshots = SnapshotEvery > 0 ? new(services, this.GetGrainId(), () => SnapshotEvery) : null;
        var told = services.Births.Tell(Stream);
        _isTold = told is not null;
        _written = Task.FromResult(told is null ? await Known.Load(Journal, _snapshots) : Known.Replay([told]));
        services.Enter(this);
    }

    /// <summary>A snapshot under way is finished first: the next activation may be on another silo.</summary>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        services.Leave(this);
        return _snapshots?.Written.WaitAsync(cancellationToken) ?? Task.CompletedTask;
    }

    public async Task Wake()
    {
        using var activity = Traces.StartWake(OwesStep && !TimerIsDue);
        await LookAgainWhenUnborn();
        var version = Version;
        var tick = Tick(State, Now);
        if (!tick.Events.IsEmpty)
        {
            await Commit(tick, null);
        }

        await Steps.Carry();
        if (Version == version && !_appends.IsBroken)
        {
            // Nothing happened that would have moved the wake-up: a stale row is put right, or it would fire for ever.
            await Write([], null, WakeUpChange.To(State.DueAt));
        }

        LeaveIfUnborn();
    }

    /// <summary>What time has brought: the events of timers that are due. Nothing by default.</summary>
    protected virtual Decision<TEvent> Tick(TState state, DateTimeOffset now) => default;

    /// <summary>Whether the state owes the world a step.</summary>
    protected virtual bool OwesStep => false;

    /// <summary>Whether the owed step is what a timer brought, and not what the last event owes.</summary>
    protected virtual bool TimerIsDue => false;

    /// <summary>Carries out the next step and decides its outcome into events. Called only while a step is owed.</summary>
    protected virtual Task CarryStep() => Task.CompletedTask;

    /// <summary>The state, when everything in it is durable, or a refusal when the actor does not exist.</summary>
    protected async Task<Answer<TState>> Read()
    {
        await LookAgainWhenUnborn();
        if (_isTold)
        {
            await StandBehindFence();
        }

        var (state, version) = (State, Version);
        var position = await Durable();
        LeaveIfUnborn();
        return state.Exists ? Answer<TState>.Of(state, version, position) : Refusal.Of(TState.Missing, Key);
    }

    /// <summary>What is against a question, said behind the fence as what is against a command is: not by an activation that was overtaken.</summary>
    protected async Task<Refusal> Refused(Refusal refusal) => (await Commit(refusal, null)).Refusal!;

    /// <summary>Decides what a step or a timer brought; idempotent by the rule itself.</summary>
    protected async Task<Answer<TState>> Decide(Func<TState, DateTimeOffset, Decision<TEvent>> decide) => await Commit(await Ask(decide), null);

    /// <summary>The same, with what the rule says besides its events; it leaves when they are durable.</summary>
    protected async Task<T> Decide<T>(Func<TState, DateTimeOffset, (Decision<TEvent> Decision, T Outcome)> decide)
    {
        var (decision, outcome) = await Ask(decide);
        await Commit(decision, null);
        return outcome;
    }

    /// <summary>An answer that leaves when what it promises is done, durably. What is not done yet the caller asks for again.</summary>
    /// <param name="until">What it promises of the state; that no step is owed any more, where null.</param>
    /// <exception cref="JournalUnavailableException">A step failed; the next wake-up tries it again.</exception>
    protected async Task<Answer<TState>> Carried(Answer<TState> answer, Func<TState, bool>? until = null)
    {
        if (answer.Refusal is null)
        {
            return await Carried(until) ? answer : throw new JournalUnavailableException($"{Stream} has decided, and what follows from it is not done yet.");
        }

        return answer;
    }

    /// <summary>Carries out what is owed, no longer than until the state is as wanted; it is durable then.</summary>
    /// <param name="until">What is wanted; that no step is owed any more, where null.</param>
    /// <returns>Whether it is as wanted.</returns>
    protected async Task<bool> Carried(Func<TState, bool>? until)
    {
        var carried = await (until is null ? Steps.Carry() : Steps.Carry(() => until(State)));
        await Durable();
        return carried;
    }

    /// <summary>Carries out what is owed now, until nothing is or the owed step fails.</summary>
    protected Task Carry() => Steps.Carry();

    /// <summary>The events of this stream so far, as they stand in the journal.</summary>
    protected async Task<IReadOnlyList<JournalRecord>> History()
    {
        await Durable();
        return await Journal.ReadStream(Stream, 0);
    }

    /// <summary>Looks through the events of this stream so far, some at a time, for the first that says something.</summary>
    protected async ValueTask<T?> Search<T>(Func<TEvent, T?> tell) where T : struct
    {
        await Durable();
        for (var (after, read) = (0L, SearchedAtOnce); read == SearchedAtOnce; after += read)
        {
            var records = await Journal.ReadStream(Stream, after, SearchedAtOnce);
            if (records.Select(record => tell(EventCatalogue<TEvent>.Read(record))).FirstOrDefault(told => told is not null) is { } found)
            {
                return found;
            }

            read = records.Count;
        }

        return null;
    }

    private StreamState<TState, TEvent> Known => _known ??= new(Stream);

    private StreamTraces Traces => Known.Traces;

    private StepCarrier Steps => _steps ??= new(Stream, () => OwesStep, () => StepsAhead, AtRest, CarryStep, Traces, services.Log);

    private string Key => Stream[(Stream.IndexOf('/') + 1)..];

    /// <summary>What a rule says of the state. That the state cannot be is said behind the fence, too: an activation that was overtaken is loaded again instead.</summary>
    private async ValueTask<T> Ask<T>(Func<TState, DateTimeOffset, T> rule)
    {
        try
        {
            return rule(State, Now);
        }
        catch (InvalidOperationException)
        {
            await StandBehindFence();
            throw;
        }
    }

    /// <summary>
    /// Another actor may begin this stream (see <see cref="StreamBeginning"/>) after this activation was loaded without it.
    /// </summary>
    private async ValueTask LookAgainWhenUnborn()
    {
        if (Version == 0)
        {
            var records = await Journal.ReadStream(Stream, 0);

            // Another call may have begun the stream, or found its beginning, at that await.
            if (Version == 0)
            {
                _written = Task.FromResult(Known.Replay(records));
            }
        }
    }

    /// <summary>An actor that was asked for but never created does not stay in memory.</summary>
    private void LeaveIfUnborn()
    {
        if (!State.Exists)
        {
            DeactivateOnIdle();
        }
    }
}
