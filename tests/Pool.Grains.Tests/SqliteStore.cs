using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Pool.Communities;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Silo.Journal;

namespace Pool.Grains.Tests;

/// <summary>A folder with a journal in its file.</summary>
public sealed class SqliteStore : JournalStore
{
    public string Path { get; } = Directory.CreateTempSubdirectory("pool-journal-").FullName;

    private string File => System.IO.Path.Combine(Path, "journal.db");

    /// <summary>What the disk would hold if the power went now: a copy of the files of a journal that is open.</summary>
    public override Task<JournalStore> AfterCrash()
    {
        var copy = new SqliteStore();
        foreach (var file in (string[])["journal.db", "journal.db-wal"])
        {
            System.IO.File.Copy(System.IO.Path.Combine(Path, file), System.IO.Path.Combine(copy.Path, file));
        }

        return Task.FromResult<JournalStore>(copy);
    }

    public override Task<IAsyncDisposable> Lock() => Task.FromResult<IAsyncDisposable>(HoldWriteLock(Path));

    /// <summary>Keeps a journal's writer from its file.</summary>
    public static SqliteConnection HoldWriteLock(string folder)
    {
        var connection = new SqliteConnection($"Data Source={System.IO.Path.Combine(folder, "journal.db")};Pooling=False");
        connection.Open();
        Run(connection, "BEGIN IMMEDIATE");
        return connection;
    }

    /// <summary>A file as the program's first version left it.</summary>
    public void WriteFirstSchema(params IEnumerable<(string Stream, long Version, DateTimeOffset? DueAt)> events)
    {
        var assembly = typeof(SqliteJournal).Assembly;
        using var script = new StreamReader(assembly.GetManifestResourceStream(assembly.GetManifestResourceNames().Single(name => name.EndsWith("sqlite.journal-1.sql", StringComparison.Ordinal)))!);
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        Run(connection, $"PRAGMA journal_mode=WAL; {script.ReadToEnd()}; PRAGMA user_version=1;");
        foreach (var (stream, version, dueAt) in events)
        {
            Run(
                connection,
                "INSERT INTO journal (stream, version, street, type, at, actor, fingerprint, payload) VALUES ($0, $1, $2, 'community.renamed', 0, 'a test', 0, $3)",
                stream, version, Beigan, EventCatalogue<CommunityEvent>.Write(new CommunityRenamed(Now, "old")).Payload);
            if (dueAt is { } due)
            {
                Run(connection, "INSERT INTO wakeup VALUES ($0, $1)", stream, due.ToUnixTimeMilliseconds());
            }
        }
    }

    protected override Task<IJournal> OpenAnother() =>
        Task.FromResult<IJournal>(new SqliteJournal(Options.Create(new PoolOptions { DataFolder = Path }), NullLogger<SqliteJournal>.Instance));

    protected override ValueTask Delete()
    {
        Directory.Delete(Path, recursive: true);
        return default;
    }

    private static void Run(SqliteConnection connection, string sql, params IEnumerable<object> values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (index, value) in values.Index())
        {
            command.Parameters.AddWithValue($"${index}", value);
        }

        command.ExecuteNonQuery();
    }
}
