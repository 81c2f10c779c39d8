using System.Globalization;
using Npgsql;
using Orleans.Serialization;
using Pool.EventSourcing;
using Pool.Silo.Database;
using Pool.Silo.Journal;

namespace Pool.Silo.Views;

/// <summary>
/// The list views in the pool's database. One silo at a time writes them: it holds the checkpoint for some seconds and
/// says so again with every batch; when it falls silent another takes over. All others hear how far the views are. A silo
/// whose program keeps another shape of the views, as during a roll, leaves them alone.
/// </summary>
internal sealed class PostgresViewStore : ViewStore, IAsyncDisposable
{
    /// <summary>Passes by while the writer is in a transaction, however long that takes.</summary>
    private const string Take =
        """
        UPDATE view_checkpoint SET held_by = $1, held_until = now() + $2
         WHERE one = (SELECT one FROM view_checkpoint WHERE shape = $3 AND (held_by = $1 OR held_until < now()) FOR UPDATE SKIP LOCKED)
        RETURNING position
        """;

    private const string Renew =
        """
        WITH moved AS (
          UPDATE view_checkpoint SET position = $1, held_until = now() + $2
           WHERE shape = $8 AND held_by = $3 AND position = $4 AND ($1 = $4 OR is_in_journal($1, $5, $6, $7))
          RETURNING position)
        SELECT position, pg_notify('views', position::text) FROM moved
        """;

    /// <summary>How long a silent writer keeps the checkpoint.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(4);

    /// <summary>How often an idle writer says that it is there, and the others look whether it is.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Less than a call between processes may take; the gateway asks again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    /// <summary>Lists that are read at a time, however many are asked for.</summary>
    private const int Readers = 6;

    private readonly SemaphoreSlim _readers = new(Readers);
    private readonly NpgsqlDataSource _database;
    private readonly PostgresListener _listener;
    private readonly string _writer = Guid.NewGuid().ToString("N");

    /// <summary>The server process of the connection on which this silo writes the views; 0 while it does not.</summary>
    private volatile int _writing;

    public PostgresViewStore(NpgsqlDataSource database, IJournal journal, Serializer serializer, ILogger<PostgresViewStore> log)
        : base(journal, serializer, Patience, log)
    {
        _database = database;
        _listener = new(database, "views", Heard, LookUp, log);
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _readers.Dispose();
        Dispose();
    }

    protected override Task<T> Read<T>(Func<ViewTables, Task<T>> read) => PostgresDatabase.Read(_readers, async () =>
    {
        await using var connection = await _database.OpenConnectionAsync();
        using var tables = new ViewTables(connection, Serializer);
        return await read(tables);
    });

    protected override async Task FollowUntilFailure(CancellationToken stopping)
    {
        await using var connection = await _database.OpenConnectionAsync(stopping);
        using var tables = new ViewTables(connection, Serializer);
        while (true)
        {
            if (await Scalar(connection, Take, _writer, Hold, ViewTables.Shape) is not long position)
            {
                await Task.Delay(Look, stopping);
                continue;
            }

            tables.Forget();
            Move(position);
            _writing = connection.ProcessID;
            try
            {
                await WriteWhileHeld(connection, tables, position, stopping);
            }
            finally
            {
                _writing = 0;
            }
        }
    }

    /// <summary>Returns when another silo has taken the checkpoint, or somebody has set it back.</summary>
    private async Task WriteWhileHeld(NpgsqlConnection connection, ViewTables tables, long position, CancellationToken stopping)
    {
        while (true)
        {
            if (!await Grown(position, stopping))
            {
                if (!await Checkpoint(connection, position, JournalMark.Start with { Position = position }))
                {
                    return;
                }

                continue;
            }

            var began = TimeProvider.System.GetTimestamp();
            var (before, records) = (position, await Journal.ReadAfter(position, Batch));
            if (!await Write(connection, tables, records, "BEGIN", _ => Checkpoint(connection, before, JournalMark.Of(records[^1]))))
            {
                // Another silo's, or the events are no part of the journal any more, which shows when it is asked.
                await Journal.ReadHead();
                return;
            }

            position = records[^1].Position;
            await Gather(records.Count, began, stopping);
        }
    }

    /// <summary>Whether the journal has grown; false when it is time to say that this silo is still there.</summary>
    private async Task<bool> Grown(long position, CancellationToken stopping)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        pause.CancelAfter(Look);
        try
        {
            await Journal.WaitBeyond(position, pause.Token);
            return true;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Moves the checkpoint; false when it is another silo's, was moved behind this one's back, or the journal does not have the event.</summary>
    private async Task<bool> Checkpoint(NpgsqlConnection connection, long before, JournalMark to) =>
        await Scalar(connection, Renew, to.Position, Hold, _writer, before, to.Stream, to.Version, to.At, ViewTables.Shape) is long;

    private static async Task<object?> Scalar(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return await command.ExecuteScalarAsync();
    }

    /// <summary>What this silo has written it knows.</summary>
    private bool Heard(string? said, int by) =>
        by != _writing && (!long.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var position) || position > Position);

    private async Task LookUp()
    {
        await using var look = _database.CreateCommand("SELECT position FROM view_checkpoint");
        Move((long)(await look.ExecuteScalarAsync())!);
    }
}
