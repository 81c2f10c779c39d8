using System.Collections.Immutable;
using Pool.Actors;

namespace Pool.EventSourcing;

/// <summary>
/// What an activation knows of its stream: the state with every event decided so far, durable or not, and what it has
/// answered to whom.
/// </summary>
internal sealed class StreamState<TState, TEvent>(string stream)
    where TState : class, IActorState<TState, TEvent>
    where TEvent : class, IEvent
{
    /// <summary>A stream of fewer events has no snapshot. Most streams are such, so nobody looks for theirs.</summary>
    private const int ShortStream = 64;

    private DateTimeOffset? _dueInJournal;

    public TState State { get; private set; } = TState.Empty;

    public long Version { get; private set; }

    public Receipts Receipts { get; } = new();

    public StreamTraces Traces { get; } = new(stream);

    /// <summary>Loads it from its snapshot and the events after that, or from the events alone.</summary>
    /// <param name="snapshots">Null for a stream that stays short.</param>
    /// <returns>The position of its last event; 0 when there is none.</returns>
    public async Task<long> Load(IJournal journal, SnapshotCache<TState>? snapshots)
    {
        var records = await journal.ReadStream(stream, 0, snapshots is null ? int.MaxValue : ShortStream);
        return Replay(records.Count < ShortStream || snapshots is null ? records : await Restore(journal, await snapshots.Read()));
    }

    /// <summary>Takes what the journal has.</summary>
    /// <returns>The position of the last; 0 when there are none.</returns>
    public long Replay(IReadOnlyList<JournalRecord> records)
    {
        foreach (var record in records)
        {
            if (record.Version > Version)
            {
                State = State.Evolve(EventCatalogue<TEvent>.Read(record));
                Version = record.Version;
                if (record.CommandId is { } id)
                {
                    // Every event of a command's append carries its id; the answer is as of the last.
                    Receipts.Keep(new(id, record.Fingerprint, record.Version));
                }
            }

            Traces.Saw(record.TraceParent);
        }

        _dueInJournal = State.DueAt;
        return records.Count == 0 ? 0 : records[^1].Position;
    }

    /// <summary>Goes on by events that were just decided.</summary>
    /// <returns>What must change, with them, in when the actor is woken.</returns>
    public WakeUpChange Evolve(ImmutableArray<TEvent> events, Command? command)
    {
        State = events.Aggregate(State, (state, happened) => state.Evolve(happened));
        Version += events.Length;
        if (command is not null)
        {
            Receipts.Keep(new(command.RequestId, command.Fingerprint, Version));
        }

        var due = State.DueAt;
        if (due == _dueInJournal)
        {
            return WakeUpChange.None;
        }

        _dueInJournal = due;
        return WakeUpChange.To(due);
    }

    /// <summary>Takes a snapshot, where the journal still has what it stands for.</summary>
    /// <returns>The events that are left to replay.</returns>
    private async Task<IReadOnlyList<JournalRecord>> Restore(IJournal journal, Snapshot<TState> snapshot)
    {
        // Reading from the snapshot's own version proves that the journal has it.
        var records = await journal.ReadStream(stream, Math.Max(0, snapshot.Version - 1));
        if (snapshot.State is { } state && records.Count > 0 && records[0].Version == snapshot.Version)
        {
            (State, Version) = (state, snapshot.Version);
            Traces.Continue(snapshot.TraceParent);
            Array.ForEach(snapshot.Receipts, Receipts.Keep);
            return records;
        }

        return snapshot.Version == 0 ? records : await journal.ReadStream(stream, 0);
    }
}
