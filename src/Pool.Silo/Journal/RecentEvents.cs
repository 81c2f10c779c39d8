using Pool.EventSourcing;

namespace Pool.Silo.Journal;

/// <summary>
/// The newest events of the journal in memory: those that the index on disk does not have yet, and as many again for
/// whoever follows closely, so that following reads no file. Thread-safe.
/// </summary>
internal sealed class RecentEvents
{
    private readonly Lock _lock = new();
    private Generation _older = new();
    private Generation _newer = new();

    /// <summary>What the index on disk does not have yet, in position order. For the one thread that adds.</summary>
    public IReadOnlyList<JournalRecord> Unindexed => _newer.Records;

    /// <summary>Takes up durable events; they follow those before without a gap.</summary>
    public void Add(IReadOnlyList<JournalRecord> records)
    {
        lock (_lock)
        {
            foreach (var record in records)
            {
                _newer.Add(record);
            }
        }
    }

    /// <summary>The index on disk has all of them now; the oldest are let go.</summary>
    public void Indexed()
    {
        lock (_lock)
        {
            (_older, _newer) = (_newer, new());
        }
    }

    /// <summary>The version of a stream that has an event here; null for others.</summary>
    public long? VersionOf(string stream)
    {
        lock (_lock)
        {
            return _newer.Of(stream) is [.., var newest] ? newest.Version : _older.Of(stream) is [.., var last] ? last.Version : null;
        }
    }

    /// <summary>Up to so many events of a stream after a version that are here; earlier ones may be on disk alone.</summary>
    public List<JournalRecord> OfStream(string stream, long afterVersion, int limit)
    {
        lock (_lock)
        {
            return [.. _older.Of(stream).Concat(_newer.Of(stream)).Where(record => record.Version > afterVersion).Take(limit)];
        }
    }

    /// <summary>Up to so many events after a position, of one street if it is named, and the position from which on everything is here.</summary>
    public (List<JournalRecord> Records, long CompleteFrom) After(long position, int limit, string? street)
    {
        lock (_lock)
        {
            var records = new List<JournalRecord>();
            foreach (var generation in (Generation[])[_older, _newer])
            {
                // Positions are dense, so the place in the list is known.
                for (var i = Math.Max(0, position + 1 - generation.First); i < generation.Records.Count && records.Count < limit; i++)
                {
                    var record = generation.Records[(int)i];
                    if (street is null || record.Street == street)
                    {
                        records.Add(record);
                    }
                }
            }

            return (records, Math.Min(_older.First, _newer.First));
        }
    }

    private sealed class Generation
    {
        private readonly Dictionary<string, List<JournalRecord>> _streams = [];

        public List<JournalRecord> Records { get; } = [];

        /// <summary>The position of the first; a position beyond all others where there is none.</summary>
        public long First => Records.Count == 0 ? long.MaxValue : Records[0].Position;

        public List<JournalRecord> Of(string stream) => _streams.TryGetValue(stream, out var records) ? records : [];

        public void Add(JournalRecord record)
        {
            Records.Add(record);
            if (!_streams.TryGetValue(record.Stream, out var records))
            {
                _streams[record.Stream] = records = [];
            }

            records.Add(record);
        }
    }
}
