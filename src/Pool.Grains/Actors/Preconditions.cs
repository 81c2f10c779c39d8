namespace Pool.Actors;

/// <summary>What holds for every command before its own rule is asked, in the order of the reasons.</summary>
public static class Preconditions
{
    /// <param name="key">The actor's key, named where it is not found.</param>
    /// <param name="now">The time by the system clock, by which clients set deadlines.</param>
    public static Refusal? Of<TState, TEvent>(TState state, long version, string key, Command command, DateTimeOffset now)
        where TState : class, IActorState<TState, TEvent>
        where TEvent : class, IEvent
    {
        if (Late(command, now) is { } late)
        {
            return late;
        }

        if (state.Exists && command.Home is { } home && state.Home is { } actual && home != actual)
        {
            return Refusal.Of(TState.Missing, key);
        }

        return command.Etag is { } etag && etag != version ? Refusal.At("etag", RefusalReason.EtagMismatch, $"{version}") : null;
    }

    /// <summary>Refuses a command whose client waits no longer.</summary>
    public static Refusal? Late(Command command, DateTimeOffset now) =>
        command.Deadline <= now ? Refusal.Of(RefusalReason.DeadlineExceeded) : null;
}
