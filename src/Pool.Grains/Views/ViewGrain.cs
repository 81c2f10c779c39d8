using Orleans.Concurrency;
using Pool.EventSourcing;
using Pool.Values;

namespace Pool.Views;

[StatelessWorker, Reentrant, GrainType("view")]
internal sealed class ViewGrain(IViewStore views, IJournal journal, DispatchFeed feed) : Grain, IViewGrain
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

            var news = await Task.WhenAll(records
                .Where(record => record.Stream.StartsWith("demand/", StringComparison.Ordinal))
                .GroupBy(record => record.Stream, feed.Of));
            if (news.Length > 0 || deadline.IsCancellationRequested)
            {
                return new([.. news.SelectMany(of => of).OrderBy(of => of.Position)], Math.Max(head, records.Count == 0 ? after : records[^1].Position));
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
}
