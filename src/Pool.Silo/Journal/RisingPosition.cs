namespace Pool.Silo.Journal;

/// <summary>A position that only rises, for whoever waits until it has. Thread-safe.</summary>
internal sealed class RisingPosition(long start)
{
    private TaskCompletionSource _risen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _value = start;

    public long Value => Volatile.Read(ref _value);

    /// <summary>It has reached a position; what is said late of an earlier one counts for nothing.</summary>
    public void Reach(long position)
    {
        for (var known = Value; position > known; known = Value)
        {
            if (Interlocked.CompareExchange(ref _value, position, known) == known)
            {
                Interlocked.Exchange(ref _risen, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
                return;
            }
        }
    }

    /// <summary>Completes when it is beyond a position.</summary>
    public async Task WaitBeyond(long position, CancellationToken cancellation)
    {
        while (true)
        {
            // Taken before the look at the value: a rise in between completes exactly this one.
            var risen = Volatile.Read(ref _risen).Task;
            if (Value > position)
            {
                return;
            }

            await risen.WaitAsync(cancellation);
        }
    }
}
