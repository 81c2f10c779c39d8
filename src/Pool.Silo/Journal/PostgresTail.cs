using Pool.EventSourcing;

namespace Pool.Silo.Journal;

/// <summary>
/// The newest events of the journal in memory, read once for everybody who follows here: fifty watches cost one query, and
/// what this silo wrote itself often none. Nothing is read while nobody follows.
/// </summary>
/// <param name="start">The journal's head when it was opened.</param>
internal sealed class PostgresTail(PostgresJournalReader reader, long start) : IDisposable
{
    /// <summary>Events kept, more than come while the list views pause under load; whoever is farther behind reads the table.</summary>
    private const int Window = 16_384;

    /// <summary>Events read from the table at a time.</summary>
    private const int Page = 8_192;

    private readonly SemaphoreSlim _reading = new(1);
    private readonly Lock _lock = new();

    /// <summary>Those after <see cref="_before"/>, up to <see cref="_last"/>, each in the place that its position gives it.</summary>
    private readonly JournalRecord?[] _events = new JournalRecord?[Window];
    private long _before = start;
    private long _last = start;
    private bool _followed;

    private long Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    /// <summary>Up to so many events after a position and up to the head, of one street if it is named.</summary>
    /// <exception cref="JournalSetBackException">The journal does not have the last event that is remembered.</exception>
    public async Task<IReadOnlyList<JournalRecord>> After(long position, long head, int limit, string? street)
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
    /// <returns>The last event; null when nobody has followed since the last time, or there is nothing new.</returns>
    /// <inheritdoc cref="After"/>
    public async Task<JournalRecord?> ReadOn(long head)
    {
        if (!_followed || head - Last > Window)
        {
            return null;
        }

        _followed = false;
        JournalRecord? last = null;
        await _reading.WaitAsync();
        try
        {
            for (var full = true; full;)
            {
                var read = await Read(long.MaxValue);
                Add(read);
                last = read.Count > 0 ? read[^1] : last;
                full = read.Count == Page;
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
        lock (_lock)
        {
            if (_last >= head)
            {
                return;
            }

            if (head - _last > Window)
            {
                // Nobody has followed for long: what lies between is not worth reading.
                _before = _last = head - 1;
            }
        }

        var read = await Read(head);
        if (read.Count == 0)
        {
            throw new JournalUnavailableException($"There is no event up to position {head}, and there was one.");
        }

        Add(read);
    }

    /// <summary>Reads on behind the last event that is here, together with that event, which must be the same still.</summary>
    private async Task<IReadOnlyList<JournalRecord>> Read(long upTo)
    {
        long last;
        JournalRecord? known;
        lock (_lock)
        {
            (last, known) = (_last, _last > _before ? At(_last) : null);
        }

        if (known is null)
        {
            return await reader.After(last, upTo, Page, street: null);
        }

        var mark = JournalMark.Of(known);
        var read = await reader.After(last - 1, upTo, Page + 1, street: null);
        return read.Count > 0 && JournalMark.Of(read[0]) == mark ? read[1..] : throw new JournalSetBackException(mark);
    }

    /// <summary>Adds what is not here yet: this silo may have written, while it read, what it then finds.</summary>
    private void Add(IReadOnlyList<JournalRecord> read)
    {
        lock (_lock)
        {
            foreach (var record in read)
            {
                if (record.Position == _last + 1)
                {
                    At(++_last) = record;
                }
            }

            _before = Math.Max(_before, _last - Window);
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
            for (var next = position + 1; next <= Math.Min(_last, head) && found.Count < limit; next++)
            {
                if (At(next) is { } record && (street is null || record.Street == street))
                {
                    found.Add(record);
                }
            }

            return found;
        }
    }

    /// <summary>The place of a position: they are dense.</summary>
    private ref JournalRecord? At(long position) => ref _events[position % Window];
}
