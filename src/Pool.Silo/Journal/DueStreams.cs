using Pool.EventSourcing;

namespace Pool.Silo.Journal;

/// <summary>When each stream must be woken, in memory, earliest first. One process owns the file, so a claim's lease ends with it. Thread-safe.</summary>
internal sealed class DueStreams
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, WakeUp> _wakeUps = [];
    private readonly SortedSet<(DateTimeOffset At, string Stream)> _order = new(Comparer<(DateTimeOffset At, string Stream)>.Create((a, b) =>
        a.At != b.At ? a.At.CompareTo(b.At) : string.CompareOrdinal(a.Stream, b.Stream)));
    private readonly Dictionary<string, DateTimeOffset?> _unsaved = [];

    /// <summary>When it is due, and until when a claim keeps others away.</summary>
    private readonly record struct WakeUp(DateTimeOffset DueAt, DateTimeOffset LeasedUntil)
    {
        public DateTimeOffset At => DueAt > LeasedUntil ? DueAt : LeasedUntil;
    }

    /// <summary>Takes up a wake-up that is on disk.</summary>
    public void Load(string stream, DateTimeOffset dueAt)
    {
        lock (_lock)
        {
            Replace(stream, new(dueAt, default));
        }
    }

    public void Change(string stream, DateTimeOffset? dueAt)
    {
        lock (_lock)
        {
            // A claim outlives the change: the actor that was woken by it is still at work.
            var leasedUntil = _wakeUps.TryGetValue(stream, out var known) ? known.LeasedUntil : default;
            Replace(stream, dueAt is { } due ? new(due, leasedUntil) : null);
            _unsaved[stream] = dueAt;
        }
    }

    /// <summary>What the disk does not have yet. Changes and this come from one thread.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset?> Unsaved => _unsaved;

    public void Saved() => _unsaved.Clear();

    /// <inheritdoc cref="IJournal.ClaimDue"/>
    public IReadOnlyList<string> Claim(DateTimeOffset now, TimeSpan lease, int limit)
    {
        lock (_lock)
        {
            var claimed = new List<string>();
            while (claimed.Count < limit && _order.Count > 0 && _order.Min is var (at, stream) && at <= now)
            {
                Replace(stream, new(_wakeUps[stream].DueAt, now + lease));
                claimed.Add(stream);
            }

            return claimed;
        }
    }

    /// <inheritdoc cref="IJournal.NextDue"/>
    public DateTimeOffset? Next()
    {
        lock (_lock)
        {
            return _order.Count == 0 ? null : _order.Min.At;
        }
    }

    private void Replace(string stream, WakeUp? wakeUp)
    {
        if (_wakeUps.Remove(stream, out var before))
        {
            _order.Remove((before.At, stream));
        }

        if (wakeUp is { } after)
        {
            _wakeUps[stream] = after;
            _order.Add((after.At, stream));
        }
    }
}
