namespace Pool.Views;

/// <summary>The list views: tables that follow the journal and can be rebuilt from it.</summary>
public interface IViewStore
{
    /// <summary>One page of a list: skills, streets, communities, partners, offers, demands, listed proposals, series, clearings, or what ledgers list.</summary>
    /// <exception cref="TimeoutException">The view did not reach the asked position in time.</exception>
    Task<ListPage<T>> List<T>(ListQuery query) where T : class;

    /// <summary>Those of some rows that there are, by their keys.</summary>
    /// <param name="minPosition">The view must have followed the journal at least to here.</param>
    /// <exception cref="TimeoutException">The view did not reach the asked position in time.</exception>
    Task<IReadOnlyDictionary<string, T>> Find<T>(IReadOnlyCollection<string> keys, long minPosition) where T : class;
}
