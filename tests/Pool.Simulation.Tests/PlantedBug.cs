using Pool.EventSourcing;

namespace Pool.Simulation.Tests;

/// <summary>
/// A bug that is there on purpose, at a boundary of the actors, where it looks to the rest of the pool as if the actor
/// itself had it: the simulation is worth as much as it finds of them.
/// </summary>
internal sealed record PlantedBug
{
    public static readonly PlantedBug None = new() { Rate = 0 };

    /// <summary>How often it shows where it could.</summary>
    public double Rate { get; init; } = 0.2;

    /// <summary>What a call is answered instead of being carried out; null for those that are.</summary>
    public Func<Message, object?> Answers { get; init; } = _ => null;

    /// <summary>How an actor that is loaded understands an event of its past.</summary>
    public Func<JournalRecord, JournalRecord> Reads { get; init; } = record => record;

    /// <summary>What of an append reaches the journal.</summary>
    public Func<JournalAppend, JournalAppend> Writes { get; init; } = append => append;

    /// <summary>Whether an append lands behind whatever another has written meanwhile.</summary>
    public bool IsUnfenced { get; init; }

    /// <summary>Whether an append that failed is acknowledged all the same.</summary>
    public bool AcknowledgesLost { get; init; }
}
