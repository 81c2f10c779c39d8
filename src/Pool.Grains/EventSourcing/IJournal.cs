using System.Collections.Immutable;
using Pool.Actors;

namespace Pool.EventSourcing;

/// <summary>An event as it is appended: its stored name, its JSON, and itself for those who follow in this process.</summary>
public readonly record struct JournalEntry(string Type, string Payload, IEvent Happened);

/// <summary>What an append does to its stream's wake-up, in the same transaction.</summary>
public readonly record struct WakeUpChange(bool Changes, DateTimeOffset? DueAt)
{
    public static readonly WakeUpChange None;

    public static WakeUpChange To(DateTimeOffset? dueAt) => new(true, dueAt);
}

/// <summary>
/// The appends of one activation. Each rests on those before it: once one has lost, or nobody knows of it, the journal lets
/// no later one through, also where its version fits what another activation has written meanwhile.
/// </summary>
public sealed class AppendSequence
{
    private volatile bool _broken;

    public bool IsBroken => _broken;

    public void Break() => _broken = true;
}

/// <summary>One append to one stream: all of it becomes durable, or nothing, and nothing where what it rests on does not.</summary>
/// <param name="Stream">The actor's key, for example <c>demand/0f8f…</c>.</param>
/// <param name="ExpectedVersion">The stream's version before; 0 where it begins. Another value there is a conflict.</param>
/// <param name="Entries">The events in order; may be empty where only the wake-up changes.</param>
/// <param name="Street">The office's code, for the watch feed; null for what belongs to all.</param>
/// <param name="At">When it happened, UTC.</param>
/// <param name="Actor">Who acted, a resource name or an actor's key.</param>
/// <param name="CommandId">The client's request id; null for a step of an actor.</param>
/// <param name="Fingerprint">The hash of the client's request.</param>
/// <param name="TraceParent">The W3C trace parent of the work that wrote it; null when nobody traces.</param>
/// <param name="WakeUp">The change of the stream's wake-up.</param>
public sealed record JournalAppend(
    string Stream,
    long ExpectedVersion,
    ImmutableArray<JournalEntry> Entries,
    string? Street,
    DateTimeOffset At,
    string Actor,
    Guid? CommandId,
    long Fingerprint,
    string? TraceParent,
    WakeUpChange WakeUp)
{
    /// <summary>What it rests on; nothing, unless the appends of an activation share one.</summary>
    public AppendSequence Sequence { get; init; } = new();

    /// <summary>The other activations of this process that it rests on: on their appends that were queued before it.</summary>
    public ImmutableArray<AppendSequence> RestsOn { get; init; } = [];

    /// <summary>Whether something that it rests on did not become durable, so that it must not either.</summary>
    public bool IsLost => Sequence.IsBroken || RestsOn.Any(other => other.IsBroken);
}

/// <summary>An event as it stands in the journal. Every event of a command's append carries the command's id and fingerprint.</summary>
public sealed record JournalRecord(
    long Position,
    string Stream,
    long Version,
    string? Street,
    string Type,
    DateTimeOffset At,
    string Actor,
    Guid? CommandId,
    long Fingerprint,
    string? TraceParent,
    string Payload)
{
    /// <summary>The event itself, where this process has just written it and <see cref="Payload"/> is left out; null where it must be read from that.</summary>
    public IEvent? Happened { get; init; }
}

/// <summary>
/// The one append-only log. Positions are dense in commit order, versions are dense in each stream, and an append
/// that returned has survived the loss of power.
/// </summary>
public interface IJournal
{
    /// <summary>Appends and returns the position of the last event (0 when there were no entries). Appends become durable in the order in which they were queued.</summary>
    /// <exception cref="JournalConflictException">The stream is not at the expected version, or what it rests on failed: somebody else wrote.</exception>
    /// <exception cref="JournalUnavailableException">The outcome is unknown.</exception>
    Task<long> Append(JournalAppend append);

    /// <summary>
    /// Up to <paramref name="limit"/> events of a stream after a version, in order: all that are durable when it is asked,
    /// whoever wrote them.
    /// </summary>
    /// <exception cref="JournalUnavailableException">The journal cannot be read now.</exception>
    ValueTask<IReadOnlyList<JournalRecord>> ReadStream(string stream, long afterVersion, int limit = int.MaxValue);

    /// <summary>Up to <paramref name="limit"/> events after a position and up to <see cref="Head"/>, in order; of one street if it is named.</summary>
    /// <exception cref="JournalUnavailableException">The journal cannot be read now.</exception>
    ValueTask<IReadOnlyList<JournalRecord>> ReadAfter(long position, int limit, string? street = null);

    /// <summary>The position of the last durable event that this process knows of; 0 when there is none.</summary>
    long Head { get; }

    /// <summary>Asks for the position of the last durable event, whoever wrote it, and makes it known here.</summary>
    /// <exception cref="JournalUnavailableException">The journal cannot be read now.</exception>
    ValueTask<long> ReadHead();

    /// <summary>Completes when <see cref="Head"/> is beyond <paramref name="position"/>.</summary>
    Task WaitBeyond(long position, CancellationToken cancellation);

    /// <summary>What an append of this process has just made durable; called in position order. A handler must not block.</summary>
    event Action<IReadOnlyList<JournalRecord>>? Written;

    /// <summary>Claims streams due at <paramref name="now"/>, earliest first; a claim holds for <paramref name="lease"/>.</summary>
    /// <exception cref="JournalUnavailableException">The journal cannot be read now.</exception>
    ValueTask<IReadOnlyList<string>> ClaimDue(DateTimeOffset now, TimeSpan lease, int limit);

    /// <summary>When the next wake-up can be claimed; null when there is none.</summary>
    /// <exception cref="JournalUnavailableException">The journal cannot be read now.</exception>
    ValueTask<DateTimeOffset?> NextDue();

    /// <summary>Completes when an append, since the last call of <see cref="NextDue"/>, has set a wake-up that is due before the given instant; null stands for any. May complete without one.</summary>
    Task WaitForWakeUp(DateTimeOffset? before, CancellationToken cancellation);
}

/// <summary>Another activation wrote to the stream: this one holds a stale state and must end.</summary>
[GenerateSerializer, Alias("pool.JournalConflictException")]
public sealed class JournalConflictException(string stream, long version)
    : Exception($"Stream {stream} is not at version {version}, or what was to be appended there rests on what was lost.");

/// <summary>The journal did not say whether an append is durable, or cannot be read.</summary>
[GenerateSerializer, Alias("pool.JournalUnavailableException")]
public sealed class JournalUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
