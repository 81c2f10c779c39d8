using System.Collections.Immutable;

namespace Pool.Actors;

/// <summary>What a rule decided: the events that follow, in order, or a refusal. No events and no refusal: nothing to do.</summary>
public readonly struct Decision<TEvent>
{
    private readonly ImmutableArray<TEvent> _events;

    private Decision(ImmutableArray<TEvent> events, Refusal? refusal)
    {
        _events = events;
        Refusal = refusal;
    }

    public ImmutableArray<TEvent> Events => _events.IsDefault ? [] : _events;

    public Refusal? Refusal { get; }

    public static implicit operator Decision<TEvent>(TEvent happened) => new([happened], null);

    public static implicit operator Decision<TEvent>(ImmutableArray<TEvent> events) => new(events, null);

    public static implicit operator Decision<TEvent>(Refusal refusal) => new([], refusal);

    public static implicit operator Decision<TEvent>(RefusalReason reason) => new([], Actors.Refusal.Of(reason));
}
