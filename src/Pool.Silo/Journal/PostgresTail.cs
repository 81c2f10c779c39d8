using Pool.EventSourcing;

namespace Pool.Silo.Journal;

/// <summary>
/// The newest events of the journal in memory, read once for everybody who follows here: fifty watches cost one query.
/// Nothing is read while nobody follows.
/// </summary>
/// <param name="start">The journal's head when it was opened.</param>
internal sealed class PostgresTail(PostgresJournalReader reader, long start) : IDisposable
{
    /// <summary>Events kept; whoever is farther behind reads the table.</summary>
    private const int Window = 8_192;

    private readonly SemaphoreSlim _reading = new(1);
    private readonly Lock _lock = new();
    private List<JournalRecord> _events = [];
    private long _before = start;

    private long Last => _before + _events.Count;

    /// <summary>Up to so many events after a position and up to the head, of one street if it is named.</summary>
    public async ValueTask<IReadOnlyList<JournalRecord>> After(long position, long head, int limit, string? street)
    {
        if (position >= head)
        {
            return [];
        }

        await ReadUpTo(head);
        return Remembered(position, head, limit, street) ?? await reader.After(position, head, limit, street);
    }

    public void Dispose() => _reading.Dispose();

    private async Task ReadUpTo(long head)
    {
        while (true)
        {
            lock (_lock)
            {
                if (Last >= head)
                {
                    return;
                }
            }

            await _reading.WaitAsync();
            try
            {
                await ReadOn(head);
            }
            finally
            {
                _reading.Release();
            }
        }
    }

    private async Task ReadOn(long head)
    {
        long last;
        lock (_lock)
        {
            if (Last >= head)
            {
                return;
            }

            if (head - Last > Window)
            {
                // Nobody has followed for long: what lies between is not worth reading.
                (_events, _before) = ([], head - 1);
            }

            last = Last;
        }

        var read = await reader.After(last, head, Window, street: null);
        if (read.Count == 0)
        {
            throw new JournalUnavailableException($"There is no event after position {last}, and there was one up to {head}.");
        }

        lock (_lock)
        {
            _events.AddRange(read);
            if (_events.Count > 2 * Window)
            {
                var old = _events.Count - Window;
                (_events, _before) = (_events[old..], _before + old);
            }
        }
    }

    /// <summary>Null when some of them are not in memory.</summary>
    private List<JournalRecord>? Remembered(long position, long head, int limit, string? street)
    {
        lock (_lock)
        {
            if (position < _before)
            {
                return null;
            }

            var found = new List<JournalRecord>();
            // Positions are dense, so the place in the list is known.
            for (var i = (int)(position - _before); i < _events.Count && found.Count < limit && _events[i].Position <= head; i++)
            {
                if (street is null || _events[i].Street == street)
                {
                    found.Add(_events[i]);
                }
            }

            return found;
        }
    }
}
