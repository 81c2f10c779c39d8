using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Silo.Journal;

namespace Pool.Silo.Views;

/// <summary>The list views in a SQLite file of their own, so that following the journal never holds up an append.</summary>
internal sealed class SqliteViewStore : ViewStore
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly string _path;
    private readonly ConcurrentBag<Reader> _readers = [];

    public SqliteViewStore(IJournal journal, Serializer serializer, IOptions<PoolOptions> options, ILogger<SqliteViewStore> log)
        : base(journal, serializer, Patience, log)
    {
        _path = Path.Combine(options.Value.DataFolder, "views.db");
        Move(Prepare());
    }

    public override void Dispose()
    {
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        base.Dispose();
    }

    protected override async Task<T> Read<T>(Func<ViewTables, Task<T>> read)
    {
        var reader = _readers.TryTake(out var idle) ? idle : new Reader(_path, Serializer);
        try
        {
            return await read(reader.Tables);
        }
        finally
        {
            _readers.Add(reader);
        }
    }

    protected override async Task FollowUntilFailure(CancellationToken stopping)
    {
        await using var connection = SqliteFile.Open(_path, durable: false);
        using var tables = new ViewTables(connection, Serializer);
        while (true)
        {
            await Journal.WaitBeyond(Position, stopping);
            var began = TimeProvider.System.GetTimestamp();
            var records = await Journal.ReadAfter(Position, Batch);
            await Write(connection, tables, records, "BEGIN IMMEDIATE", async position =>
            {
                await Execute(connection, $"UPDATE checkpoint SET position = {position}");
                return true;
            });
            await Gather(records.Count, began, stopping);
        }
    }

    /// <summary>Opens the file, or builds it anew when it is of another schema or ahead of the journal; gives the checkpoint.</summary>
    private long Prepare()
    {
        using (var connection = SqliteFile.Open(_path, durable: false))
        {
            if ((long)SqliteFile.Scalar(connection, "PRAGMA user_version")! == ViewTables.Shape
                && (long)SqliteFile.Scalar(connection, "SELECT position FROM checkpoint")! is var checkpoint && checkpoint <= Journal.Head)
            {
                return checkpoint;
            }
        }

        foreach (var file in (string[])[_path, $"{_path}-wal", $"{_path}-shm"])
        {
            File.Delete(file);
        }

        using var created = SqliteFile.Open(_path, durable: false);
        using var tables = new ViewTables(created, Serializer);
        SqliteFile.Execute(created, $"{tables.Sqlite}; CREATE TABLE checkpoint (position INTEGER NOT NULL); INSERT INTO checkpoint VALUES (0); PRAGMA user_version={ViewTables.Shape};");
        return 0;
    }

    private sealed class Reader : IDisposable
    {
        private readonly SqliteConnection _connection;

        public Reader(string path, Serializer serializer)
        {
            _connection = SqliteFile.Open(path, durable: false);
            Tables = new(_connection, serializer);
        }

        public ViewTables Tables { get; }

        public void Dispose()
        {
            Tables.Dispose();
            _connection.Dispose();
        }
    }
}
