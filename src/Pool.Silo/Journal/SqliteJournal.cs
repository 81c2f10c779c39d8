using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Pool.EventSourcing;
using Pool.Hosting;

namespace Pool.Silo.Journal;

/// <summary>
/// The journal in one SQLite file. One thread writes: while a commit waits for the disk the next batch gathers, so an
/// idle append waits for nothing and a busy silo shares each commit among hundreds.
/// </summary>
public sealed class SqliteJournal : IJournal, IDisposable
{
    private const int SchemaVersion = 1;

    private readonly Channel<PendingAppend> _queue = Channel.CreateUnbounded<PendingAppend>(new() { SingleReader = true });
    private readonly Channel<bool> _wakeUpSet = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SqliteJournalWriter _writer;
    private readonly SqliteJournalReader _reader;
    private readonly ILogger<SqliteJournal> _log;
    private readonly int _batch;
    private readonly Thread _thread;
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _head;

    public SqliteJournal(IOptions<PoolOptions> options, ILogger<SqliteJournal> log)
    {
        _log = log;
        _batch = options.Value.CommitBatch;
        var path = Path.Combine(options.Value.DataFolder, "journal.db");
        using (var connection = SqliteFile.Open(path, durable: true))
        {
            SqliteFile.Migrate(connection, path, "journal.sql", SchemaVersion);
        }

        _writer = new SqliteJournalWriter(path);
        _reader = new SqliteJournalReader(path);
        _head = _writer.LastPosition;
        _thread = new Thread(WriteAll) { IsBackground = true, Name = "journal writer" };
        _thread.Start();
        PoolLog.JournalOpened(log, _head);
    }

    public long Head => Volatile.Read(ref _head);

    public Task<long> Append(JournalAppend append)
    {
        var pending = new PendingAppend(append);
        return _queue.Writer.TryWrite(pending)
            ? pending.Completion.Task
            : Task.FromException<long>(new JournalUnavailableException("The journal is closing."));
    }

    public IReadOnlyList<JournalRecord> ReadStream(string stream, long afterVersion) => _reader.ReadStream(stream, afterVersion);

    public IReadOnlyList<JournalRecord> ReadAfter(long position, int limit, string? street = null) => _reader.ReadAfter(position, limit, street);

    public async Task WaitBeyond(long position, CancellationToken cancellation)
    {
        while (true)
        {
            // Taken before the look at the head: a commit in between completes exactly this one.
            var grown = Volatile.Read(ref _grown).Task;
            if (Head > position)
            {
                return;
            }

            await grown.WaitAsync(cancellation);
        }
    }

    public IReadOnlyList<string> ClaimDue(DateTimeOffset now, TimeSpan lease, int limit) => _reader.ClaimDue(now, lease, limit);

    public DateTimeOffset? NextDue(DateTimeOffset now) => _reader.NextDue(now);

    public async Task WaitForWakeUp(CancellationToken cancellation) => await _wakeUpSet.Reader.ReadAsync(cancellation);

    public void Dispose()
    {
        // What was queued is written; what comes after is refused.
        if (_queue.Writer.TryComplete())
        {
            _thread.Join();
            _writer.Dispose();
            _reader.Dispose();
        }
    }

    private void WriteAll()
    {
        var batch = new List<PendingAppend>(_batch);
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (batch.Count < _batch && _queue.Reader.TryRead(out var pending))
            {
                batch.Add(pending);
            }

            Write(batch);
            batch.Clear();
        }
    }

    private void Write(List<PendingAppend> batch)
    {
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            _writer.Commit(batch);
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            PoolLog.CommitFailed(_log, batch.Count, cause);
            foreach (var pending in batch)
            {
                pending.Completion.SetException(new JournalUnavailableException("The commit failed.", cause));
            }

            return;
        }

        PoolTelemetry.CommitTime.Record(TimeProvider.System.GetElapsedTime(started).TotalSeconds);
        PoolTelemetry.CommitSize.Record(batch.Count);
        PoolTelemetry.Events.Add(_writer.LastPosition - _head);
        Publish(batch);
    }

    /// <summary>Tells everybody what is durable now: first the tails, then who appended.</summary>
    private void Publish(List<PendingAppend> batch)
    {
        if (_writer.LastPosition > _head)
        {
            Volatile.Write(ref _head, _writer.LastPosition);
            Interlocked.Exchange(ref _grown, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }

        var wakes = false;
        foreach (var pending in batch)
        {
            wakes |= pending.Append.WakeUp is { Changes: true, DueAt: not null };
            if (pending.Conflict)
            {
                PoolTelemetry.Conflicts.Add(1);
                pending.Completion.SetException(new JournalConflictException(pending.Append.Stream, pending.Append.ExpectedVersion));
            }
            else
            {
                pending.Completion.SetResult(pending.Position);
            }
        }

        if (wakes)
        {
            _wakeUpSet.Writer.TryWrite(true);
        }
    }
}

/// <summary>An append on its way to the disk.</summary>
internal sealed class PendingAppend(JournalAppend append)
{
    public JournalAppend Append => append;

    public TaskCompletionSource<long> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The position of the last event, set by the commit.</summary>
    public long Position { get; set; }

    /// <summary>Whether the fence refused it; the rest of its commit stands.</summary>
    public bool Conflict { get; set; }
}
