using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Pool.EventSourcing;

namespace Pool.Silo.Journal;

/// <summary>Reads the journal on as many connections as there are readers at a time; WAL lets them beside the writer.</summary>
internal sealed class SqliteJournalReader(string path) : IDisposable
{
    private readonly ConcurrentBag<Session> _idle = [];
    private readonly Dictionary<string, DateTimeOffset> _leases = [];
    private readonly Lock _leasing = new();

    public IReadOnlyList<JournalRecord> ReadStream(string stream, long afterVersion) =>
        With(session => Session.Records(session.Stream, stream, afterVersion));

    public IReadOnlyList<JournalRecord> ReadAfter(long position, int limit, string? street) => With(session => street is null
        ? Session.Records(session.After, position, limit)
        : Session.Records(session.AfterInStreet, position, limit, street));

    /// <summary>One process owns the file, so the leases are in its memory and end with it.</summary>
    public IReadOnlyList<string> ClaimDue(DateTimeOffset now, TimeSpan lease, int limit)
    {
        lock (_leasing)
        {
            foreach (var ended in _leases.Where(held => held.Value <= now).Select(held => held.Key).ToList())
            {
                _leases.Remove(ended);
            }

            var claimed = With(session => session.Due(now, limit + _leases.Count))
                .Where(due => !_leases.ContainsKey(due.Stream))
                .Select(due => due.Stream)
                .Take(limit)
                .ToList();
            foreach (var stream in claimed)
            {
                _leases[stream] = now + lease;
            }

            return claimed;
        }
    }

    public DateTimeOffset? NextDue(DateTimeOffset now)
    {
        lock (_leasing)
        {
            var next = With(session => session.Due(DateTimeOffset.MaxValue, _leases.Count + 1))
                .Select(due => _leases.TryGetValue(due.Stream, out var until) && until > due.At ? until : due.At)
                .ToList();
            return next.Count == 0 ? null : next.Min();
        }
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
        private const string Columns = "SELECT position, stream, version, street, type, at, actor, command_id, fingerprint, trace_parent, payload FROM journal";

        private readonly SqliteConnection _connection;
        private readonly SqliteCommand _due;

        public Session(string path)
        {
            _connection = SqliteFile.Open(path, durable: true);
            Stream = Prepare($"{Columns} WHERE stream = $0 AND version > $1 ORDER BY version", 2);
            After = Prepare($"{Columns} WHERE position > $0 ORDER BY position LIMIT $1", 2);
            AfterInStreet = Prepare($"{Columns} WHERE street = $2 AND position > $0 ORDER BY position LIMIT $1", 3);
            _due = Prepare("SELECT stream, due_at FROM wakeup WHERE due_at <= $0 ORDER BY due_at LIMIT $1", 2);
        }

        public SqliteCommand Stream { get; }

        public SqliteCommand After { get; }

        public SqliteCommand AfterInStreet { get; }

        public static List<JournalRecord> Records(SqliteCommand command, params ReadOnlySpan<object> values)
        {
            Bind(command, values);
            using var row = command.ExecuteReader();
            var records = new List<JournalRecord>();
            while (row.Read())
            {
                records.Add(new(
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
                    row.GetString(10)));
            }

            return records;
        }

        public List<(string Stream, DateTimeOffset At)> Due(DateTimeOffset now, int limit)
        {
            Bind(_due, now.ToUnixTimeMilliseconds(), limit);
            using var row = _due.ExecuteReader();
            var due = new List<(string, DateTimeOffset)>();
            while (row.Read())
            {
                due.Add((row.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1))));
            }

            return due;
        }

        public void Dispose()
        {
            foreach (var command in new[] { Stream, After, AfterInStreet, _due })
            {
                command.Dispose();
            }

            _connection.Dispose();
        }

        private static void Bind(SqliteCommand command, params ReadOnlySpan<object> values)
        {
            for (var i = 0; i < values.Length; i++)
            {
                command.Parameters[i].Value = values[i];
            }
        }

        private SqliteCommand Prepare(string sql, int parameters)
        {
            var command = _connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < parameters; i++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
            }

            return command;
        }
    }
}
