using System.Collections.Immutable;

namespace Pool.Views;

/// <summary>What is derived from the journal, for gateways that do not reach the database.</summary>
[Alias("pool.IViewGrain")]
public interface IViewGrain : IGrainWithIntegerKey
{
    /// <summary>One page of a list; see <see cref="IViewStore.List{T}"/>.</summary>
    [Alias("List")]
    Task<ListPage<T>> List<T>(ListQuery query) where T : class;

    /// <summary>Those of some rows that there are; see <see cref="IViewStore.Find{T}"/>.</summary>
    [Alias("Find")]
    Task<IReadOnlyDictionary<string, T>> Find<T>(ImmutableArray<string> keys, long minPosition) where T : class;

    /// <summary>
    /// What happened to what is watched after a position: at once when there is something, else after
    /// <paramref name="patience"/> with how far the journal was looked through.
    /// </summary>
    [Alias("NextDispatches")]
    Task<DispatchBatch> NextDispatches(WatchSubject subject, long after, TimeSpan patience);

    /// <summary>The position of the journal's last event.</summary>
    [Alias("Head")]
    Task<long> Head();
}
