using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Silo.Migrations;

namespace Pool.Silo.Journal;

/// <summary>
/// The journal in one SQLite file. One thread writes: while a commit waits for the disk the next batch gathers, so an
/// idle append waits for nothing and a busy silo shares each commit among hundreds.
/// </summary>
public sealed class SqliteJournal : IJournal, IDisposable
{
    /// <summary>Events between two updates of the index on disk; so many are read at a start, and twice as many are in memory.</summary>
    private const int IndexEvery = 8_192;

    private readonly AppendQueue _queue;
    private readonly Channel<bool> _wakeUpSet = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly RecentEvents _recent = new();
    private readonly DueStreams _due = new();
    private readonly SqliteJournalWriter _writer;
    private readonly SqliteJournalReader _reader;
    private readonly ILogger<SqliteJournal> _log;
    private readonly int _batch;
    private readonly Thread _thread;
    private readonly RisingPosition _head;
    private readonly string _path;

    public SqliteJournal(IOptions<PoolOptions> options, ILogger<SqliteJournal> log)
    {
        _log = log;
        _batch = options.Value.CommitBatch;
        _queue = new(_batch);
        _path = Path.Combine(options.Value.DataFolder, "journal.db");
        using (var connection = SqliteFile.Open(_path, durable: true))
        {
            Migration.Sqlite(connection, _path);
        }

        _writer = new SqliteJournalWriter(_path, _recent);
        _reader = new SqliteJournalReader(_path);
        Load();
        _head = new(_writer.LastPosition);
        _thread = new Thread(WriteAll) { IsBackground = true, Name = "journal writer" };
        _thread.Start();
        PoolLog.JournalOpened(log, Head);
    }

    public long Head => _head.Value;

    /// <summary>The id of the vault that its names and pseudonyms belong to; null as long as it has none. It is written once.</summary>
    public string? Vault
    {
        get
        {
            using var connection = SqliteFile.Open(_path, durable: true);
            return SqliteFile.Scalar(connection, "SELECT id FROM vault") as string;
        }

        set
        {
            using var connection = SqliteFile.Open(_path, durable: true);
            using var write = SqliteFile.Prepare(connection, "INSERT INTO vault (id) VALUES ($0)", 1);
            SqliteFile.Bind(write, value);
            write.ExecuteNonQuery();
        }
    }

    public Task<long> Append(JournalAppend append) => _queue.Add(append);

    public ValueTask<long> ReadHead() => new(Head);

    public ValueTask<IReadOnlyList<JournalRecord>> ReadStream(string stream, long afterVersion, int limit = int.MaxValue) => new(Stream(stream, afterVersion, limit));

    public ValueTask<IReadOnlyList<JournalRecord>> ReadAfter(long position, int limit, string? street = null) => new(After(position, limit, street));

    public Task WaitBeyond(long position, CancellationToken cancellation) => _head.WaitBeyond(position, cancellation);

    public event Action<IReadOnlyList<JournalRecord>>? Written;

    public ValueTask<IReadOnlyList<string>> ClaimDue(DateTimeOffset now, TimeSpan lease, int limit) => new(_due.Claim(now, lease, limit));

    public ValueTask<DateTimeOffset?> NextDue() => new(_due.Next());

    public async Task WaitForWakeUp(DateTimeOffset? before, CancellationToken cancellation)
    {
        while (_due.Next() is not { } next || next >= before)
        {
            await _wakeUpSet.Reader.ReadAsync(cancellation);
        }
    }

    public void Dispose()
    {
        if (_queue.Close())
        {
            _thread.Join();
            _writer.Dispose();
            _reader.Dispose();
        }
    }

    private List<JournalRecord> Stream(string stream, long afterVersion, int limit)
    {
        // Memory first: what leaves it in between is on disk by then.
        var recent = _recent.OfStream(stream, afterVersion, limit);
        if (recent.Count > 0 && recent[0].Version == afterVersion + 1)
        {
            return recent;
        }

        var earlier = _reader.Stream(stream, afterVersion, recent.Count > 0 ? recent[0].Version : long.MaxValue, limit);
        return [.. earlier, .. recent.Take(limit - earlier.Count)];
    }

    private List<JournalRecord> After(long position, int limit, string? street)
    {
        var head = Head;
        var (recent, completeFrom) = _recent.After(position, limit, street);
        if (position + 1 >= completeFrom)
        {
            return recent;
        }

        // The file may have events already that nobody was told of.
        var earlier = _reader.Between(position, Math.Min(completeFrom, head + 1), limit, street);
        return [.. earlier, .. recent.Take(limit - earlier.Count)];
    }

    /// <summary>Takes up what the index on disk does not have yet.</summary>
    private void Load()
    {
        foreach (var (stream, dueAt) in _reader.WakeUps())
        {
            _due.Load(stream, dueAt);
        }

        var unindexed = _reader.Unindexed();
        _recent.Add([.. unindexed.Select(row => row.Record)]);
        foreach (var (record, wakeAt) in unindexed)
        {
            if (wakeAt is { } stored)
            {
                _due.Change(record.Stream, WakeAt.Read(stored));
            }
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
            if (_recent.Unindexed.Count >= IndexEvery)
            {
                Index();
            }
        }

        // The next start finds everything in the index.
        Index();
    }

    private void Write(List<PendingAppend> batch)
    {
        var started = TimeProvider.System.GetTimestamp();
        IReadOnlyList<JournalRecord> written;
        try
        {
            written = _writer.Commit(batch);
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            PoolLog.CommitFailed(_log, batch.Count, cause.Message);
            foreach (var pending in batch)
            {
                pending.Fail(cause);
            }

            return;
        }

        PoolTelemetry.CommitTime.Record(TimeProvider.System.GetElapsedTime(started).TotalSeconds);
        PoolTelemetry.CommitSize.Record(batch.Count);
        PoolTelemetry.Events.Add(written.Count);
        Publish(batch, written);
    }

    /// <summary>Tells everybody what is durable now: first the tails, then who appended.</summary>
    private void Publish(List<PendingAppend> batch, IReadOnlyList<JournalRecord> written)
    {
        if (written.Count > 0)
        {
            _recent.Add(written);
            _head.Reach(_writer.LastPosition);
            Written?.Invoke(written);
        }

        var wakes = false;
        foreach (var pending in batch)
        {
            if (!pending.Conflict && pending.Append.WakeUp.Changes)
            {
                _due.Change(pending.Append.Stream, pending.Append.WakeUp.DueAt);
                wakes |= pending.Append.WakeUp.DueAt is not null;
            }

            pending.Complete();
        }

        if (wakes)
        {
            _wakeUpSet.Writer.TryWrite(true);
        }
    }

    /// <summary>A failure leaves the newest events in memory and on disk in the journal alone; the next commit tries again.</summary>
    private void Index()
    {
        if (_recent.Unindexed.Count == 0)
        {
            return;
        }

        try
        {
            _writer.Index(_recent.Unindexed, _due.Unsaved);
            _due.Saved();
            _recent.Indexed();
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            PoolLog.IndexFailed(_log, cause);
        }
    }
}
