using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Pool.Cluster.Tests;

/// <summary>A row of the journal, its payload as plain JSON.</summary>
public sealed record JournalRow(
    long Position, string Stream, long Version, string? Street, string Type, string Actor, string? CommandId, long Fingerprint, JsonElement Payload)
{
    /// <summary>The actor's key without its kind.</summary>
    public string Key => Stream[(Stream.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>When it happened, as the event itself says; the column has only milliseconds.</summary>
    public DateTimeOffset At => Instant("at");

    public int Number => Payload.GetProperty("number").GetInt32();

    public DateTimeOffset Instant(string property) => Payload.GetProperty(property).GetDateTimeOffset();

    public string Text(string property) => Payload.GetProperty(property).GetString()!;

    public override string ToString() => $"{Type} at position {Position} ({Stream}, version {Version})";
}

/// <summary>What one moment's journal.db holds: the journal in position order, and the wake-ups.</summary>
/// <param name="WakeUps">By stream: when the actor is woken.</param>
public sealed record JournalFile(IReadOnlyList<JournalRow> Rows, IReadOnlyDictionary<string, DateTimeOffset> WakeUps)
{
    public static string Within(string folder) => Path.Combine(folder, "journal.db");

    /// <summary>Reads everything in one transaction, so that the journal and its wake-ups are of the same moment.</summary>
    public static JournalFile Read(string path)
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        using var transaction = connection.BeginTransaction(deferred: true);
        var rows = new List<JournalRow>();
        Each(connection, transaction, "SELECT position, stream, version, street, type, actor, command_id, fingerprint, payload FROM journal ORDER BY position", row =>
        {
            using var payload = JsonDocument.Parse(row.GetString(8));
            rows.Add(new(
                row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetString(4),
                row.GetString(5), row.IsDBNull(6) ? null : row.GetString(6), row.GetInt64(7), payload.RootElement.Clone()));
        });
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

/// <summary>How the auditor writes instants into its sentences.</summary>
internal static class Sentence
{
    public static string Of(DateTimeOffset instant) => instant.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
