using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Silo.Database;
using Pool.Silo.Hosting;

namespace Pool.Silo.Journal;

/// <summary>
/// The journal in a PostgreSQL database that many silos share. Each silo has one flush under way while its next batch
/// gathers; the database gives the positions, in the order of commits over all silos, and notifies everybody of them.
/// </summary>
public sealed class PostgresJournal : IJournal, IAsyncDisposable
{
    /// <summary>The limit of OpenTelemetry's SDKs.</summary>
    private const int MostLinks = 128;

    /// <summary>A commit of as many appends that takes as long shows that there is more to do than processors to do it.</summary>
    private const int ManyAppends = 128;

    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(6);

    /// <summary>After such a commit the next one waits for half as many appends again, but not longer than twice the time that it took, nor than this: what shares a commit costs less.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(25);

    private readonly AppendQueue _queue;
    private readonly PostgresJournalWriter _writer;
    private readonly PostgresJournalReader _reader;
    private readonly PostgresWakeUps _wakeUps;
    private readonly PostgresTail _tail;
    private readonly PostgresListener _listener;
    private readonly ILogger<PostgresJournal> _log;
    private readonly int _batch;
    private readonly Task _writing;
    private bool _disposed;
    private readonly RisingPosition _head;
    private readonly Lock _marking = new();
    private JournalMark _known;
    private int? _committing;
    private long _heardOfOwn;
    private readonly TaskCompletionSource<string> _setBack = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="database">A database of the newest schema.</param>
    /// <param name="end">The mark of its last event, as <see cref="ReadEnd"/> gave it.</param>
    public PostgresJournal(NpgsqlDataSource database, JournalMark end, IOptions<PoolOptions> options, ILogger<PostgresJournal> log)
    {
        _head = new(end.Position);
        _known = end;
        _log = log;
        _batch = options.Value.CommitBatch;
        _queue = new(_batch);
        _writer = new(database);
        _reader = new(database);
        _wakeUps = new(database);
        _tail = new(_reader, end.Position);
        _listener = new(database, "journal", Heard, Look, log);
        _writing = VitalLoop.Run(WriteAll);
        PoolLog.JournalOpened(log, end.Position);
    }

    /// <summary>The mark of a database's last event.</summary>
    /// <exception cref="JournalUnavailableException">The database cannot be read.</exception>
    public static Task<JournalMark> ReadEnd(NpgsqlDataSource database) => PostgresDatabase.Read(() => PostgresJournalReader.End(database, JournalMark.Start));

    public event Action<IReadOnlyList<JournalRecord>>? Written;

    public long Head => _head.Value;

    /// <summary>
    /// Completes, with what to tell the operator, when the journal does not have an event that this process knows of:
    /// somebody has restored the database, or made a standby that lags its primary. Nothing is written from then on,
    /// because what the actors here know may never have happened.
    /// </summary>
    public Task<string> SetBack => _setBack.Task;

    public async ValueTask<long> ReadHead()
    {
        Know(await StopWhenSetBack(() => _reader.End(Volatile.Read(ref _known))));
        return Head;
    }

    public Task<long> Append(JournalAppend append) => _queue.Add(append);

    public ValueTask<IReadOnlyList<JournalRecord>> ReadStream(string stream, long afterVersion, int limit = int.MaxValue) =>
        new(_reader.Stream(stream, afterVersion, limit));

    public async ValueTask<IReadOnlyList<JournalRecord>> ReadAfter(long position, int limit, string? street = null) =>
        await StopWhenSetBack(() => _tail.After(position, Head, limit, street));

    public Task WaitBeyond(long position, CancellationToken cancellation) => _head.WaitBeyond(position, cancellation);

    public async ValueTask<IReadOnlyList<string>> ClaimDue(DateTimeOffset now, TimeSpan lease, int limit) => await _wakeUps.Claim(now, lease, limit);

    public async ValueTask<DateTimeOffset?> NextDue() => await _wakeUps.Next();

    public Task WaitForWakeUp(DateTimeOffset? before, CancellationToken cancellation) => _wakeUps.WaitForEarlier(before, cancellation);

    public async ValueTask DisposeAsync()
    {
        // Whoever holds it may be known under two services, and is then disposed twice.
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        _queue.Close();
        await _writing;
        await _writer.DisposeAsync();
        await _listener.DisposeAsync();
        await _reader.DisposeAsync();
        _tail.Dispose();
    }

    private async Task WriteAll()
    {
        PendingAppend? held = null;
        var (appends, pause, ended) = (0, TimeSpan.Zero, 0L);
        while (held is not null || await _queue.Reader.WaitToReadAsync())
        {
            await _queue.Gather(appends + (appends / 2), pause - TimeProvider.System.GetElapsedTime(ended));
            var (batch, began) = (new PostgresBatch(), TimeProvider.System.GetTimestamp());
            if (held is not null)
            {
                batch.TryAdd(held);
                held = null;
            }

            while (held is null && batch.Appends.Count < _batch && _queue.Reader.TryRead(out var pending))
            {
                held = batch.TryAdd(pending) ? null : pending;
            }

            await Write(batch);
            (appends, ended) = (batch.Appends.Count, TimeProvider.System.GetTimestamp());
            pause = Pause(appends, TimeProvider.System.GetElapsedTime(began, ended));
        }
    }

