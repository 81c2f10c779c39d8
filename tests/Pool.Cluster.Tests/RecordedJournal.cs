using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;
using Pool.Auditing;

namespace Pool.Cluster.Tests;

/// <summary>What a journal holds at one moment: its rows in position order, and the wake-ups.</summary>
/// <param name="WakeUps">By stream: when the actor is woken.</param>
public sealed record RecordedJournal(IReadOnlyList<JournalRow> Rows, IReadOnlyDictionary<string, DateTimeOffset> WakeUps)
{
    private const string Columns = "position, stream, version, street, type, actor, command_id, fingerprint, payload";

    /// <summary>Every row as the auditor takes it.</summary>
    public Auditor Replay()
    {
        var auditor = new Auditor();
        foreach (var row in Rows)
        {
            auditor.Take(row);
        }

        return auditor;
    }

    /// <summary>What the auditor finds wrong, at any moment, also in the middle of the work or just after a crash.</summary>
    /// <param name="acknowledged">Ids of demands whose posting was acknowledged.</param>
    /// <param name="quietSince">When the pool had nothing more to do; null while it works.</param>
    /// <returns>A sentence each; empty when all is well.</returns>
    public IReadOnlyList<string> Audit(IEnumerable<string> acknowledged, DateTimeOffset? quietSince = null)
    {
        var auditor = Replay();
        auditor.CheckDemands(acknowledged);
        auditor.CheckWakeUps(WakeUps);
        if (quietSince is { } now)
        {
            auditor.CheckQuiet(now);
        }

        return auditor.Violations;
    }

    public static string Within(string folder) => Path.Combine(folder, "journal.db");

    /// <summary>Reads a file in one transaction, so that the journal and its wake-ups are of the same moment.</summary>
    public static RecordedJournal Read(string path)
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        using var transaction = connection.BeginTransaction(deferred: true);
        var rows = new List<JournalRow>();
        Each(connection, transaction, $"SELECT {Columns} FROM journal ORDER BY position", row => rows.Add(new(
            row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetString(4),
            row.GetString(5), row.IsDBNull(6) ? null : row.GetString(6), row.GetInt64(7), Json(row.GetString(8)))));
        var wakeUps = new Dictionary<string, DateTimeOffset>();
        Each(connection, transaction, "SELECT stream, wake_at FROM journal WHERE wake_at IS NOT NULL ORDER BY position", row =>
        {
            // The last word on a stream's wake-up holds; 0 says that there is none.
            if (row.GetInt64(1) == 0)
            {
                wakeUps.Remove(row.GetString(0));
            }
            else
            {
                wakeUps[row.GetString(0)] = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1));
            }
        });
        return new(rows, wakeUps);
    }

    /// <summary>
    /// The journal of a database when every actor rests, with the wake-ups of the same moment. Each commit is a reason to look
    /// again, at what is new.
    /// </summary>
    /// <exception cref="TimeoutException">It did not come to rest within the patience.</exception>
    public static async Task<RecordedJournal> Quiet(string database, TimeSpan patience)
    {
        using var over = new CancellationTokenSource(patience);
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(over.Token);
        await using (var listen = new NpgsqlCommand("LISTEN journal", connection))
        {
            await listen.ExecuteNonQueryAsync(over.Token);
        }

        // What is notified while the connection reads is told then, and never again.
        var heard = false;
        connection.Notification += (_, _) => heard = true;
        var (rows, auditor) = (new List<JournalRow>(), new Auditor());
        while (true)
        {
            heard = false;
            await using (var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead))
            {
                await foreach (var row in After(rows.Count == 0 ? 0 : rows[^1].Position, connection, transaction))
                {
                    rows.Add(row);
                    auditor.Take(row);
                }

                if (auditor.IsQuiet)
                {
                    return new(rows, await ReadWakeUps(connection, transaction));
                }
            }

            try
            {
                if (!heard)
                {
                    await connection.WaitAsync(over.Token);
                }
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"The pool does not come to rest: {string.Join(' ', auditor.Busy)}");
            }
        }
    }

    /// <summary>The rows of a database's journal behind a position, one after another: a long journal need not be in memory at once.</summary>
    public static async IAsyncEnumerable<JournalRow> After(long position, NpgsqlConnection connection, NpgsqlTransaction? transaction = null)
    {
        await using var command = new NpgsqlCommand($"SELECT {Columns} FROM journal WHERE position > $1 ORDER BY position", connection, transaction);
        command.Parameters.Add(new() { Value = position });
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            yield return new(
                row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetString(4),
                row.GetString(5), row.IsDBNull(6) ? null : row.GetGuid(6).ToString(), row.GetInt64(7), Json(row.GetString(8)));
        }
    }

    private static async Task<Dictionary<string, DateTimeOffset>> ReadWakeUps(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        var wakeUps = new Dictionary<string, DateTimeOffset>();
        await using var command = new NpgsqlCommand("SELECT stream, due_at FROM wakeup", connection, transaction);
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            wakeUps[row.GetString(0)] = row.GetFieldValue<DateTimeOffset>(1);
        }

        return wakeUps;
    }

    private static JsonElement Json(string text)
    {
        using var parsed = JsonDocument.Parse(text);
        return parsed.RootElement.Clone();
    }

    private static void Each(SqliteConnection connection, SqliteTransaction transaction, string sql, Action<SqliteDataReader> take)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            take(row);
        }
    }
}
