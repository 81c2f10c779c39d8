using System.Collections.Immutable;
using System.Diagnostics;
using Pool.Actors;
using Pool.Hosting;

namespace Pool.EventSourcing;

/// <summary>
/// How what was decided becomes durable: the state goes on at once, the append waits in its silo's queue, and whoever answers
/// waits for it.
/// </summary>
public abstract partial class EventSourcedGrain<TState, TEvent>
{
    private readonly AppendSequence _appends = new();

    /// <summary>The last append of events: it ends when they are durable, and all before them.</summary>
    private Task<long> _written = Task.FromResult(0L);

    /// <summary>Whether it knows its stream by what this process told it, and the journal has not borne that out yet.</summary>
    private bool _isTold;

    /// <summary>Completes when the journal has said that no other activation has gone on: what this one knows is all there is.</summary>
    /// <exception cref="JournalConflictException">Another has; this one is loaded again.</exception>
    protected Task StandBehindFence() => Write([], null, WakeUpChange.None);

    /// <summary>
    /// Completes when every event decided before the call is durable, and what this actor was told; gives the position of the last.
    /// What is decided meanwhile it does not wait for: under a steady load that never ends. Whoever tells of the state takes it
    /// before.
    /// </summary>
    protected async Task<long> Durable()
    {
        _told.RemoveAll(IsDurable);
        var (written, told) = (_written, _told.ToArray());
        var position = await written;
        foreach (var undurable in told)
        {
            try
            {
                await undurable.Outcome;
            }
            catch (Exception cause) when (cause is not OutOfMemoryException)
            {
                Abandon(cause);
                throw;
            }
        }

        return _appends.IsBroken ? throw new JournalUnavailableException($"{Stream} is being loaded again.") : position;
    }

    /// <summary>Completes when nothing is left that is not durable, so that the state as it then is may be told: for steps of actors that few call at a time.</summary>
    private async Task AtRest()
    {
        do
        {
            await Durable();
        }
        while (!_written.IsCompletedSuccessfully || !_told.TrueForAll(IsDurable));
    }

    private async Task<Answer<TState>> Commit(Decision<TEvent> decision, Command? command)
    {
        if (decision.Events.IsEmpty)
        {
            // Nothing is written, but a refusal rests on the state as much as an event does: should another activation have
            // gone on, the fence says so here too, and the caller asks again.
            var (unchanged, at) = (State, Version);
            await StandBehindFence();
            var position = await Durable();
            LeaveIfUnborn();
            return decision.Refusal is { } refusal ? refusal : Answer<TState>.Of(unchanged, at, position);
        }

        var written = Append(decision.Events, command);
        var (state, version) = (State, Version);
        return Answer<TState>.Of(state, version, await Follow(written));
    }

    /// <summary>What follows from an append that was just queued: the steps that are owed by now, and a snapshot.</summary>
    /// <returns>Its position, when it is durable.</returns>
    private async Task<long> Follow(Task<long> written)
    {
        var (state, version) = (State, Version);
        if (OwesStep && StepsAhead)
        {
            _ = Steps.Carry();
        }

        var position = await written;
        if (OwesStep)
        {
            _ = Steps.Carry();
        }

        if (!_appends.IsBroken)
        {
            _snapshots?.WriteWhenDue(state, version, Known.Receipts, Traces.Origin);
        }

        return position;
    }

    /// <summary>Evolves at once and queues the append; the returned task ends when it is durable.</summary>
    private Task<long> Append(ImmutableArray<TEvent> events, Command? command)
    {
        var wakeUp = Known.Evolve(events, command);
        return _written = Write(events, command, wakeUp);
    }

    /// <summary>Queues events that the state has by now, or none; the returned task ends when all before them are durable, too.</summary>
    private async Task<long> Write(ImmutableArray<TEvent> events, Command? command, WakeUpChange wakeUp)
    {
        if (_appends.IsBroken)
        {
            throw new JournalUnavailableException($"{Stream} is being loaded again.");
        }

        using var activity = events.IsEmpty ? null : Traces.StartAppend(Version);
        if (!events.IsEmpty)
        {
            Traces.Saw(CallTrace.Parent);
        }

        try
        {
            var position = await Journal.Append(new(
                Stream, Version - events.Length, ImmutableArray.CreateRange(events, EventCatalogue<TEvent>.Write), State.Office?.Text,
                events.IsEmpty ? Now : events[^1].At, command?.Actor ?? Stream, command?.RequestId, command?.Fingerprint ?? 0, CallTrace.Parent, wakeUp)
            {
                Sequence = _appends,
                RestsOn = events.IsEmpty ? [] : TakeTold(),
            });
            _isTold = false;
            return position;
        }
        catch (Exception cause)
        {
            activity?.SetStatus(ActivityStatusCode.Error, cause.Message);
            Abandon(cause);
            throw;
        }
    }

    /// <summary>Ends the activation: what it knows, the journal may not have.</summary>
    private void Abandon(Exception cause)
    {
        _appends.Break();
        PoolLog.ActivationAbandoned(services.Log, Stream, cause.Message);
        DeactivateOnIdle();
    }
}
