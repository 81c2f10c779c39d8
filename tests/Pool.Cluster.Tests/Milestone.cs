namespace Pool.Cluster.Tests;

/// <summary>Something that is reached when it has been counted so many times.</summary>
public sealed class Milestone(int times)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = times;

    /// <exception cref="TimeoutException">It was not reached within the patience.</exception>
    public Task Reached => _reached.Task.WaitAsync(Patience);

    /// <summary>Counts once; beyond the milestone it counts for nothing.</summary>
    public void Count()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _reached.SetResult();
        }
    }
}
