using System.Data.Common;
using Orleans.Serialization;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Silo.Database;
using Pool.Silo.Journal;
using Pool.Views;

namespace Pool.Silo.Views;

/// <summary>
/// The list views. One writer follows the journal in position order; its checkpoint moves in the same transaction as the
/// rows, so that a crash repeats nothing and leaves nothing out.
/// </summary>
/// <param name="patience">How long a list waits for the views to reach the position that it asks for.</param>
internal abstract class ViewStore(IJournal journal, Serializer serializer, TimeSpan patience, ILogger log) : BackgroundService, IViewStore
{
    /// <summary>The most events in one transaction.</summary>
    protected const int Batch = 8_192;

    /// <summary>
    /// Between two batches it pauses so many times as long as the last one took: with time to spare the views are never far behind
    /// and no batch is large, and where there is none, more changes of the same resource gather for fewer commits.
    /// </summary>
    private const int PauseTimes = 8;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>What fails here whatever the store does, like an event of a newer program, another silo may do meanwhile.</summary>
    private static readonly TimeSpan PauseWhenUnable = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _awaited = new(0, 1);
    private readonly RisingPosition _position = new(0);

    protected IJournal Journal => journal;

    protected Serializer Serializer => serializer;

    /// <summary>How far the views are, as far as this process knows.</summary>
    protected long Position => _position.Value;

    public async Task<ListPage<T>> List<T>(ListQuery query) where T : class
    {
        await Reach(query.MinPosition);
        return await Read(tables => tables.Of<T>().List(query));
    }

    public async Task<IReadOnlyDictionary<string, T>> Find<T>(IReadOnlyCollection<string> keys, long minPosition) where T : class
    {
        await Reach(minPosition);
        return await Read(tables => tables.Of<T>().Find(keys));
    }

    public override void Dispose()
    {
        _awaited.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => Follow(stoppingToken), stoppingToken);

    /// <summary>Reads from the tables.</summary>
    protected abstract Task<T> Read<T>(Func<ViewTables, Task<T>> read);

    /// <summary>Follows the journal for as long as nothing fails.</summary>
    protected abstract Task FollowUntilFailure(CancellationToken stopping);

    /// <summary>Writes what events change, and the new checkpoint, in one transaction.</summary>
    /// <param name="begin">Begins the transaction.</param>
    /// <param name="checkpoint">Moves the checkpoint, which keeps other writers out until the end; false gives the transaction up.</param>
    protected async Task<bool> Write(DbConnection connection, ViewTables tables, IReadOnlyList<JournalRecord> records, string begin, Func<long, Task<bool>> checkpoint)
    {
        await Execute(connection, begin);
        try
        {
            if (!await checkpoint(records[^1].Position))
            {
                await Execute(connection, "ROLLBACK");
                return false;
            }

            foreach (var record in records)
            {
                await tables.Apply(record);
            }

            await tables.Flush();
            await Execute(connection, "COMMIT");
            Move(records[^1].Position);
            return true;
        }
        catch
        {
            await RollBack(connection);
            throw;
        }
    }

    /// <summary>The views have reached a position; what is said late of an earlier one counts for nothing.</summary>
    protected void Move(long position) => _position.Reach(position);

    /// <summary>A pause after a batch, in which changes of the same resource gather; it ends when somebody in this process waits for them. None after a full batch.</summary>
    /// <param name="began">When the batch was begun, by the system's time.</param>
    protected async Task Gather(int records, long began, CancellationToken stopping)
    {
        if (records < Batch)
        {
            var pause = PauseTimes * TimeProvider.System.GetElapsedTime(began);
            await _awaited.WaitAsync(pause < ShortestPause ? ShortestPause : pause > LongestPause ? LongestPause : pause, stopping);
        }
    }

    private void EndPause()
    {
        try
        {
            _awaited.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is to end already.
        }
    }

    protected static async Task Execute(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private static async Task RollBack(DbConnection connection)
    {
        try
        {
            await Execute(connection, "ROLLBACK");
        }
        catch (Exception lost) when (lost is DbException or InvalidOperationException)
        {
            // The connection is lost, and the transaction with it.
        }
    }

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
            catch (Exception cause) when (cause is JournalUnavailableException || PostgresDatabase.IsUnavailable(cause))
            {
                PoolLog.ViewWaits(log, "list", Position, cause.Message);
                await Task.Delay(Pause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception cause) when (cause is not OutOfMemoryException)
            {
                PoolLog.ViewFailed(log, "list", Position, cause);
                await Task.Delay(cause is DbException ? Pause : PauseWhenUnable, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Waits until the views are at a position, or at the journal's end where that is before it.</summary>
    private async Task Reach(long minPosition)
    {
        if (minPosition <= Position)
        {
            return;
        }

        var position = Math.Min(minPosition, await journal.ReadHead());
        using var deadline = new CancellationTokenSource(patience);
        for (var known = Position; known < position; known = Position)
        {
            EndPause();
            try
            {
                await _position.WaitBeyond(known, deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"The lists have not reached position {position} yet.");
            }
        }
    }
}
