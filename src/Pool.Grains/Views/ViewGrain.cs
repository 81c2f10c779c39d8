using Orleans.Concurrency;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.Values;

namespace Pool.Views;

[StatelessWorker, Reentrant, GrainType("view")]
internal sealed class ViewGrain(IViewStore views, IJournal journal) : Grain, IViewGrain
{
    private const int DispatchesPerBatch = 64;

    public Task<ListPage<T>> List<T>(ListQuery query) where T : class => views.List<T>(query);

    public async Task<long> Head() => await journal.ReadHead();

    public async Task<DispatchBatch> NextDispatches(StreetId street, long after, TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience);
        while (true)
        {
            // The head is read first: whatever the street has up to it is in the answer.
            var head = journal.Head;
            var records = await journal.ReadAfter(after, DispatchesPerBatch, street.Text);
            if (records.Count == DispatchesPerBatch)
            {
                head = records[^1].Position;
            }

            var news = new List<DispatchNews>();
            foreach (var record in records.Where(record => record.Stream.StartsWith("demand/", StringComparison.Ordinal)))
            {
                news.Add(await News(record));
            }

            if (news.Count > 0 || deadline.IsCancellationRequested)
            {
                return new([.. news], Math.Max(head, records.Count == 0 ? after : records[^1].Position));
            }

            // Everything up to the head was looked at.
            after = Math.Max(after, head);
            try
            {
                await journal.WaitBeyond(after, deadline.Token);
            }
            catch (OperationCanceledException)
            {
                // Patience is over; the next turn answers with what is known.
            }
        }
    }

    private async Task<DispatchNews> News(JournalRecord record)
    {
        var demand = Demand.Empty;
        DemandEvent? last = null;
        foreach (var earlier in (await journal.ReadStream(record.Stream, 0)).TakeWhile(earlier => earlier.Version <= record.Version))
        {
            demand = demand.Evolve(last = EventCatalogue<DemandEvent>.Read(earlier));
        }

        return new(record.Position, record.Type, last!.At, Explanation.ProposalOf(last), demand, record.Version);
    }
}
