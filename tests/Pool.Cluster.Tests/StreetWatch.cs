using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;
using Pool.V1;

namespace Pool.Cluster.Tests;

/// <summary>One street's watch, which goes on behind its last cursor whenever a crash has cut it off.</summary>
/// <param name="news">Where the demands of which it tells are put.</param>
/// <param name="failures">Where it says what no crash explains.</param>
public sealed class StreetWatch(string street, ConcurrentQueue<Demand> news, ConcurrentQueue<string> failures)
{
    private readonly ConcurrentQueue<(long Cursor, string Event)> _told = new();
    private long _cursor;

    /// <summary>Follows the street until told to stop, or until somebody has failed.</summary>
    /// <param name="isExcused">Whether a fault excuses that it is cut off.</param>
    public async Task Follow(GrpcChannel channel, Func<bool> isExcused, CancellationToken over)
    {
        while (!over.IsCancellationRequested && failures.IsEmpty)
        {
            try
            {
                await FollowOnce(channel, over);
            }
            catch (RpcException) when (isExcused() || over.IsCancellationRequested)
            {
                // It goes on behind the last cursor when the pool is back.
            }
            catch (RpcException failed)
            {
                failures.Enqueue($"The watch of {street} failed while the pool was up: {failed.Status}");
            }
        }
    }

    /// <summary>Where a journal says otherwise than what was told, a sentence each.</summary>
    public IEnumerable<string> Contradictions(RecordedJournal journal)
    {
        var types = journal.Rows.ToDictionary(row => row.Position, row => row.Type);
        var told = _told.Select(happened => happened.Cursor).ToHashSet();
        return
        [
            .. _told
                .Where(happened => types.GetValueOrDefault(happened.Cursor) != happened.Event)
                .Select(happened => $"A watch told of {happened.Event} at {happened.Cursor}, and the journal has {types.GetValueOrDefault(happened.Cursor)}."),
            .. journal.Rows
                .Where(row => $"streets/{row.Street}" == street && row.Stream.StartsWith("demand/", StringComparison.Ordinal)
                    && row.Position <= _cursor && !told.Contains(row.Position))
                .Select(row => $"The watch of {street} is at {_cursor} and never told of {row}."),
        ];
    }

    private async Task FollowOnce(GrpcChannel channel, CancellationToken over)
    {
        using var watch = new DispatchService.DispatchServiceClient(channel).WatchDispatches(new() { Parent = street, Cursor = _cursor }, cancellationToken: over);
        await foreach (var next in watch.ResponseStream.ReadAllAsync(over))
        {
            if (next.Event.Length > 0)
            {
                if (next.Cursor <= _cursor)
                {
                    failures.Enqueue($"The watch of {street} repeated position {next.Cursor} behind {_cursor}.");
                }

                _told.Enqueue((next.Cursor, next.Event));
                news.Enqueue(next.Demand);
            }

            _cursor = next.Cursor;
        }
    }
}
