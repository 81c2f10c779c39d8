using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Pool.Cluster.Tests;
using Pool.Databases;
using Pool.V1;

namespace Pool.Benchmarks;

/// <summary>
/// Whole lifecycles of demands, from posted to settled, by as many clients as saturate a cluster, and how many transactions
/// they cost the database: appends, reads, views, membership, everything.
/// </summary>
internal static class LifecycleBenchmark
{
    private const int Clients = 512;
    private const int Streets = 8;
    private const int Communities = 5;
    private const int Partners = 30;
    private const int Days = 60;
    private const double Goal = 0.2;

    /// <summary>Lifecycles before the count begins, while the just-in-time compiler works, and lifecycles that are counted.</summary>
    private const int WarmUp = 1_500;
    private const int Counted = 3_000;

    /// <returns>Whether the goal is met.</returns>
    public static async Task<bool> Run()
    {
        await using var server = await DatabaseServer.Start();
        await using var cluster = await PoolCluster.Start(server);
        using var channel = cluster.Client();
        Console.WriteLine($"PostgreSQL from {server.Origin}; {PoolCluster.Silos} silos, {PoolCluster.Gateways} gateways, {Clients} clients");
        await Found(channel);
        var proposals = new ConcurrentDictionary<string, TaskCompletionSource<Proposal>>();
        using var over = new CancellationTokenSource();
        var watches = Enumerable.Range(0, Streets).Select(street => Watch(channel, Street(street), proposals, over.Token)).ToList();
        var (lived, warm, done) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(() => Work(channel, client, proposals, Lived, over.Token))).ToList();
        await await Task.WhenAny([warm.Task, .. clients, .. watches]);
        var (settled, commits, began) = (await Settled(cluster), await Commits(cluster), Stopwatch.GetTimestamp());
        await await Task.WhenAny([done.Task, .. clients, .. watches]);
        var (lifecycles, transactions, took) = (await Settled(cluster) - settled, await Commits(cluster) - commits, Stopwatch.GetElapsedTime(began).TotalSeconds);
        await over.CancelAsync();
        await Task.WhenAll([.. clients, .. watches]);
        var each = (double)transactions / lifecycles;
        Console.WriteLine(
            $"{lifecycles / took:0} lifecycles/s, {transactions / took:0} transactions/s: {each:0.00} transactions a lifecycle; goal at most {Goal:0.00}: {(each <= Goal ? "met" : "NOT MET")}");
        return each <= Goal;

