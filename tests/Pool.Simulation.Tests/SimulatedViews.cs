using Pool.EventSourcing;
using Pool.Ledgers;
using Pool.Values;
using Pool.Views;

namespace Pool.Simulation.Tests;

/// <summary>Of the list views what actors themselves read: the entries of ledgers, as soon as they are durable.</summary>
internal sealed class SimulatedViews : IViewStore
{
    private readonly Dictionary<string, ListedEntry> _entries = [];

    public SimulatedViews(SharedJournal journal) => journal.Committed += (_, records) =>
    {
        foreach (var record in records.Where(record => record.Stream.StartsWith("ledger/", StringComparison.Ordinal)))
        {
            Take(record);
        }
    };

    public Task<IReadOnlyDictionary<string, T>> Find<T>(IReadOnlyCollection<string> keys, long minPosition) where T : class =>
        Task.FromResult<IReadOnlyDictionary<string, T>>(keys.Where(_entries.ContainsKey).ToDictionary(key => key, key => (T)(object)_entries[key]));

    public Task<ListPage<T>> List<T>(ListQuery query) where T : class => throw new NotSupportedException("No actor lists anything.");

    private void Take(JournalRecord record)
    {
        // Nothing is waited for: what came earlier is at hand, but where a planted bug has left a number out, which the auditor finds.
        var street = StreetId.Parse(record.Street!);
        var listing = ListedEntry.Of(street, EventCatalogue<LedgerEvent>.Read(record), key => ValueTask.FromResult(_entries[key]));
        if (listing.IsCompletedSuccessfully && listing.Result is { } entry)
        {
            _entries.TryAdd(ListedEntry.Key(street, entry.Number), entry);
        }
    }
}
