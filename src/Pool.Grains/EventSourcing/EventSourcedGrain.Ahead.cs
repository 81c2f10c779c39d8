using System.Collections.Immutable;
using Pool.Actors;

namespace Pool.EventSourcing;

/// <summary>
/// How actors of one process work together ahead of the journal: the calls and answers between them wait for nothing, and what
/// each of them appends rests on what it was told (<see cref="Footing"/>). What leaves the process waits for all of it.
/// </summary>
public abstract partial class EventSourcedGrain<TState, TEvent>
{
    /// <summary>What others told before it was durable, and no append of this activation rests on yet.</summary>
    private readonly List<Undurable> _told = [];

    /// <summary>
    /// Whether the owed step need not wait until all is durable: it calls others by <see cref="CallAhead{TActor, T}"/> alone, only
    /// asks, or waits itself until what it tells is durable.
    /// </summary>
    protected virtual bool StepsAhead => false;

    /// <summary>Calls an actor: at once, where it is in this process; elsewhere when all that this one knows is durable.</summary>
    protected async Task<T> CallAhead<TActor, T>(TActor actor, Func<TActor, Footing?, Task<T>> call)
        where TActor : IAddressable
    {
        if (services.IsHere(actor))
        {
            var footing = new Footing(Undurables());
            try
            {
                var answer = await call(actor, footing);
                _told.AddRange(footing.Answered);
                return answer;
            }
            catch (NoFootingException)
            {
                // It has moved to another process meanwhile.
            }
        }

        await Durable();
        return await call(actor, null);
    }

    /// <summary>The same for a call without an answer.</summary>
    protected Task CallAhead<TActor>(TActor actor, Func<TActor, Footing?, Task> call)
        where TActor : IAddressable => CallAhead(actor, async (ahead, footing) =>
        {
            await call(ahead, footing);
            return true;
        });

    /// <summary>Passes a call on for an actor that only stands between: as it came, where the other is in this process, too; elsewhere when all that it rests on is durable.</summary>
    protected async Task<T> PassOn<TActor, T>(TActor actor, Footing? footing, Func<TActor, Footing?, Task<T>> call)
        where TActor : IAddressable
    {
        await Durable();
        if (footing is { IsHere: true } && services.IsHere(actor))
        {
            return await call(actor, footing);
        }

        await Task.WhenAll((footing?.Asked ?? []).Select(asked => asked.Outcome));
        return await call(actor, null);
    }

    /// <summary>Decides for a caller in this process, who is answered before it is durable; for another one when it is.</summary>
    /// <param name="footing">What the call rests on; null where that is durable.</param>
    /// <exception cref="NoFootingException">The caller is in another process.</exception>
    protected async Task<T> DecideAhead<T>(Func<TState, DateTimeOffset, (Decision<TEvent> Decision, T Outcome)> decide, Footing? footing)
    {
        var asked = footing?.Asked ?? [];
        if (footing is not { IsHere: true })
        {
            return await Decide(decide);
        }

        if (_appends.IsBroken)
        {
            throw new JournalUnavailableException($"{Stream} is being loaded again.");
        }

        var (decision, outcome) = await Ask(decide);
        _told.AddRange(decision.Events.IsEmpty ? [] : asked);
        var written = decision.Events.IsEmpty ? StandBehindFence() : Follow(Append(decision.Events, null));
        written.Ignore();
        LeaveIfUnborn();
        footing.Answer(new(_appends, written));
        return outcome;
    }

    /// <summary>The same where there is nothing to answer.</summary>
    protected Task DecideAhead(Func<TState, DateTimeOffset, Decision<TEvent>> decide, Footing? footing) => DecideAhead((state, now) => (decide(state, now), true), footing);

    /// <summary>What this activation's state, and what it was told, rests on.</summary>
    /// <exception cref="JournalUnavailableException">Some of it has failed: this activation is loaded again, and nothing rests on it any more.</exception>
    private List<Undurable> Undurables()
    {
        _told.RemoveAll(IsDurable);
        if (_appends.IsBroken || _told.Exists(told => told.Outcome.IsFaulted || told.Outcome.IsCanceled))
        {
            var failed = new JournalUnavailableException($"{Stream} was told what did not become durable.");
            Abandon(failed);
            throw failed;
        }

        return _written.IsCompletedSuccessfully ? [.. _told] : [.. _told, new(_appends, _written)];
    }

    private static bool IsDurable(Undurable told) => told.Outcome.IsCompletedSuccessfully;

    /// <summary>What the next append rests on besides those before it; those after it rest on it.</summary>
    private ImmutableArray<AppendSequence> TakeTold()
    {
        if (_told.Count == 0)
        {
            return [];
        }

        var told = _told.Where(told => !IsDurable(told) && told.Sequence != _appends).Select(told => told.Sequence).Distinct().ToImmutableArray();
        _told.Clear();
        return told;
    }
}