        void Lived()
        {
            switch (Interlocked.Increment(ref lived))
            {
                case WarmUp:
                    warm.SetResult();
                    break;
                case WarmUp + Counted:
                    done.SetResult();
                    break;
            }
        }
    }

    private static async Task<long> Settled(PoolCluster cluster) =>
        (long)(await DatabaseServer.Execute(cluster.Database, "SELECT count(*) FROM journal WHERE type = 'demand.assignment-settled'"))!;

    private static async Task<long> Commits(PoolCluster cluster) =>
        (long)(await DatabaseServer.Execute(cluster.Database, "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"))!;

    private static async Task Work(
        GrpcChannel channel, int client, ConcurrentDictionary<string, TaskCompletionSource<Proposal>> proposals, Action lived, CancellationToken over)
    {
        var (seeds, community) = (new Seeds(client), Community(client % Streets, client / Streets % Communities));
        try
        {
            while (true)
            {
                await Live(channel, community, seeds, proposals, over);
                lived();
            }
        }
        catch (Exception ended) when (over.IsCancellationRequested && ended is OperationCanceledException or RpcException)
        {
            // The benchmark is over.
        }
    }

    /// <summary>One demand from its posting to its confirmation; the pool settles it by itself.</summary>
    private static async Task Live(
        GrpcChannel channel, string community, Seeds seeds, ConcurrentDictionary<string, TaskCompletionSource<Proposal>> proposals, CancellationToken over)
    {
        var (demands, dispatch) = (new DemandService.DemandServiceClient(channel), new DispatchService.DispatchServiceClient(channel));
        var id = NewId();
        var proposed = proposals.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        await demands.PostDemandAsync(new() { Parent = community, Demand = Care(seeds), RequestId = id }, cancellationToken: over);
        var proposal = await proposed.Task.WaitAsync(over);
        proposals.TryRemove(id, out _);
        var (name, partner) = (proposal.Name, proposal.Partner);
        var accepted = await dispatch.AcceptProposalAsync(new() { Name = name, Partner = partner, RequestId = NewId() }, cancellationToken: over);
        var assignment = accepted.Proposals.Single(other => other.Name == name).Assignment.Name;
        await dispatch.StartAssignmentAsync(new() { Name = assignment, Partner = partner, RequestId = NewId() }, cancellationToken: over);
        await dispatch.CompleteAssignmentAsync(new() { Name = assignment, Partner = partner, Minutes = 60, RequestId = NewId() }, cancellationToken: over);
        await dispatch.ConfirmAssignmentAsync(new() { Name = assignment, Community = community, Minutes = 60, RequestId = NewId() }, cancellationToken: over);
    }

    /// <summary>Tells whoever waits for a demand's proposal of it.</summary>
    private static async Task Watch(GrpcChannel channel, string street, ConcurrentDictionary<string, TaskCompletionSource<Proposal>> proposals, CancellationToken over)
    {
        using var watch = new DispatchService.DispatchServiceClient(channel).WatchDispatches(new() { Parent = street, Cursor = 0 }, cancellationToken: over);
        try
        {
            await foreach (var happened in watch.ResponseStream.ReadAllAsync(CancellationToken.None))
            {
                if (happened.Event == "demand.proposal-made" && proposals.TryGetValue(happened.Demand.Name[^36..], out var waiting))
                {
                    waiting.TrySetResult(happened.Demand.Proposals[happened.Proposal - 1]);
                }
            }
        }
        catch (RpcException) when (over.IsCancellationRequested)
        {
            // The benchmark is over.
        }
    }

    private static async Task Found(GrpcChannel channel)
    {
        await new SkillService.SkillServiceClient(channel).CreateSkillAsync(new()
        {
            SkillId = "elder-care",
            Skill = new() { NameZh = "助老", NameEn = "Elder care", Field = "care", DefaultWeightPercent = 100 },
            RequestId = NewId(),
        });
        await Task.WhenAll(Enumerable.Range(0, Streets).Select(async street =>
        {
            await new StreetService.StreetServiceClient(channel).CreateStreetAsync(
                new() { StreetId = Street(street)[^9..], Street = new() { DisplayName = Street(street) }, RequestId = NewId() });
            for (var number = 0; number < Communities; number++)
            {
                var community = Community(street, number);
                await new CommunityService.CommunityServiceClient(channel).CreateCommunityAsync(
                    new() { Parent = Street(street), CommunityId = community[^12..], Community = new() { DisplayName = community }, RequestId = NewId() });
                for (var partner = 0; partner < Partners; partner++)
                {
                    await Register(channel, community, $"partner-{street}-{number}-{partner}");
                }
            }
        }));
    }

    private static async Task Register(GrpcChannel channel, string community, string partner)
    {
        var registered = await new PartnerService.PartnerServiceClient(channel).CreatePartnerAsync(new()
        {
            Parent = community,
            PartnerId = partner,
            Partner = new() { DisplayName = partner, Kind = PartnerKind.Person, Circle = Circle.Service, Mode = PartnerMode.PublicBenefit, Capacity = 1 },
            RequestId = NewId(),
        });
        await new OfferService.OfferServiceClient(channel).CreateOfferAsync(new()
        {
            Parent = registered.Name,
            OfferId = "offer-1",
            Offer = new()
            {
                Skill = "skills/elder-care",
                Level = 3,
                Hours = { Enumerable.Range(1, 7).Select(day => new Hours { Day = (V1.DayOfWeek)day, Start = "06:00", End = "22:00" }) },
                Capacity = 1,
                FeeMode = FeeMode.Volunteer,
                Reach = 0,
            },
            RequestId = NewId(),
        });
    }

    private static Demand Care(Seeds seeds)
    {
        var opens = DateTimeOffset.UtcNow.AddDays(1 + seeds.Next(Days));
        return new()
        {
            Title = "Care for an hour",
            Skill = "skills/elder-care",
            MinLevel = 1,
            Seats = 1,
            WindowStartTime = Timestamp.FromDateTimeOffset(opens),
            WindowEndTime = Timestamp.FromDateTimeOffset(opens.AddDays(1)),
            DurationMinutes = 60,
            FeeModes = { FeeMode.Volunteer },
            Reach = 0,
        };
    }

    private static string Street(int number) => $"streets/33010900{number + 1}";

    private static string Community(int street, int number) => $"{Street(street)}/communities/33010900{street + 1}00{number + 1}";

    private static string NewId() => Guid.NewGuid().ToString();
}
