using Microsoft.Data.Sqlite;
using Pool.EventSourcing;

namespace Pool.Silo.Journal;

/// <summary>Writes batches of appends, each batch in one transaction, and brings the index on disk up to date. Used by one thread.</summary>
internal sealed class SqliteJournalWriter : IDisposable
{
    /// <summary>Pages of the tables that are written at random stay in memory, in KiB.</summary>
    private const int CacheSize = 32 * 1024;

    /// <summary>Pages of the write-ahead log between checkpoints; the file is then 32 MiB long.</summary>
    private const int CheckpointPages = 8 * 1024;

    /// <summary>Versions remembered for the fence; beyond it they are asked of the disk again.</summary>
    private const int RememberedVersions = 64 * 1024;

    private readonly RecentEvents _recent;
    private readonly Dictionary<string, long> _versions = [];
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _rollback;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _version;
    private readonly SqliteCommand _indexStream;
    private readonly SqliteCommand _indexStreet;
    private readonly SqliteCommand _setWakeUp;
    private readonly SqliteCommand _clearWakeUp;
    private readonly SqliteCommand _indexed;

    /// <param name="recent">What is durable and not on disk in the index yet; the fence asks it too.</param>
    public SqliteJournalWriter(string path, RecentEvents recent)
    {
        _recent = recent;
        _connection = SqliteFile.Open(path, durable: true);
        SqliteFile.Execute(_connection, $"PRAGMA cache_size=-{CacheSize}; PRAGMA wal_autocheckpoint={CheckpointPages};");
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _insert = Prepare(
            """
            INSERT INTO journal (position, stream, version, street, type, at, actor, command_id, fingerprint, trace_parent, payload, wake_at)
            VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """, parameters: 12);
        _version = Prepare("SELECT coalesce(max(version), 0) FROM stream_event WHERE stream = $0", parameters: 1);
        _indexStream = Prepare("INSERT INTO stream_event (stream, version, position) VALUES ($0, $1, $2)", parameters: 3);
        _indexStreet = Prepare("INSERT INTO street_event (street, position) VALUES ($0, $1)", parameters: 2);
        _setWakeUp = Prepare("INSERT INTO wakeup (stream, due_at) VALUES ($0, $1) ON CONFLICT (stream) DO UPDATE SET due_at = excluded.due_at", parameters: 2);
        _clearWakeUp = Prepare("DELETE FROM wakeup WHERE stream = $0", parameters: 1);
        _indexed = Prepare("UPDATE indexed SET position = $0", parameters: 1);
        LastPosition = (long)SqliteFile.Scalar(_connection, "SELECT coalesce(max(position), 0) FROM journal")!;
    }

    /// <summary>The position of the last event committed.</summary>
    public long LastPosition { get; private set; }

    /// <summary>Commits what the fence lets through, and marks the rest as conflicts. Returns the events as they stand in the journal.</summary>
    public IReadOnlyList<JournalRecord> Commit(IReadOnlyList<PendingAppend> batch)
    {
        var before = LastPosition;
        var written = new List<JournalRecord>(batch.Count);
        if (_versions.Count > RememberedVersions)
        {
            _versions.Clear();
        }

        try
        {
            _begin.ExecuteNonQuery();
            foreach (var pending in batch)
            {
                Write(pending, written);
            }

            _commit.ExecuteNonQuery();
            return written;
        }
        catch
        {
            LastPosition = before;
            _versions.Clear();
            RollBack();
            throw;
        }
    }

    /// <summary>Puts events and wake-ups into the index on disk, which is complete up to the last of them then.</summary>
    public void Index(IReadOnlyList<JournalRecord> records, IEnumerable<KeyValuePair<string, DateTimeOffset?>> wakeUps)
    {
        try
        {
            _begin.ExecuteNonQuery();
            // In the order of the tables: neighbours share a page, and the page is found once.
            foreach (var record in records.OrderBy(record => record.Stream, StringComparer.Ordinal).ThenBy(record => record.Version))
            {
                Run(_indexStream, record.Stream, record.Version, record.Position);
            }

            foreach (var record in records.Where(record => record.Street is not null).OrderBy(record => record.Street, StringComparer.Ordinal).ThenBy(record => record.Position))
            {
                Run(_indexStreet, record.Street, record.Position);
            }

            foreach (var (stream, due) in wakeUps.OrderBy(change => change.Key, StringComparer.Ordinal))
            {
                Run(due is null ? _clearWakeUp : _setWakeUp, due is null ? [stream] : [stream, WakeAt.Write(due)]);
            }

            Run(_indexed, records[^1].Position);
            _commit.ExecuteNonQuery();
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var command in new[] { _begin, _commit, _rollback, _insert, _version, _indexStream, _indexStreet, _setWakeUp, _clearWakeUp, _indexed })
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    private void Write(PendingAppend pending, List<JournalRecord> written)
    {
        var append = pending.Append;
        if (append.IsLost || VersionOf(append.Stream) != append.ExpectedVersion)
        {
            pending.Lose();
            return;
        }

        foreach (var (i, record) in pending.Records(LastPosition).Index())
        {
            Run(
                _insert, record.Position, record.Stream, record.Version, record.Street, record.Type, record.At.ToUnixTimeMilliseconds(), record.Actor,
                record.CommandId?.ToString(), record.Fingerprint, record.TraceParent, append.Entries[i].Payload,
                i == append.Entries.Length - 1 && append.WakeUp.Changes ? WakeAt.Write(append.WakeUp.DueAt) : null);
            written.Add(record);
        }

        LastPosition += append.Entries.Length;
        _versions[append.Stream] = append.ExpectedVersion + append.Entries.Length;
    }

    /// <summary>
    /// The fence: an append must say the version that its stream is at. A second activation of an actor, with an older
    /// state, says another one.
    /// </summary>
    private long VersionOf(string stream)
    {
        if (_versions.TryGetValue(stream, out var known))
        {
            return known;
        }

        if (_recent.VersionOf(stream) is { } recent)
        {
            return recent;
        }

        _version.Parameters[0].Value = stream;
        return (long)_version.ExecuteScalar()!;
    }

    private void RollBack()
    {
        try
        {
            _rollback.ExecuteNonQuery();
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself (a full disk, an I/O error); there is nothing left to undo.
        }
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        SqliteFile.Bind(command, values);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql, int parameters = 0) => SqliteFile.Prepare(_connection, sql, parameters);
}