    private static TimeSpan Pause(int appends, TimeSpan took) =>
        appends < ManyAppends || took < Long ? TimeSpan.Zero : 2 * took < LongestPause ? 2 * took : LongestPause;

    /// <summary>The journal has an event; what is said late of an earlier one counts for nothing.</summary>
    private void Know(JournalMark mark)
    {
        lock (_marking)
        {
            _known = mark.Position > _known.Position ? mark : _known;
        }

        _head.Reach(mark.Position);
    }

    private async Task<T> StopWhenSetBack<T>(Func<Task<T>> look)
    {
        try
        {
            return await look();
        }
        catch (JournalSetBackException setBack)
        {
            _queue.Close();
            _setBack.TrySetResult(setBack.Message);
            throw new JournalUnavailableException(setBack.Message);
        }
    }

    private async Task Write(PostgresBatch batch)
    {
        if (SetBack.IsCompleted)
        {
            var closed = new JournalUnavailableException(await SetBack);
            batch.Appends.ForEach(pending => pending.Fail(closed));
            return;
        }

        using var activity = StartCommit(batch);
        var started = TimeProvider.System.GetTimestamp();
        IReadOnlyList<JournalRecord> written;
        try
        {
            written = await StopWhenSetBack(() => _writer.Commit(batch, Volatile.Read(ref _known)));
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            activity?.SetStatus(ActivityStatusCode.Error, cause.Message);
            PoolLog.CommitFailed(_log, batch.Appends.Count, cause.Message);
            batch.Appends.ForEach(pending => pending.Fail(cause));
            await LookAfterFailure();
            return;
        }

        lock (_marking)
        {
            _committing = _writer.ProcessId;
        }

        PoolTelemetry.CommitTime.Record(TimeProvider.System.GetElapsedTime(started).TotalSeconds);
        PoolTelemetry.CommitSize.Record(batch.Appends.Count);
        PoolTelemetry.Events.Add(written.Count);
        if (written.Count > 0)
        {
            _tail.Wrote(written);
            Know(JournalMark.Of(written[^1]));
            Written?.Invoke(written);
        }

        batch.Appends.ForEach(pending => pending.Complete());
    }

    /// <summary>A commit goes on in the trace of the first append whose trace is recorded; the others are linked.</summary>
    private static Activity? StartCommit(PostgresBatch batch)
    {
        if (!PoolTelemetry.Source.HasListeners())
        {
            return null;
        }

        var traces = batch.Appends.Select(pending => pending.Append.TraceParent)
            .Where(CallTrace.IsRecorded)
            .Select(parent => ActivityContext.TryParse(parent, null, out var context) ? context : default)
            .Where(context => context != default).Distinct().ToList();
        return traces.Count == 0 ? null : PoolTelemetry.Source.StartActivity(
            ActivityKind.Internal, traces[0], links: traces.Skip(1).Take(MostLinks).Select(context => new ActivityLink(context)), name: "journal commit");
    }

    /// <summary>A commit may have been made although its outcome was lost, and what was notified of it was left to the outcome.</summary>
    private async Task LookAfterFailure()
    {
        lock (_marking)
        {
            _committing = null;
            if (_heardOfOwn <= Head)
            {
                return;
            }
        }

        try
        {
            await Look();
        }
        catch (JournalUnavailableException)
        {
            // The listener's connection is lost, too, and looks when it has come back.
        }
    }

    private async Task Look()
    {
        if (await StopWhenSetBack(() => _tail.ReadOn(Head)) is { } last)
        {
            Know(JournalMark.Of(last));
        }
        else
        {
            await ReadHead();
        }
    }

    /// <summary>Takes what a commit of any silo has notified: "head" and, where a wake-up was set, when it is due in milliseconds since 1970.</summary>
    /// <param name="by">Who notified: of its own commits a silo learns sooner by their outcome.</param>
    private bool Heard(string? said, int by)
    {
        var words = said?.Split(' ') ?? [];
        if (words.Length != 2 || Read(words[0]) is not { } head)
        {
            // A connection that has come, or nothing that a silo says.
            _wakeUps.Set(DateTimeOffset.MinValue);
            return true;
        }

        if (words[1].Length > 0)
        {
            _wakeUps.Set(Read(words[1]) is { } due ? DateTimeOffset.FromUnixTimeMilliseconds(due) : DateTimeOffset.MinValue);
        }

        lock (_marking)
        {
            if (by == _committing)
            {
                _heardOfOwn = head;
                return false;
            }
        }

        return head > Head;

        static long? Read(string number) => long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}
