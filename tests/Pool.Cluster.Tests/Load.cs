using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Pool.V1;

namespace Pool.Cluster.Tests;

/// <summary>
/// Clients at work, who remember over the pool's crashes what was acknowledged and what they never heard of again.
/// They learn of proposals from the streets' watches.
/// </summary>
public sealed class Load
{
    private const int Clients = 8;
    private const int PostsInTen = 3;
    private const int OrdersInTen = 3;

    private readonly ConcurrentQueue<Request> _toSend = new();
    private readonly ConcurrentQueue<Demand> _news = new();
    private readonly ConcurrentDictionary<string, byte> _claims = new();
    private readonly ConcurrentDictionary<string, byte> _accepted = new();
    private readonly List<StreetWatch> _watches;
    private readonly ConcurrentQueue<Request> _unsettled = new();
    private readonly ConcurrentQueue<Acknowledged> _toRepeat = new();
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly Seeds _seeds;
    private readonly int _mostPosts;
    private int _posts;
    private volatile bool _excused;
    private Task _working = Task.CompletedTask;

    /// <param name="mostPosts">How many demands are posted a second at most; beyond it clients send again what was acknowledged, when nothing else is to be done.</param>
    public Load(Seeds seeds, int mostPosts = int.MaxValue)
    {
        (_seeds, _mostPosts) = (seeds, mostPosts);
        _watches = [.. SmallWorld.Streets.Select(street => new StreetWatch(street, _news, Failures))];
    }

    /// <summary>A write was acknowledged for the first time.</summary>
    private event Action<Request>? Wrote;

    public ConcurrentQueue<Acknowledged> Acknowledged { get; } = new();

    /// <summary>What no crash explains.</summary>
    public ConcurrentQueue<string> Failures { get; } = new();

    /// <summary>Requests that were refused, as happens when two clients want different things.</summary>
    public ConcurrentQueue<Request> Refused { get; } = new();

    /// <summary>Requests whose outcome a crash left unknown so far.</summary>
    public int Unknown => _unknown;

    private int _unknown;

    /// <summary>Ids of the demands whose posting was acknowledged.</summary>
    public IReadOnlyList<string> Posted => [.. Acknowledged.Where(write => write.Request.What == "post").Select(write => write.Request.Id)];

    /// <summary>Where a journal says otherwise than what the clients were told, a sentence each.</summary>
    public IReadOnlyList<string> Contradictions(RecordedJournal journal)
    {
        var versions = journal.Rows.Where(row => row.CommandId is not null).GroupBy(row => row.CommandId!).ToDictionary(command => command.Key, command => command.Last().Version);
        return
        [
            .. Acknowledged
                .Where(write => !versions.TryGetValue(write.Request.Id, out var version) || (write.Version ?? version) != version)
                .Select(write => $"{write.Request.What} {write.Request.Id} was acknowledged as version {write.Version}, and the journal has {versions.GetValueOrDefault(write.Request.Id)}."),
            .. Refused
                .Where(request => versions.ContainsKey(request.Id))
                .Select(request => $"{request.What} {request.Id} was refused, and the journal has it as version {versions[request.Id]}."),
            .. _watches.SelectMany(watch => watch.Contradictions(journal)),
        ];
    }

    /// <summary>Sends some acknowledged requests again; says which are answered otherwise than before.</summary>
    public async Task<IReadOnlyList<string>> Repeat(GrpcChannel channel, Seeds seeds, int times)
    {
        var (acknowledged, changed) = (Acknowledged.ToList(), new List<string>());
        for (var i = 0; i < times; i++)
        {
            var write = acknowledged[seeds.Next(acknowledged.Count)];
            if (await Change(channel, write) is { } change)
            {
                changed.Add(change);
            }
        }

        return changed;
    }

