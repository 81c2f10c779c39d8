using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Pool.EventSourcing;

namespace Pool.Silo.Journal;

/// <summary>Reads what is in the file, on as many connections as there are readers at a time; WAL lets them beside the writer.</summary>
internal sealed class SqliteJournalReader(string path) : IDisposable
{
    private readonly ConcurrentBag<Session> _idle = [];

    /// <summary>Up to so many indexed events of a stream between two versions, neither of them included.</summary>
    public List<JournalRecord> Stream(string stream, long after, long before, int limit) =>
        With(session => Session.Records(session.OfStream, stream, after, before, limit));

    /// <summary>Up to so many events between two positions, neither of them included; only indexed ones where a street is named.</summary>
    public List<JournalRecord> Between(long after, long before, int limit, string? street) => With(session => street is null
        ? Session.Records(session.Between, after, before, limit)
        : Session.Records(session.OfStreet, after, before, limit, street));

    /// <summary>The events that the index does not have yet, each with what it does to its stream's wake-up.</summary>
    public List<(JournalRecord Record, long? WakeAt)> Unindexed() => With(session => session.Unindexed());

    /// <summary>The wake-ups as of the last indexed event.</summary>
    public List<(string Stream, DateTimeOffset DueAt)> WakeUps() => With(session => session.WakeUps());

    /// <summary>Whether a file has a journal with at least one event.</summary>
    /// <exception cref="SqliteException">The file is no database.</exception>
    public static bool HasEvents(string path)
    {
        using var connection = SqliteFile.Open(path, durable: true);
        return SqliteFile.Scalar(connection, "SELECT 1 FROM sqlite_master WHERE name = 'journal'") is not null
            && SqliteFile.Scalar(connection, "SELECT 1 FROM journal LIMIT 1") is not null;
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var session))
        {
            session.Dispose();
        }
    }

    private T With<T>(Func<Session, T> read)
    {
        var session = _idle.TryTake(out var idle) ? idle : new Session(path);
        try
        {
            return read(session);
        }
        finally
        {
            _idle.Add(session);
        }
    }

    /// <summary>A connection with its prepared statements.</summary>
    private sealed class Session : IDisposable
    {
        private const string Columns =
            "j.position, j.stream, j.version, j.street, j.type, j.at, j.actor, j.command_id, j.fingerprint, j.trace_parent, j.payload";

        private readonly SqliteConnection _connection;

        public Session(string path)
        {
            _connection = SqliteFile.Open(path, durable: true);
            OfStream = Prepare(
                $"SELECT {Columns} FROM stream_event e JOIN journal j ON j.position = e.position WHERE e.stream = $0 AND e.version > $1 AND e.version < $2 ORDER BY e.version LIMIT $3", 4);
            Between = Prepare($"SELECT {Columns} FROM journal j WHERE j.position > $0 AND j.position < $1 ORDER BY j.position LIMIT $2", 3);
            OfStreet = Prepare(
                $"SELECT {Columns} FROM street_event e JOIN journal j ON j.position = e.position WHERE e.street = $3 AND e.position > $0 AND e.position < $1 ORDER BY e.position LIMIT $2", 4);
        }

        public SqliteCommand OfStream { get; }

        public SqliteCommand Between { get; }

        public SqliteCommand OfStreet { get; }

        public static List<JournalRecord> Records(SqliteCommand command, params ReadOnlySpan<object?> values)
        {
            SqliteFile.Bind(command, values);
            return Each(command, Record);
        }

        public List<(JournalRecord Record, long? WakeAt)> Unindexed()
        {
            using var command = Prepare($"SELECT {Columns}, j.wake_at FROM journal j WHERE j.position > (SELECT position FROM indexed) ORDER BY j.position", 0);
            return Each(command, row => (Record(row), row.IsDBNull(11) ? (long?)null : row.GetInt64(11)));
        }

        public List<(string Stream, DateTimeOffset DueAt)> WakeUps()
        {
            using var command = Prepare("SELECT stream, due_at FROM wakeup", 0);
            return Each(command, row => (row.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1))));
        }

        public void Dispose()
        {
            foreach (var command in new[] { OfStream, Between, OfStreet })
            {
                command.Dispose();
            }

            _connection.Dispose();
        }

        private static JournalRecord Record(SqliteDataReader row) => new(
            row.GetInt64(0),
            row.GetString(1),
            row.GetInt64(2),
            row.IsDBNull(3) ? null : row.GetString(3),
            row.GetString(4),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)),
            row.GetString(6),
            row.IsDBNull(7) ? null : Guid.Parse(row.GetString(7)),
            row.GetInt64(8),
            row.IsDBNull(9) ? null : row.GetString(9),
            row.GetString(10));

        private static List<T> Each<T>(SqliteCommand command, Func<SqliteDataReader, T> read)
        {
            using var row = command.ExecuteReader();
            var all = new List<T>();
            while (row.Read())
            {
                all.Add(read(row));
            }

            return all;
        }

        private SqliteCommand Prepare(string sql, int parameters) => SqliteFile.Prepare(_connection, sql, parameters);
    }
}
