using Pool.Values;

namespace Pool.Actors;

/// <summary>
/// The state of an actor as a value. An actor's rules are pure functions beside it: <c>Decide</c> (state, command,
/// now) to events or a refusal, <see cref="Evolve"/>, <c>NextStep</c> (what it still owes the world) and
/// <see cref="DueAt"/>.
/// </summary>
public interface IActorState<TSelf, in TEvent> where TSelf : class, IActorState<TSelf, TEvent>
{
    /// <summary>The state before the first event.</summary>
    static abstract TSelf Empty { get; }

    /// <summary>The refusal of an actor that was never created.</summary>
    static abstract RefusalReason Missing { get; }

    /// <summary>Whether the actor has been created.</summary>
    bool Exists { get; }

    /// <summary>The street whose office this actor belongs to, or null for what belongs to all.</summary>
    StreetId? Office { get; }

    /// <summary>The community in the actor's resource name, or null where the name has none but its own.</summary>
    CommunityId? Home { get; }

    /// <summary>When the actor must be woken, at the latest; null when nothing is owed.</summary>
    DateTimeOffset? DueAt { get; }

    /// <summary>The state after an event. It never refuses: an impossible event throws.</summary>
    TSelf Evolve(TEvent happened);
}
