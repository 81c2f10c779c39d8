using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Pool.V1;

namespace Pool.Cluster.Tests;

/// <summary>
/// Clients at work, who remember over the pool's crashes what was acknowledged and what they never heard of again.
/// They learn of proposals from the streets' watches and go on there where a crash cut them off.
/// </summary>
public sealed class Load(Seeds seeds)
{
    private const int Clients = 8;
    private const int PostsInTen = 3;

    private readonly ConcurrentQueue<Request> _toSend = new();
    private readonly ConcurrentQueue<Demand> _news = new();
    private readonly ConcurrentDictionary<string, byte> _claims = new();
    private readonly Dictionary<string, long> _cursors = SmallWorld.Streets.ToDictionary(street => street, _ => 0L);
    private volatile bool _killed;

    public ConcurrentQueue<Acknowledged> Acknowledged { get; } = new();

    /// <summary>What the watches told: the position and the stored name of each event.</summary>
    public ConcurrentQueue<(long Cursor, string Event)> Watched { get; } = new();

    /// <summary>What no crash explains.</summary>
    public ConcurrentQueue<string> Failures { get; } = new();

    /// <summary>Requests that were refused, as happens when two clients want different things.</summary>
    public int Refusals => _refusals;

    private int _refusals;

    /// <summary>Requests whose outcome a crash left unknown so far.</summary>
    public int Unknown => _unknown;

    private int _unknown;

    /// <summary>Sends requests that depend on each other one after another, before any load.</summary>
    public async Task InOrder(GrpcChannel channel, IEnumerable<Request> requests)
    {
        foreach (var request in requests)
        {
            Acknowledged.Enqueue(new(request, await request.Send(channel)));
        }
    }

    /// <summary>Works until so many more writes are acknowledged, then kills the pool under the clients' hands.</summary>
    public async Task Until(int acknowledgements, PoolProgram pool)
    {
        _killed = false;
        using var channel = GrpcChannel.ForAddress(pool.Grpc);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = acknowledgements;
        var watches = SmallWorld.Streets.Select(street => Watch(channel, street)).ToList();
        var clients = Enumerable.Range(0, Clients).Select(_ => Task.Run(() => Work(channel, () =>
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                reached.SetResult();
            }
        }))).ToList();
        // Clients end by themselves only when something failed that no crash explains.
        await Task.WhenAny(reached.Task, Task.WhenAll(clients));
        _killed = true;
        await pool.Kill();
        await Task.WhenAll([.. clients, .. watches]);
    }

    private async Task Work(GrpcChannel channel, Action acknowledged)
    {
        while (!_killed && Failures.IsEmpty)
        {
            var request = Next();
            try
            {
                var answer = await request.Send(channel);
                Acknowledged.Enqueue(new(request, answer));
                acknowledged();
                Follow(answer);
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.FailedPrecondition)
            {
                Interlocked.Increment(ref _refusals);
                if (request.Claim is { } claim)
                {
                    // The next news of the demand may show that it can be done after all.
                    _claims.TryRemove(claim, out _);
                }
            }
            catch (RpcException) when (_killed)
            {
                // Nobody knows whether it took effect: the same request is sent again when the pool is back.
                Interlocked.Increment(ref _unknown);
                _toSend.Enqueue(request);
            }
            catch (RpcException failed)
            {
                Failures.Enqueue($"{request.What} ({request.Id}) failed while the pool was up: {failed.Status}");
            }
        }
    }

    private Request Next()
    {
        if (_toSend.TryDequeue(out var waiting))
        {
            return waiting;
        }

        while (seeds.Next(10) >= PostsInTen && _news.TryDequeue(out var demand))
        {
            Follow(demand);
            if (_toSend.TryDequeue(out var next))
            {
                return next;
            }
        }

        return SmallWorld.Post(seeds);
    }

    /// <summary>Whoever sees a demand, in an answer or on the watch, does what is next about it.</summary>
    private void Follow(IMessage seen)
    {
        if (seen is Demand demand)
        {
            foreach (var request in Verbs.For(demand, seeds).Where(request => _claims.TryAdd(request.Claim!, 0)))
            {
                _toSend.Enqueue(request);
            }
        }
    }

    private async Task Watch(GrpcChannel channel, string street)
    {
        try
        {
            using var watch = new DispatchService.DispatchServiceClient(channel).WatchDispatches(new() { Parent = street, Cursor = _cursors[street] });
            await foreach (var news in watch.ResponseStream.ReadAllAsync())
            {
                if (news.Event.Length > 0)
                {
                    if (news.Cursor <= _cursors[street])
                    {
                        Failures.Enqueue($"The watch of {street} repeated position {news.Cursor} behind {_cursors[street]}.");
                    }

                    Watched.Enqueue((news.Cursor, news.Event));
                    _news.Enqueue(news.Demand);
                }

                _cursors[street] = news.Cursor;
            }
        }
        catch (RpcException) when (_killed)
        {
            // It goes on behind the last cursor when the pool is back.
        }
        catch (RpcException failed)
        {
            Failures.Enqueue($"The watch of {street} failed while the pool was up: {failed.Status}");
        }
    }
}
