namespace Pool.Silo.Hosting;

/// <summary>
/// Ends the process where stopping in order takes longer than it may. A silo takes its leave of the others through the
/// database, and tries for minutes when that is away; they notice its end all the same, and what it acknowledged is durable.
/// </summary>
internal sealed class StopDeadline : IDisposable
{
    private Timer? _timer;

    /// <summary>Ends the process after a time, unless it has ended by then; what is called later counts for nothing.</summary>
    /// <param name="refused">Why it ends; null where it was asked to.</param>
    public void EndAfter(TimeSpan time, StartRefusedException? refused = null)
    {
        var timer = new Timer(_ => End(refused), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (Interlocked.CompareExchange(ref _timer, timer, null) is null)
        {
            timer.Change(time, Timeout.InfiniteTimeSpan);
        }
        else
        {
            timer.Dispose();
        }
    }

    public void Dispose() => _timer?.Dispose();

    private static void End(StartRefusedException? refused)
    {
        Console.Error.WriteLine(refused is null ? "pool: Stopping in order took too long; the process ends." : $"pool: {refused.Message}");
        Environment.Exit((int)(refused?.Code ?? ExitCode.Ok));
    }
}
