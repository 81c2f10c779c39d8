using Pool.Actors;
using Pool.Hosting;

namespace Pool.EventSourcing;

/// <summary>How one actor begins the stream of another.</summary>
public static class StreamBeginning
{
    /// <summary>
    /// Begins another actor's stream with its first event, without waking it: version 0 decides, and its turn comes, where it
    /// owes a step. Null when the stream has begun before; then that actor knows what it answered.
    /// </summary>
    /// <exception cref="JournalUnavailableException">The outcome is unknown.</exception>
    public static async Task<Answer<TState>?> Begin<TState, TEvent>(this ActorServices services, string stream, TEvent first, Command command)
        where TState : class, IActorState<TState, TEvent>
        where TEvent : class, IEvent
    {
        using var activity = CallTrace.StartWithin("journal append");
        activity?.SetTag("pool.stream", stream).SetTag("pool.version", 1);
        var (state, entry, trace) = (TState.Empty.Evolve(first), EventCatalogue<TEvent>.Write(first), CallTrace.Parent);
        try
        {
            var position = await services.Journal.Append(new(
                stream, 0, [entry], state.Office?.Text, first.At, command.Actor, command.RequestId, command.Fingerprint, trace, WakeUpChange.To(state.DueAt)));
            if (state.DueAt <= first.At + Patience.ForStep)
            {
                services.Births.Add(new(position, stream, 1, state.Office?.Text, entry.Type, first.At, command.Actor, command.RequestId, command.Fingerprint, trace, Payload: "")
                {
                    Happened = first,
                });
            }

            return Answer<TState>.Of(state, 1, position);
        }
        catch (JournalConflictException)
        {
            return null;
        }
    }
}
