using System.Collections.Concurrent;
using System.Threading.Channels;
using Pool.EventSourcing;

namespace Pool.Silo.WakeUps;

/// <summary>The queue of those who were just begun, in order. Thread-safe.</summary>
internal sealed class Births : IBirths
{
    private const int Room = 16_384;

    private readonly Channel<string> _begun = Channel.CreateBounded<string>(Room);
    private readonly ConcurrentDictionary<string, JournalRecord?> _waiting = [];

    public void Add(JournalRecord first)
    {
        _waiting[first.Stream] = first;
        if (!_begun.Writer.TryWrite(first.Stream))
        {
            _waiting.TryRemove(first.Stream, out _);
        }
    }

    public JournalRecord? Tell(string stream) => _waiting.TryGetValue(stream, out var first) && first is not null && _waiting.TryUpdate(stream, null, first) ? first : null;

    /// <summary>The next that has not been woken meanwhile, when there is one.</summary>
    public async ValueTask<string> Take(CancellationToken cancellation)
    {
        while (true)
        {
            var stream = await _begun.Reader.ReadAsync(cancellation);
            if (_waiting.ContainsKey(stream))
            {
                return stream;
            }
        }
    }

    /// <summary>It has been woken, here or elsewhere.</summary>
    public void Leave(string stream) => _waiting.TryRemove(stream, out _);
}
