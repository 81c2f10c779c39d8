using Pool.EventSourcing;

namespace Pool.Simulation.Tests;

/// <summary>What is durable: the one journal that all silos share, and when whose actor is to be woken.</summary>
/// <param name="plant">The bug that is to be found in it.</param>
internal sealed class SharedJournal(Scheduler scheduler, PlantedBug plant)
{
    private readonly Dictionary<string, List<JournalRecord>> _streams = [];
    private readonly Dictionary<string, DateTimeOffset> _wakeUps = [];

    /// <summary>By stream: when its actor is woken.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> WakeUps => _wakeUps;

    /// <summary>Told of every append that stands, with its rows.</summary>
    public event Action<JournalAppend, IReadOnlyList<JournalRecord>>? Committed;

    /// <summary>The position of the last event.</summary>
    public long Head { get; private set; }

    public List<JournalRecord> Stream(string stream) => _streams.GetValueOrDefault(stream) ?? [];

    /// <summary>What has happened to the actors whose keys are in some sentences, in order, an event a line.</summary>
    public IEnumerable<string> About(IReadOnlyList<string> sentences) => _streams
        .Where(stream => sentences.Any(sentence => sentence.Contains(stream.Key[(stream.Key.IndexOf('/') + 1)..], StringComparison.Ordinal)))
        .SelectMany(stream => stream.Value)
        .OrderBy(record => record.Position)
        .Select(record => $"{record.Position,6} {record.At:HH:mm:ss.fff} {record.Stream} {record.Version} {record.Type} {record.Payload}");

    /// <summary>Commits an append.</summary>
    /// <returns>The position of its last event; 0 where it has none.</returns>
    /// <exception cref="JournalConflictException">Another has written to the stream, or what it rests on has failed.</exception>
    public long Commit(JournalAppend append)
    {
        if (!_streams.TryGetValue(append.Stream, out var stream))
        {
            stream = [];
        }

        if (plant.IsUnfenced && scheduler.Chance(plant.Rate))
        {
            append = append with { ExpectedVersion = stream.Count, Sequence = new(), RestsOn = [] };
        }

        if (append.IsLost || stream.Count != append.ExpectedVersion)
        {
            append.Sequence.Break();
            throw new JournalConflictException(append.Stream, append.ExpectedVersion);
        }

        var records = append.Entries.Select((entry, index) => new JournalRecord(
            Head + index + 1, append.Stream, append.ExpectedVersion + index + 1, append.Street, entry.Type, append.At, append.Actor,
            append.CommandId, append.Fingerprint, append.TraceParent, entry.Payload)
        {
            Happened = entry.Happened,
        }).ToList();
        stream.AddRange(records);
        _streams[append.Stream] = stream;
        Head += records.Count;
        if (append.WakeUp is { Changes: true, DueAt: { } due })
        {
            _wakeUps[append.Stream] = due;
        }
        else if (append.WakeUp.Changes)
        {
            _wakeUps.Remove(append.Stream);
        }

        Committed?.Invoke(append, records);
        return records.Count == 0 ? 0 : Head;
    }
}
