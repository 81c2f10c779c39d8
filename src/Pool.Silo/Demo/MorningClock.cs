namespace Pool.Silo.Demo;

/// <summary>
/// A morning that runs at a rate of its own until <see cref="Finish"/>; then time is the system's again.
/// </summary>
/// <param name="start">When it begins: a past morning never runs ahead of the system's time, one to come always does.</param>
internal sealed class MorningClock(DateTimeOffset start) : TimeProvider
{
    private sealed record Pace(long Since, DateTimeOffset From, double Rate);

    private readonly bool _past = start < System.GetUtcNow();
    private Pace? _pace = new(System.GetTimestamp(), start, 1);

    public override DateTimeOffset GetUtcNow()
    {
        var now = System.GetUtcNow();
        if (Volatile.Read(ref _pace) is not { } pace)
        {
            return now;
        }

        var paced = pace.From + (System.GetElapsedTime(pace.Since) * pace.Rate);
        return _past && paced > now ? now : paced;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Scale(dueTime), Scale(period));

    /// <summary>From now on time runs so many times as fast as on the wall.</summary>
    public void RunAt(double rate) => Volatile.Write(ref _pace, new(System.GetTimestamp(), GetUtcNow(), rate));

    /// <summary>From now on time is the system's.</summary>
    public void Finish() => Volatile.Write(ref _pace, null);

    private TimeSpan Scale(TimeSpan time) => Volatile.Read(ref _pace) is { } pace && time > TimeSpan.Zero
        ? TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(time.TotalMilliseconds / pace.Rate)))
        : time;
}
