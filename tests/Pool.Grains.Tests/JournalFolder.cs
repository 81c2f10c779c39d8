using System.Diagnostics.Metrics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Pool.Communities;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Silo.Journal;
using Xunit.Sdk;
using Xunit.v3;

// The journal's instruments count for the whole process.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Pool.Grains.Tests;

/// <summary>A folder with a real journal, and what a test does to it from outside.</summary>
public sealed class JournalFolder : IDisposable
{
    public const string Beigan = "330109002";

    public static readonly DateTimeOffset Now = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    private readonly List<SqliteJournal> _opened = [];

    public string Path { get; } = Directory.CreateTempSubdirectory("pool-journal-").FullName;

    private string File => System.IO.Path.Combine(Path, "journal.db");

    public SqliteJournal Open()
    {
        var journal = new SqliteJournal(Options.Create(new PoolOptions { DataFolder = Path }), NullLogger<SqliteJournal>.Instance);
        _opened.Add(journal);
        return journal;
    }

    /// <summary>Appends that each rename a community: so many events, from the version that the stream is at.</summary>
    public static JournalAppend Renames(string stream, long version, int events = 1, WakeUpChange wakeUp = default, string? street = Beigan) => new(
        stream, version, [.. Enumerable.Range(1, events).Select(i => EventCatalogue<CommunityEvent>.Write(new CommunityRenamed(Now, $"{stream} {version + i}")))],
        street, Now, "a test", Guid.NewGuid(), 7, null, wakeUp);

    /// <summary>What the disk would hold if the power went now: a copy of the files of a journal that is open.</summary>
    public JournalFolder AfterPowerLoss()
    {
        var copy = new JournalFolder();
        foreach (var file in (string[])["journal.db", "journal.db-wal"])
        {
            System.IO.File.Copy(System.IO.Path.Combine(Path, file), System.IO.Path.Combine(copy.Path, file));
        }

        return copy;
    }

    /// <summary>Keeps the journal's writer from the file until it is disposed.</summary>
    public IDisposable Lock() => HoldWriteLock(Path);

    public static IDisposable HoldWriteLock(string folder)
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
        using var script = new StreamReader(assembly.GetManifestResourceStream(assembly.GetManifestResourceNames().Single(name => name.EndsWith("journal-1.sql", StringComparison.Ordinal)))!);
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

    public void Dispose()
    {
        foreach (var journal in _opened)
        {
            journal.Dispose();
        }

        Directory.Delete(Path, recursive: true);
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

/// <summary>Counts the commits of the process while it lives.</summary>
public sealed class CommitCount : IDisposable
{
    private readonly MeterListener _listener = new();
    private int _commits;

    public CommitCount()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument == PoolTelemetry.CommitSize)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((_, _, _, _) => Interlocked.Increment(ref _commits));
        _listener.Start();
    }

    public int Commits => Volatile.Read(ref _commits);

    public void Dispose() => _listener.Dispose();
}
