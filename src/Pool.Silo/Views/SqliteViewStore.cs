using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Silo.Journal;
using Pool.Views;

namespace Pool.Silo.Views;

/// <summary>
/// The list views in a SQLite file of their own, so that following the journal never holds up an append. One writer
/// follows the journal in position order; its checkpoint moves in the same transaction as the rows.
/// </summary>
internal sealed class SqliteViewStore : BackgroundService, IViewStore
{
    /// <summary>Raised when a table or a stored state changes: the file is then built again from the journal.</summary>
    private const long SchemaVersion = 1;

    private const int Batch = 2_048;

    /// <summary>Between two batches: a resource that changes often is written once for all that happened meanwhile.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly string _path;
    private readonly IJournal _journal;
    private readonly Serializer _serializer;
    private readonly ILogger<SqliteViewStore> _log;
    private readonly ConcurrentBag<Reader> _readers = [];
    private readonly SemaphoreSlim _awaited = new(0);
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _position;

    public SqliteViewStore(IJournal journal, Serializer serializer, IOptions<PoolOptions> options, ILogger<SqliteViewStore> log)
    {
        _path = Path.Combine(options.Value.DataFolder, "views.db");
        _journal = journal;
        _serializer = serializer;
        _log = log;
        _position = Prepare();
    }

    public async Task<ListPage<T>> List<T>(ListQuery query) where T : class
    {
        await Reach(Math.Min(query.MinPosition, await _journal.ReadHead()));
        var reader = _readers.TryTake(out var idle) ? idle : new Reader(_path, _serializer);
        try
        {
            return reader.Tables.List<T>(query);
        }
        finally
        {
            _readers.Add(reader);
        }
    }

    public override void Dispose()
    {
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        _awaited.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => Follow(stoppingToken), stoppingToken);

    private async Task Follow(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await FollowUntilFailure(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception cause) when (cause is not OutOfMemoryException)
            {
                PoolLog.ViewFailed(_log, "list", _position, cause);
                await Task.Delay(TimeSpan.FromSeconds(1), stopping);
            }
        }
    }

    private async Task FollowUntilFailure(CancellationToken stopping)
    {
        using var connection = SqliteFile.Open(_path, durable: false);
        using var tables = new ViewTables(connection, _serializer);
        while (true)
        {
            await _journal.WaitBeyond(_position, stopping);
            var records = await _journal.ReadAfter(_position, Batch);
            SqliteFile.Execute(connection, "BEGIN IMMEDIATE");
            try
            {
                foreach (var record in records)
                {
                    tables.Apply(record);
                }

                tables.Flush();
                SqliteFile.Execute(connection, $"UPDATE checkpoint SET position = {records[^1].Position}; COMMIT");
            }
            catch
            {
                SqliteFile.Execute(connection, "ROLLBACK");
                throw;
            }

            Volatile.Write(ref _position, records[^1].Position);
            Interlocked.Exchange(ref _moved, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            if (records.Count < Batch)
            {
                await _awaited.WaitAsync(Pace, stopping);
            }
        }
    }

    private async Task Reach(long position)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            var moved = Volatile.Read(ref _moved).Task;
            if (Volatile.Read(ref _position) >= position)
            {
                return;
            }

            _awaited.Release();
            try
            {
                await moved.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"The lists have not reached position {position} yet.");
            }
        }
    }

    /// <summary>Opens the file, or builds it anew when it is of another schema or ahead of the journal; gives the checkpoint.</summary>
    private long Prepare()
    {
        using (var connection = SqliteFile.Open(_path, durable: false))
        {
            if ((long)SqliteFile.Scalar(connection, "PRAGMA user_version")! == SchemaVersion
                && (long)SqliteFile.Scalar(connection, "SELECT position FROM checkpoint")! is var checkpoint && checkpoint <= _journal.Head)
            {
                return checkpoint;
            }
        }

        foreach (var file in (string[])[_path, $"{_path}-wal", $"{_path}-shm"])
        {
            File.Delete(file);
        }

        using var created = SqliteFile.Open(_path, durable: false);
        using var tables = new ViewTables(created, _serializer);
        tables.Create();
        SqliteFile.Execute(created, $"CREATE TABLE checkpoint (position INTEGER NOT NULL); INSERT INTO checkpoint VALUES (0); PRAGMA user_version={SchemaVersion};");
        return 0;
    }

    private sealed class Reader(string path, Serializer serializer) : IDisposable
    {
        private readonly SqliteConnection _connection = SqliteFile.Open(path, durable: false);
        private ViewTables? _tables;

        public ViewTables Tables => _tables ??= new(_connection, serializer);

        public void Dispose()
        {
            _tables?.Dispose();
            _connection.Dispose();
        }
    }
}
