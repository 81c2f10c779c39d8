using Pool.EventSourcing;
using Pool.Hosting;

namespace Pool.Silo.Journal;

/// <summary>An append on its way to the disk.</summary>
internal sealed class PendingAppend(JournalAppend append)
{
    private readonly TaskCompletionSource<long> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JournalAppend Append => append;

    /// <summary>The position of the last event, when it is durable; a conflict; or that nobody knows.</summary>
    public Task<long> Outcome => _completion.Task;

    /// <summary>The position of the last event, set by the commit.</summary>
    public long Position { get; private set; }

    /// <summary>Whether the fence refused it; the rest of its commit stands.</summary>
    public bool Conflict { get; private set; }

    /// <summary>Its events as they stand in the journal behind a position, without the text that only the disk needs.</summary>
    public IEnumerable<JournalRecord> Records(long after)
    {
        for (var i = 0; i < append.Entries.Length; i++)
        {
            Position = after + i + 1;
            yield return new JournalRecord(
                Position, append.Stream, append.ExpectedVersion + i + 1, append.Street, append.Entries[i].Type,
                DateTimeOffset.FromUnixTimeMilliseconds(append.At.ToUnixTimeMilliseconds()), append.Actor, append.CommandId,
                append.Fingerprint, append.TraceParent, Payload: "")
            {
                Happened = append.Entries[i].Happened,
            };
        }
    }

    /// <summary>The fence refuses it, and whatever rests on it.</summary>
    public void Lose()
    {
        Conflict = true;
        append.Sequence.Break();
    }

    /// <summary>Tells whoever appended that it is durable, or that it lost.</summary>
    public void Complete()
    {
        if (Conflict)
        {
            PoolTelemetry.Conflicts.Add(1);
            _completion.TrySetException(new JournalConflictException(append.Stream, append.ExpectedVersion));
        }
        else
        {
            _completion.TrySetResult(Position);
        }
    }

    /// <summary>Nobody knows whether it is durable.</summary>
    public void Fail(Exception cause)
    {
        append.Sequence.Break();
        _completion.TrySetException(cause is JournalUnavailableException ? cause : new JournalUnavailableException($"The commit failed: {cause.Message}", cause));
    }
}

/// <summary>How a wake-up is stored.</summary>
internal static class WakeAt
{
    private const long Never = 0;

    /// <summary>Milliseconds since 1970, rounded up: an actor woken early would find nothing due.</summary>
    public static long Write(DateTimeOffset? dueAt) => dueAt is { } at ? at.AddTicks(TimeSpan.TicksPerMillisecond - 1).ToUnixTimeMilliseconds() : Never;

    public static DateTimeOffset? Read(long stored) => stored == Never ? null : DateTimeOffset.FromUnixTimeMilliseconds(stored);
}
