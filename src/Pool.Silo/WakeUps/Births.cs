using System.Collections.Concurrent;
using System.Threading.Channels;
using Pool.EventSourcing;

namespace Pool.Silo.WakeUps;

/// <summary>The queue of those who were just begun, in order. Thread-safe.</summary>
internal sealed class Births : IBirths
{
    private const int Room = 16_384;

    private readonly Channel<string> _begun = Channel.CreateBounded<string>(Room);
    private readonly ConcurrentDictionary<string, bool> _waiting = [];

    public void Add(string stream)
    {
        _waiting[stream] = true;
        if (!_begun.Writer.TryWrite(stream))
        {
            _waiting.TryRemove(stream, out _);
        }
    }

    /// <summary>Whether a stream waits here for its turn.</summary>
    public bool Has(string stream) => _waiting.ContainsKey(stream);

    /// <summary>The next, when there is one.</summary>
    public async ValueTask<string> Take(CancellationToken cancellation)
    {
        var stream = await _begun.Reader.ReadAsync(cancellation);
        _waiting.TryRemove(stream, out _);
        return stream;
    }
}
