namespace Pool.EventSourcing;

/// <summary>
/// Streams that this process has just begun: their actors are woken in turn and told how they began, and nobody asks the
/// journal. Whatever is lost with the process the wake-up in the journal brings, as with every step.
/// </summary>
public interface IBirths
{
    /// <param name="first">The stream's first event.</param>
    void Add(JournalRecord first);

    /// <summary>How a stream began, for the first who asks; null where nobody here knows. It may have gone on since.</summary>
    JournalRecord? Tell(string stream);
}