    private static async Task<string?> Change(GrpcChannel channel, Acknowledged write)
    {
        var answer = await write.Request.Send(channel);
        return write.Answer.Equals(answer) ? null : $"{write.Request.What} {write.Request.Id} was answered otherwise when it was repeated: {write.Answer}, then {answer}";
    }

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
        using var channel = GrpcChannel.ForAddress(pool.Grpc);
        using var over = new CancellationTokenSource();
        var work = Run(channel, faulty: false, over.Token);
        await More(acknowledgements);
        _excused = true;
        await over.CancelAsync();
        await pool.Kill();
        await work;
    }

    /// <summary>Works until told to stop, over everything that happens to the pool meanwhile.</summary>
    /// <param name="faulty">Whether faults excuse a request that fails; else each is a failure.</param>
    public Task Run(GrpcChannel channel, bool faulty, CancellationToken over)
    {
        _excused = faulty;
        return _working = Work(channel, over);
    }

    /// <summary>Completes when so many more writes are acknowledged, or clients have ended because something failed that no fault explains.</summary>
    /// <param name="what">The only kind of write that counts; null for all.</param>
    public async Task More(int writes, string? what = null)
    {
        var milestone = new Milestone(writes);
        Wrote += Count;
        await await Task.WhenAny(milestone.Reached, _working);
        Wrote -= Count;

        void Count(Request request)
        {
            if (what is null || request.What == what)
            {
                milestone.Count();
            }
        }
    }

    /// <summary>Sends once more what nobody knows the outcome of, when the pool is whole again.</summary>
    public async Task Settle(GrpcChannel channel)
    {
        _excused = false;
        while (_unsettled.TryDequeue(out var request))
        {
            await Send(channel, request, _seeds);
        }
    }

    private async Task Work(GrpcChannel channel, CancellationToken over)
    {
        var watches = _watches.Select(watch => watch.Follow(channel, () => _excused, over)).ToList();
        var clients = Enumerable.Range(0, Clients).Select(_ => _seeds.Fork()).ToList();
        await Task.WhenAll(clients.Select(client => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested && Failures.IsEmpty)
            {
                if (Next(client) is { } request)
                {
                    await Send(channel, request, client);
                }
                else if (_toRepeat.TryDequeue(out var write))
                {
                    await SendAgain(channel, write);
                }
            }
        })));
        await Task.WhenAll(watches);
    }

    private async Task Send(GrpcChannel channel, Request request, Seeds client)
    {
        var promised = request.What == "start" && _accepted.ContainsKey(request.Proposal!);
        try
        {
            var answer = await request.Send(channel);
            var write = new Acknowledged(request, answer);
            Acknowledged.Enqueue(write);
            _toRepeat.Enqueue(write);
            if (request.What == "accept")
            {
                _accepted[request.Proposal!] = 0;
            }

            Wrote?.Invoke(request);
            Follow(answer, client);
        }
        catch (RpcException refused) when (refused.StatusCode == StatusCode.FailedPrecondition && !(promised && IsNotBooked(refused)))
        {
            Refused.Enqueue(request);
            if (request.Claim is { } claim)
            {
                // The next news of the demand may show that it can be done after all.
                _claims.TryRemove(claim, out _);
            }
        }
        catch (RpcException failed) when (IsExcused(failed))
        {
            // Nobody knows whether it took effect: the same request is sent again when the pool is back.
            Interlocked.Increment(ref _unknown);
            _unsettled.Enqueue(request);
        }
        catch (RpcException failed)
        {
            Failures.Enqueue($"{request.What} ({request.Id}) failed while the pool was up: {failed.Status}");
        }
    }

    private async Task SendAgain(GrpcChannel channel, Acknowledged write)
    {
        try
        {
            if (await Change(channel, write) is { } change)
            {
                Failures.Enqueue(change);
            }
        }
        catch (RpcException failed)
        {
            if (!IsExcused(failed))
            {
                Failures.Enqueue($"{write.Request.What} ({write.Request.Id}), sent again, failed while the pool was up: {failed.Status}");
            }
        }

        _toRepeat.Enqueue(write);
    }

    /// <summary>Whether the partner's calendar has no booking yet: where the acceptance was answered, no other client's wish explains that.</summary>
    private static bool IsNotBooked(RpcException refused) => refused.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason == "ASSIGNMENT_NOT_BOOKED";

    private bool IsExcused(RpcException failed) =>
        _excused && failed.StatusCode is not (StatusCode.InvalidArgument or StatusCode.Internal or StatusCode.NotFound or StatusCode.AlreadyExists or StatusCode.FailedPrecondition);

    /// <summary>What is to be done next; null when there is nothing new.</summary>
    private Request? Next(Seeds client)
    {
        if (_unsettled.TryDequeue(out var unknown))
        {
            return unknown;
        }

        if (_toSend.TryDequeue(out var waiting))
        {
            return waiting;
        }

        var mayPost = _posts < _mostPosts * Stopwatch.GetElapsedTime(_began).TotalSeconds;
        while ((!mayPost || client.Next(10) >= PostsInTen) && _news.TryDequeue(out var demand))
        {
            Follow(demand, client);
            if (_toSend.TryDequeue(out var next))
            {
                return next;
            }
        }

        if (!mayPost)
        {
            return null;
        }

        if (client.Next(10) < OrdersInTen)
        {
            return SmallWorld.Order(client);
        }

        Interlocked.Increment(ref _posts);
        return SmallWorld.Post(client);
    }

    /// <summary>Whoever sees a demand, in an answer or on the watch, does what is next about it.</summary>
    private void Follow(IMessage seen, Seeds client)
    {
        if (seen is Demand demand)
        {
            foreach (var request in Verbs.For(demand, client).Where(request => _claims.TryAdd(request.Claim!, 0)))
            {
                _toSend.Enqueue(request);
            }
        }
    }
}
