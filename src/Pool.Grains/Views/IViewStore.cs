namespace Pool.Views;

/// <summary>The list views: tables that follow the journal and can be rebuilt from it.</summary>
public interface IViewStore
{
    /// <summary>One page of skills, streets, communities, partners, offers, demands or listed proposals.</summary>
    /// <exception cref="TimeoutException">The view did not reach the asked position in time.</exception>
    Task<ListPage<T>> List<T>(ListQuery query) where T : class;
}
