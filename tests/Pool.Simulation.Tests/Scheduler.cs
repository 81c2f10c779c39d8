namespace Pool.Simulation.Tests;

/// <summary>
/// Virtual time: what is still to happen, in the order of its instants. Whatever is chance in a run comes from its seed, so
/// that the seed alone tells the run.
/// </summary>
public sealed class Scheduler(int seed)
{
    /// <summary>Shortly before a quarter ends, so that every run of some days sees another begin.</summary>
    public static readonly DateTimeOffset Beginning = new(2026, 12, 30, 12, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<Action, (long At, long Order)> _pending = new();
    private readonly Random _random = new(seed);
    private long _order;

    public DateTimeOffset Now { get; private set; } = Beginning;

    /// <summary>Has something happen after a delay; what is asked first comes first among things of one instant.</summary>
    public void After(TimeSpan delay, Action work) => _pending.Enqueue(work, ((Now + delay).UtcTicks, _order++));

    /// <summary>Completes after a delay.</summary>
    public Task Delay(TimeSpan delay)
    {
        var over = new TaskCompletionSource();
        After(delay, over.SetResult);
        return over.Task;
    }

    /// <summary>Lets the next thing happen.</summary>
    /// <returns>False when nothing is left.</returns>
    public bool Step()
    {
        if (!_pending.TryDequeue(out var work, out var when))
        {
            return false;
        }

        Now = new(Math.Max(when.At, Now.UtcTicks), TimeSpan.Zero);
        work();
        return true;
    }

    /// <summary>Everything stands still for so long: what was to happen meanwhile happens at once, and late.</summary>
    public void StandStill(TimeSpan time) => Now += time;

    public int Next(int below) => _random.Next(below);

    /// <summary>Whether something of this probability happens.</summary>
    public bool Chance(double probability) => _random.NextDouble() < probability;

    public TimeSpan Between(TimeSpan least, TimeSpan most) => least + ((most - least) * _random.NextDouble());

    public T Any<T>(IReadOnlyList<T> of) => of[_random.Next(of.Count)];

    public Guid NextId()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return new(bytes);
    }
}

/// <summary>A silo's clock: virtual time, and how wrong the silo is about it.</summary>
internal sealed class SiloClock(Scheduler scheduler) : TimeProvider
{
    public TimeSpan Skew { get; set; }

    public override DateTimeOffset GetUtcNow() => scheduler.Now + Skew;
}
