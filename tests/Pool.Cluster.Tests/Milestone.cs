namespace Pool.Cluster.Tests;

/// <summary>Something that is reached when it has been counted so many times.</summary>
public sealed class Milestone(int times)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = times;

    public Task Reached => _reached.Task;

    public void Count()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _reached.SetResult();
        }
    }
}
