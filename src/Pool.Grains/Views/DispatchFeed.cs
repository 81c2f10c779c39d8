using Pool.Demands;
using Pool.EventSourcing;

namespace Pool.Views;

/// <summary>
/// What events of demands tell, each with the demand as of then. What was told lately is remembered: many follow the same
/// street, and the next event of a demand builds on the one before. Thread-safe.
/// </summary>
public sealed class DispatchFeed(IJournal journal)
{
    /// <summary>So many more are told before one is forgotten, at the least.</summary>
    private const int Remembered = 8_192;

    private readonly Lock _lock = new();
    private Dictionary<(string Stream, long Version), DispatchNews> _older = [];
    private Dictionary<(string Stream, long Version), DispatchNews> _newer = [];

    /// <summary>What events of one demand tell, in their order.</summary>
    /// <exception cref="JournalUnavailableException">The journal cannot be read now.</exception>
    public async Task<IReadOnlyList<DispatchNews>> Of(string stream, IEnumerable<JournalRecord> records)
    {
        var news = new List<DispatchNews>();
        foreach (var record in records)
        {
            news.Add(Known(stream, record.Version) ?? Remember(stream, await Read(record)));
        }

        return news;
    }

    private async ValueTask<DispatchNews> Read(JournalRecord record)
    {
        if (record.Version == 1)
        {
            return Tell(Demand.Empty, record);
        }

        if (Known(record.Stream, record.Version - 1) is { } before)
        {
            return Tell(before.Demand, record);
        }

        var (demand, _) = await journal.StateAt<Demand, DemandEvent>(record.Stream, record.Version - 1);
        return Tell(demand, record);
    }

    private static DispatchNews Tell(Demand before, JournalRecord record)
    {
        var happened = EventCatalogue<DemandEvent>.Read(record);
        return new(record.Position, record.Type, happened.At, Explanation.ProposalOf(happened), before.Evolve(happened), record.Version);
    }

    private DispatchNews? Known(string stream, long version)
    {
        lock (_lock)
        {
            return _newer.GetValueOrDefault((stream, version)) ?? _older.GetValueOrDefault((stream, version));
        }
    }

    private DispatchNews Remember(string stream, DispatchNews news)
    {
        lock (_lock)
        {
            if (_newer.Count >= Remembered)
            {
                (_older, _newer) = (_newer, []);
            }

            _newer[(stream, news.Version)] = news;
            return news;
        }
    }
}
