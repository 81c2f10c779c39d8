using System.Threading.Channels;
using Pool.EventSourcing;

namespace Pool.Silo.Journal;

/// <summary>
/// The appends that wait for a store's writer. A store that answers leaves few of them waiting; behind one that does not,
/// they are refused rather than queued without bound: whoever still wants them asks again.
/// </summary>
/// <param name="batch">The most appends in one commit.</param>
internal sealed class AppendQueue(int batch)
{
    /// <summary>How many commits' worth may wait.</summary>
    private const int Batches = 4;

    private readonly Channel<PendingAppend> _waiting = Channel.CreateBounded<PendingAppend>(new BoundedChannelOptions(Batches * batch) { SingleReader = true });

    private int _awaited = int.MaxValue;
    private TaskCompletionSource _enough = new();

    public ChannelReader<PendingAppend> Reader => _waiting.Reader;

    /// <returns>The position of its last event, when it is durable.</returns>
    public Task<long> Add(JournalAppend append)
    {
        var pending = new PendingAppend(append);
        if (!_waiting.Writer.TryWrite(pending))
        {
            pending.Fail(new JournalUnavailableException("The journal takes nothing more: it is closing, or too much waits for its disk."));
        }

        if (Volatile.Read(ref _awaited) is var awaited && awaited < int.MaxValue && Reader.Count >= awaited)
        {
            _enough.TrySetResult();
        }

        return pending.Outcome;
    }

    /// <summary>Completes when so many wait, or after some time. Used by the one reader.</summary>
    public async Task Gather(int appends, TimeSpan most)
    {
        if (most <= TimeSpan.Zero)
        {
            return;
        }

        _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _awaited, appends);
        if (Reader.Count < appends)
        {
            await _enough.Task.WaitAsync(most).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Volatile.Write(ref _awaited, int.MaxValue);
    }

    /// <summary>What was added is still written; what comes after is refused.</summary>
    /// <returns>Whether this call closed it.</returns>
    public bool Close() => _waiting.Writer.TryComplete();
}
