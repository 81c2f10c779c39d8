using Pool.EventSourcing;

namespace Pool.Silo.Journal;

/// <summary>
/// The newest events of the journal in memory, read once for everybody who follows here: fifty watches cost one query, and
/// what this silo wrote itself often none. Nothing is read while nobody follows.
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
    private bool _followed;

    private long Last
    {
        get
        {
            lock (_lock)
            {
                return _before + _events.Count;
            }
        }
    }

    /// <summary>Up to so many events after a position and up to the head, of one street if it is named.</summary>
    public async ValueTask<IReadOnlyList<JournalRecord>> After(long position, long head, int limit, string? street)
    {
        if (position >= head)
        {
            return [];
        }

        _followed = true;
        await ReadUpTo(head);
        return Remembered(position, head, limit, street) ?? await reader.After(position, head, limit, street);
    }

    /// <summary>What this silo has just written, which nobody needs to read where it follows on what is here.</summary>
    public void Wrote(IReadOnlyList<JournalRecord> written)
    {
        lock (_lock)
        {
            if (_followed)
            {
                Add(written);
            }
        }
    }

    /// <summary>
    /// Reads on to the journal's end, which may be beyond the head that is known, so that whoever follows finds it here.
    /// </summary>
    /// <returns>The position of the last event; null when nobody has followed since the last time, or there is nothing new.</returns>
    public async Task<long?> ReadOn(long head)
    {
        if (!_followed || head - Last > Window)
        {
            return null;
        }

        _followed = false;
        long? last = null;
        await _reading.WaitAsync();
        try
        {
            for (var full = true; full;)
            {
                var read = await reader.After(Last, long.MaxValue, Window, street: null);
                last = Add(read) ?? last;
                full = read.Count == Window;
            }
        }
        finally
        {
            _reading.Release();
        }

        return last;
    }

    public void Dispose() => _reading.Dispose();

    private async Task ReadUpTo(long head)
    {
        while (true)
        {
            if (Last >= head)
            {
                return;
            }

            await _reading.WaitAsync();
            try
            {
                await ReadOnce(head);
            }
            finally
            {
                _reading.Release();
            }
        }
    }

    private async Task ReadOnce(long head)
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

        Add(read);
    }

    /// <summary>Adds what is not here yet: this silo may have written, while it read, what it then finds.</summary>
    /// <returns>The position of the last event read; null when there was none.</returns>
    private long? Add(IReadOnlyList<JournalRecord> read)
    {
        lock (_lock)
        {
            foreach (var record in read)
            {
                if (record.Position == Last + 1)
                {
                    _events.Add(record);
                }
            }

            if (_events.Count > 2 * Window)
            {
                var old = _events.Count - Window;
                (_events, _before) = (_events[old..], _before + old);
            }
        }

        return read.Count > 0 ? read[^1].Position : null;
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
