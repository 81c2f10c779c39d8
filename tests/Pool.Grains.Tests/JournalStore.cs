using System.Diagnostics.Metrics;
using Pool.Communities;
using Pool.EventSourcing;
using Pool.Hosting;
using Xunit.Sdk;
using Xunit.v3;

// The journal's instruments count for the whole process.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Pool.Grains.Tests;

/// <summary>A place that holds a real journal, and what a test does to it from outside.</summary>
public abstract class JournalStore : IAsyncDisposable
{
    public const string Beigan = "330109002";

    public static readonly DateTimeOffset Now = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    private readonly List<IJournal> _opened = [];

    /// <summary>Opens the journal, as a start of the program does.</summary>
    public async Task<IJournal> Open()
    {
        var journal = await OpenAnother();
        _opened.Add(journal);
        return journal;
    }

    /// <summary>Closes a journal in order.</summary>
    public async Task Close(IJournal journal)
    {
        _opened.Remove(journal);
        await (journal is IAsyncDisposable later ? later.DisposeAsync() : Dispose((IDisposable)journal));

        static ValueTask Dispose(IDisposable now)
        {
            now.Dispose();
            return default;
        }
    }

    /// <summary>What the next start would find if this process went now.</summary>
    public abstract Task<JournalStore> AfterCrash();

    /// <summary>Keeps every commit waiting until it is disposed.</summary>
    public abstract Task<IAsyncDisposable> Lock();

    /// <summary>Appends that each rename a community: so many events, from the version that the stream is at.</summary>
    public static JournalAppend Renames(string stream, long version, int events = 1, WakeUpChange wakeUp = default, string? street = Beigan) => new(
        stream, version, [.. Enumerable.Range(1, events).Select(i => EventCatalogue<CommunityEvent>.Write(new CommunityRenamed(Now, $"{stream} {version + i}")))],
        street, Now, "a test", Guid.NewGuid(), 7, null, wakeUp);

    public async ValueTask DisposeAsync()
    {
        foreach (var journal in _opened.ToList())
        {
            await Close(journal);
        }

        await Delete();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<IJournal> OpenAnother();

    protected abstract ValueTask Delete();
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
