using Pool.EventSourcing;

namespace Pool.Silo.Journal;

/// <summary>
/// What tells one event from any other that may stand at its position: a database that was set back, and written on since,
/// has another one there.
/// </summary>
/// <param name="At">Milliseconds since 1970, UTC.</param>
public sealed record JournalMark(long Position, string Stream, long Version, long At)
{
    /// <summary>The mark of a journal without events, which every journal has.</summary>
    public static readonly JournalMark Start = new(0, "", 0, 0);

    public static JournalMark Of(JournalRecord record) => new(record.Position, record.Stream, record.Version, record.At.ToUnixTimeMilliseconds());
}

/// <summary>
/// The journal does not have an event that this process knows of: somebody has restored the database, or made a standby
/// that lags its primary.
/// </summary>
internal sealed class JournalSetBackException(JournalMark known)
    : Exception($"The journal does not have the event at position {known.Position} that this silo knows of: the database has been set back.");
