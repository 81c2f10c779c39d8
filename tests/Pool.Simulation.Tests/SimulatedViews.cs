using Pool.EventSourcing;
using Pool.Ledgers;
using Pool.Values;
using Pool.Views;

namespace Pool.Simulation.Tests;

/// <summary>Of the list views what actors themselves read: the entries of ledgers, which now and then lag behind for longer than anybody waits.</summary>
internal sealed class SimulatedViews : IViewStore
{
    private readonly Scheduler _scheduler;
    private readonly Func<Faults> _faults;
    private readonly Dictionary<string, ListedEntry> _entries = [];

    /// <param name="faults">What goes wrong now: views lag as often as messages are lost.</param>
    public SimulatedViews(Scheduler scheduler, SharedJournal journal, Func<Faults> faults)
    {
        (_scheduler, _faults) = (scheduler, faults);
        journal.Committed += (_, records) =>
        {
            foreach (var record in records.Where(record => record.Stream.StartsWith("ledger/", StringComparison.Ordinal)))
            {
                Take(record);
            }
        };
    }

    public Task<IReadOnlyDictionary<string, T>> Find<T>(IReadOnlyCollection<string> keys, long minPosition) where T : class => _scheduler.Chance(_faults().LostMessage)
        ? Task.FromException<IReadOnlyDictionary<string, T>>(new TimeoutException("The lists lag behind."))
        : Task.FromResult<IReadOnlyDictionary<string, T>>(keys.Where(_entries.ContainsKey).ToDictionary(key => key, key => (T)(object)_entries[key]));

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
