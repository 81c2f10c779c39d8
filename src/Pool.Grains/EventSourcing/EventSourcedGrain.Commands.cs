using System.Collections.Immutable;
using Pool.Actors;

namespace Pool.EventSourcing;

/// <summary>How commands of clients are decided: each once, so that the same request id gives the same answer.</summary>
public abstract partial class EventSourcedGrain<TState, TEvent>
{
    /// <summary>Commands that ask others before they are decided, while they do.</summary>
    private Dictionary<(Guid Request, long Fingerprint), Task<Answer<TState>>>? _asking;

    /// <summary>Decides a client's command, once: the same request id gives the same answer.</summary>
    protected Task<Answer<TState>> Decide(Command command, Func<TState, DateTimeOffset, Decision<TEvent>> decide) =>
        Decide(command, decide, StateAt, (answer, _) => answer);

    /// <summary>The same, but gives the last event instead of the state, for actors whose state as of then would be long to replay.</summary>
    protected Task<Answer<TEvent>> DecideEvent(Command command, Func<TState, DateTimeOffset, Decision<TEvent>> decide) =>
        Decide(command, decide, EventAt, (answer, events) => answer.Select(_ => events[^1]));

    /// <summary>Decides a client's command, once, and answers when what it began has ended, with what stood then: the same each time.</summary>
    /// <param name="until">Whether it has ended, by the state.</param>
    /// <param name="ends">Which event ends it: the first of those after the command's own.</param>
    /// <exception cref="JournalUnavailableException">It has not ended yet.</exception>
    protected async Task<Answer<TState>> Decide(Command command, Func<TState, DateTimeOffset, Decision<TEvent>> decide, Func<TState, bool> until, Func<TEvent, bool> ends)
    {
        var begun = await Carried(await Decide(command, decide), until);
        if (begun.Refusal is not null)
        {
            return begun;
        }

        var since = await Journal.ReadStream(Stream, begun.Version);
        return await StateAt(since.First(record => ends(EventCatalogue<TEvent>.Read(record))).Version);
    }

    /// <summary>What this actor answered to a command before; null when it never did.</summary>
    protected async Task<Answer<TState>?> Recall(Command command)
    {
        await LookAgainWhenUnborn();
        LeaveIfUnborn();
        return Known.Receipts.Of(command.RequestId) is { } receipt ? await Recall(receipt, command, StateAt) : (Answer<TState>?)null;
    }

    /// <summary>
    /// Answers a command that asks others before it is decided, once: sent again meanwhile it is answered the same, whatever
    /// the others would say by then.
    /// </summary>
    protected async Task<Answer<TState>> Once(Command command, Func<Task<Answer<TState>>> answer)
    {
        if (await Recall(command) is { } before)
        {
            return before;
        }

        var (key, asking) = ((command.RequestId, command.Fingerprint), _asking ??= []);
        if (asking.TryGetValue(key, out var same))
        {
            return await same;
        }

        try
        {
            return await (asking[key] = answer());
        }
        finally
        {
            asking.Remove(key);
        }
    }

    /// <summary>Whether a request was answered with events.</summary>
    protected bool HasAnswered(Guid request) => Known.Receipts.Of(request) is not null;

    /// <summary>What is against a command before its own rule is asked.</summary>
    protected Refusal? Fault(Command command) => Preconditions.Of<TState, TEvent>(State, Version, Key, command, services.Wall.GetUtcNow());

    /// <summary>Refuses a command whose client waits no longer.</summary>
    protected Refusal? Late(Command command) => Preconditions.Late(command, services.Wall.GetUtcNow());

    /// <param name="before">Gives the answer of a version, where the command was decided before.</param>
    /// <param name="tell">Gives the answer where it is decided now.</param>
    private async Task<Answer<T>> Decide<T>(
        Command command, Func<TState, DateTimeOffset, Decision<TEvent>> decide, Func<long, Task<Answer<T>>> before, Func<Answer<TState>, ImmutableArray<TEvent>, Answer<T>> tell)
    {
        await LookAgainWhenUnborn();
        if (Known.Receipts.Of(command.RequestId) is { } receipt)
        {
            return await Recall(receipt, command, before);
        }

        var decision = await Ask(decide);
        var refusal = Check.Lowest(Fault(command), decision.Refusal);
        return tell(await Commit(refusal is null ? decision : refusal, command), decision.Events);
    }

    /// <summary>The answer that a request id got, or the refusal of another request under the same id.</summary>
    private async Task<Answer<T>> Recall<T>(Receipt receipt, Command command, Func<long, Task<Answer<T>>> before)
    {
        await Durable();
        return receipt.Fingerprint == command.Fingerprint ? await before(receipt.Version) : Refusal.At("request_id", RefusalReason.RequestIdReused);
    }

    /// <summary>The state as of a version that is durable.</summary>
    private async Task<Answer<TState>> StateAt(long version)
    {
        if (version == Version)
        {
            var state = State;
            return Answer<TState>.Of(state, version, await Durable());
        }

        var (replayed, at) = await Journal.StateAt<TState, TEvent>(Stream, version);
        return Answer<TState>.Of(replayed, version, at);
    }

    /// <summary>The event of a version that is durable.</summary>
    private async Task<Answer<TEvent>> EventAt(long version)
    {
        var record = (await Journal.ReadStream(Stream, version - 1, 1))[0];
        return Answer<TEvent>.Of(EventCatalogue<TEvent>.Read(record), version, record.Position);
    }
}
