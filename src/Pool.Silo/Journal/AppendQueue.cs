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

    public ChannelReader<PendingAppend> Reader => _waiting.Reader;

    /// <returns>The position of its last event, when it is durable.</returns>
    public Task<long> Add(JournalAppend append)
    {
        var pending = new PendingAppend(append);
        if (!_waiting.Writer.TryWrite(pending))
        {
            pending.Fail(new JournalUnavailableException("The journal takes nothing more: it is closing, or too much waits for its disk."));
        }

        return pending.Outcome;
    }

    /// <summary>What was added is still written; what comes after is refused.</summary>
    /// <returns>Whether this call closed it.</returns>
    public bool Close() => _waiting.Writer.TryComplete();
}
