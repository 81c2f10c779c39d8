using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;
using Pool.V1;

namespace Pool.Benchmarks.Arena;

/// <summary>
/// Clients of one contestant, and its streets' watches, which tell of what the answers do not, and no more: an opponent proposes
/// and settles before it answers, the pool after that.
/// </summary>
internal sealed class ArenaClients : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Demand, string Event), TaskCompletionSource<Demand>> _awaited = [];
    private readonly CancellationTokenSource _over = new();
    private readonly GrpcChannel _channel;
    private readonly DemandService.DemandServiceClient _demands;
    private readonly DispatchService.DispatchServiceClient _dispatch;
    private readonly ArenaWorld _world;
    private readonly List<Task> _watches;
    private readonly ConcurrentBag<Guid> _proposed = [];
    private readonly ConcurrentBag<Guid> _settled = [];

    private ArenaClients(ArenaWorld world, GrpcChannel channel, bool watches)
    {
        (_world, _channel) = (world, channel);
        (_demands, _dispatch) = (new(channel), new(channel));
        _watches = watches ? [.. Enumerable.Range(0, world.Streets).Select(street => Watch(ArenaWorld.Street(street)))] : [];
    }

    public static async Task<ArenaClients> Start(ArenaWorld world, Contestant contestant)
    {
        var channel = GrpcChannel.ForAddress(contestant.Address, new() { HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true } });
        try
        {
            await world.Found(channel);
        }
        catch
        {
            channel.Dispose();
            throw;
        }

        return new(world, channel, watches: contestant is not Opponent);
    }

    /// <summary>What they were told so far.</summary>
    public Acknowledged Told => new(_proposed.ToHashSet(), _settled.ToHashSet());

    /// <summary>A demand that somebody is asked to serve: durable, and held in a calendar.</summary>
    public async Task<Demand> Propose(int caller)
    {
        var id = ArenaWorld.NewId();
        using var proposed = Await(id, Acknowledged.ProposalMade);
        var posted = await Post(caller, id);
        var demand = posted.Proposals.Count > 0 ? posted : await proposed.Told();
        _proposed.Add(Guid.Parse(id));
        return demand;
    }

    /// <summary>A durable demand.</summary>
    public async Task<Demand> Post(int caller, string id) =>
        await _demands.PostDemandAsync(new() { Parent = _world.Community(caller), Demand = ArenaWorld.Care(), RequestId = id });

    /// <summary>One demand from its posting until it is settled.</summary>
    public async Task Live(int caller) => await await Begin(caller);

    /// <summary>The same, and tells when somebody is asked to serve: the task within ends when it is settled.</summary>
    public async Task<Task> Begin(int caller) => Finish(await Propose(caller), caller);

    private async Task Finish(Demand posted, int caller)
    {
        var (name, partner) = (posted.Proposals[^1].Name, posted.Proposals[^1].Partner);
        var accepted = await _dispatch.AcceptProposalAsync(new() { Name = name, Partner = partner, RequestId = ArenaWorld.NewId() });
        var assignment = accepted.Proposals[^1].Assignment.Name;
        await _dispatch.StartAssignmentAsync(new() { Name = assignment, Partner = partner, RequestId = ArenaWorld.NewId() });
        await _dispatch.CompleteAssignmentAsync(new() { Name = assignment, Partner = partner, Minutes = 60, RequestId = ArenaWorld.NewId() });
        using var settled = Await(posted.Name[^36..], Acknowledged.AssignmentSettled);
        var confirmed = await _dispatch.ConfirmAssignmentAsync(new() { Name = assignment, Community = _world.Community(caller), Minutes = 60, RequestId = ArenaWorld.NewId() });
        if (confirmed.Proposals[^1].Assignment.State != AssignmentState.Settled)
        {
            await settled.Told();
        }

        _settled.Add(Guid.Parse(posted.Name[^36..]));
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_watches);
        _channel.Dispose();
        _over.Dispose();
    }

    private Awaited Await(string demand, string happening)
    {
        var told = new TaskCompletionSource<Demand>(TaskCreationOptions.RunContinuationsAsynchronously);
        _awaited[(demand, happening)] = told;
        return new(told.Task, () => _awaited.TryRemove((demand, happening), out _));
    }

    private async Task Watch(string street)
    {
        using var watch = _dispatch.WatchDispatches(new() { Parent = street, Cursor = 0, Events = { Acknowledged.ProposalMade, Acknowledged.AssignmentSettled } }, cancellationToken: _over.Token);
        try
        {
            await foreach (var happened in watch.ResponseStream.ReadAllAsync(CancellationToken.None))
            {
                // Between the events the stream says now and then how far it is.
                if (happened.Demand is { } demand && _awaited.TryGetValue((demand.Name[^36..], happened.Event), out var waiting))
                {
                    waiting.TrySetResult(demand);
                }
            }
        }
        catch (RpcException) when (_over.IsCancellationRequested)
        {
            // The arena is over.
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            // Nobody is told any more: whoever waits now fails at once, and the next by its patience.
            foreach (var waiting in _awaited.Values)
            {
                waiting.TrySetException(broken);
            }

            throw;
        }
    }

    /// <summary>What a client waits for, until it is told or gives it up.</summary>
    private readonly record struct Awaited(Task<Demand> Telling, Action GiveUp) : IDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

        public Task<Demand> Told() => Telling.WaitAsync(Patience);

        public void Dispose() => GiveUp();
    }
}
