using Pool.Actors;

namespace Pool.EventSourcing;

/// <summary>Reads a stream's past off the journal.</summary>
internal static class StreamHistory
{
    /// <summary>What the actor was at a version, and the position of that version's event.</summary>
    public static async ValueTask<(TState State, long Position)> StateAt<TState, TEvent>(this IJournal journal, string stream, long version)
        where TState : class, IActorState<TState, TEvent>
        where TEvent : class, IEvent
    {
        var (state, position) = (TState.Empty, 0L);
        foreach (var record in (await journal.ReadStream(stream, 0)).TakeWhile(record => record.Version <= version))
        {
            (state, position) = (state.Evolve(EventCatalogue<TEvent>.Read(record)), record.Position);
        }

        return (state, position);
    }
}
