using System.Collections.Immutable;
using Orleans.Concurrency;
using Pool.EventSourcing;

namespace Pool.Views;

[StatelessWorker, Reentrant, GrainType("view")]
internal sealed class ViewGrain(IViewStore views, IJournal journal, DispatchFeed feed) : Grain, IViewGrain
{
    private const int DispatchesPerBatch = 64;

    /// <summary>Events of all streets looked through at a time, where few of them are meant.</summary>
    private const int EventsPerBatch = 512;

    public Task<ListPage<T>> List<T>(ListQuery query) where T : class => views.List<T>(query);

    public Task<IReadOnlyDictionary<string, T>> Find<T>(ImmutableArray<string> keys, long minPosition) where T : class => views.Find<T>(keys, minPosition);

    public async Task<long> Head() => await journal.ReadHead();

    public async Task<DispatchBatch> NextDispatches(WatchSubject subject, long after, TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience);
        var most = subject.Street is null ? EventsPerBatch : DispatchesPerBatch;
        while (true)
        {
            // The head is read first: whatever there is up to it is in the answer.
            var head = journal.Head;
            var records = await journal.ReadAfter(after, most, subject.Street?.Text);
            if (records.Count == most)
            {
                head = records[^1].Position;
            }

            var told = await Task.WhenAll(records.Where(record => subject.MayBeIn(record.Stream)).GroupBy(record => record.Stream, feed.Of));
            var news = told.SelectMany(of => of).Where(subject.Has).OrderBy(of => of.Position).ToImmutableArray();
            if (!news.IsEmpty || deadline.IsCancellationRequested)
            {
                return new(news, Math.Max(head, records.Count == 0 ? after : records[^1].Position));
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
