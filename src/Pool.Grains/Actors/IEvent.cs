namespace Pool.Actors;

/// <summary>A fact in the journal. Its stored name is the type's <c>[Alias]</c>, its stored shape the type's JSON; both are permanent.</summary>
public interface IEvent
{
    /// <summary>When it happened, UTC.</summary>
    DateTimeOffset At { get; }
}

/// <summary>How long an owed step may take before the actor is woken to try it again.</summary>
public static class Patience
{
    /// <summary>How long callers wait for verbs that ask many actors one after another, or reckon: a minute.</summary>
    public const string ForLongVerbs = "00:01:00";

    public static readonly TimeSpan ForStep = TimeSpan.FromSeconds(5);
}
