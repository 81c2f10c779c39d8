using Microsoft.Data.Sqlite;
using Pool.EventSourcing;

namespace Pool.Silo.Journal;

/// <summary>Writes batches of appends, each batch in one transaction. Used by one thread.</summary>
internal sealed class SqliteJournalWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _rollback;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _setWakeUp;
    private readonly SqliteCommand _clearWakeUp;
    private readonly SqliteCommand _isAt;

    public SqliteJournalWriter(string path)
    {
        _connection = SqliteFile.Open(path, durable: true);
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        // The fence: the version before must be there and this one must not. Both are refused without an error, so that
        // the rest of the transaction goes on.
        _insert = Prepare(
            """
            INSERT INTO journal (position, stream, version, street, type, at, actor, command_id, fingerprint, trace_parent, payload)
            SELECT $position, $stream, $version, $street, $type, $at, $actor, $command, $fingerprint, $trace, $payload
             WHERE $version = 1 OR EXISTS (SELECT 1 FROM journal WHERE stream = $stream AND version = $version - 1)
            ON CONFLICT (stream, version) DO NOTHING
            """,
            "$position", "$stream", "$version", "$street", "$type", "$at", "$actor", "$command", "$fingerprint", "$trace", "$payload");
        _setWakeUp = Prepare(
            "INSERT INTO wakeup (stream, due_at) VALUES ($stream, $due) ON CONFLICT (stream) DO UPDATE SET due_at = excluded.due_at",
            "$stream", "$due");
        _clearWakeUp = Prepare("DELETE FROM wakeup WHERE stream = $stream", "$stream");
        _isAt = Prepare("SELECT coalesce(max(version), 0) = $version FROM journal WHERE stream = $stream", "$stream", "$version");
        LastPosition = ReadLastPosition();
    }

    /// <summary>The position of the last event committed.</summary>
    public long LastPosition { get; private set; }

    /// <summary>Commits what the fence lets through, and marks the rest as conflicts.</summary>
    public void Commit(IReadOnlyList<PendingAppend> batch)
    {
        var before = LastPosition;
        try
        {
            _begin.ExecuteNonQuery();
            foreach (var pending in batch)
            {
                Write(pending);
            }

            _commit.ExecuteNonQuery();
        }
        catch (SqliteException)
        {
            LastPosition = before;
            RollBack();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var command in new[] { _begin, _commit, _rollback, _insert, _setWakeUp, _clearWakeUp, _isAt })
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    private void Write(PendingAppend pending)
    {
        var append = pending.Append;
        if (append.Entries.IsEmpty)
        {
            pending.Conflict = !IsAt(append.Stream, append.ExpectedVersion);
        }

        for (var i = 0; i < append.Entries.Length && !pending.Conflict; i++)
        {
            pending.Conflict = !Insert(append, i);
        }

        if (pending.Conflict)
        {
            return;
        }

        pending.Position = append.Entries.IsEmpty ? 0 : LastPosition;
        if (append.WakeUp.Changes)
        {
            ChangeWakeUp(append.Stream, append.WakeUp.DueAt);
        }
    }

    /// <summary>Only the first event of an append can meet the fence: versions are dense, so what follows it is free.</summary>
    private bool Insert(JournalAppend append, int index)
    {
        var values = _insert.Parameters;
        values[0].Value = LastPosition + 1;
        values[1].Value = append.Stream;
        values[2].Value = append.ExpectedVersion + index + 1;
        values[3].Value = (object?)append.Street ?? DBNull.Value;
        values[4].Value = append.Entries[index].Type;
        values[5].Value = append.At.ToUnixTimeMilliseconds();
        values[6].Value = append.Actor;
        values[7].Value = (object?)append.CommandId?.ToString() ?? DBNull.Value;
        values[8].Value = append.Fingerprint;
        values[9].Value = (object?)append.TraceParent ?? DBNull.Value;
        values[10].Value = append.Entries[index].Payload;
        if (_insert.ExecuteNonQuery() == 0)
        {
            return false;
        }

        LastPosition++;
        return true;
    }

    private bool IsAt(string stream, long version)
    {
        _isAt.Parameters[0].Value = stream;
        _isAt.Parameters[1].Value = version;
        return (long)_isAt.ExecuteScalar()! == 1;
    }

    private void ChangeWakeUp(string stream, DateTimeOffset? dueAt)
    {
        var command = dueAt is null ? _clearWakeUp : _setWakeUp;
        command.Parameters[0].Value = stream;
        if (dueAt is { } due)
        {
            command.Parameters[1].Value = Due(due);
        }

        command.ExecuteNonQuery();
    }

    /// <summary>Rounded up to the millisecond: an actor woken early would find nothing due.</summary>
    private static long Due(DateTimeOffset at) => at.AddTicks(TimeSpan.TicksPerMillisecond - 1).ToUnixTimeMilliseconds();

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

    private long ReadLastPosition() => (long)SqliteFile.Scalar(_connection, "SELECT coalesce(max(position), 0) FROM journal")!;

    private SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }
}
