using Grpc.Core;
using Grpc.Net.Client;
using Pool.Databases;
using Pool.V1;
using Xunit;

namespace Pool.Cluster.Tests;

/// <summary>What a silo was waiting for when it died is still done when its time comes.</summary>
public sealed class ExpiryTests(TestDatabases databases)
{
    private const int Demands = 10;

    /// <summary>A cluster of which every silo died serves again within so long; nothing that came due may be later.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(15);

    /// <summary>How wrong the clocks of the silos are that come back: by more than a proposal is open, or not at all.</summary>
    private static readonly TimeSpan[] WrongBy = [TimeSpan.FromSeconds(90), TimeSpan.Zero, TimeSpan.FromSeconds(-90)];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Open_proposals_expire_on_time_though_every_silo_was_killed_after_they_were_made_and_came_back_with_a_fast_a_right_and_a_slow_clock()
    {
        var seeds = new Seeds(1);
        await using var cluster = await PoolCluster.Start(await databases.Server);
        using var channel = cluster.Client();
        await SmallWorld.Found(seeds, expiry: 1).Concat(SmallWorld.Partners.SelectMany(partner => SmallWorld.Register(seeds, partner))).Send(channel);

        var posted = new HashSet<string>();
        for (var i = 0; i < Demands; i++)
        {
            posted.Add(((Demand)await SmallWorld.Post(seeds).Send(channel)).Name);
        }

        var open = new Dictionary<string, DateTimeOffset>();
        var cursors = SmallWorld.Streets.ToDictionary(street => street, _ => 0L);
        await Watch(channel, cursors, happened =>
        {
            if (happened.Event == "demand.proposal-made" && posted.Remove(happened.Demand.Name))
            {
                open[happened.Demand.Proposals[0].Name] = happened.Demand.Proposals[0].ExpireTime.ToDateTimeOffset();
            }

            return posted.Count == 0;
        });

        await Task.WhenAll(Enumerable.Range(0, PoolCluster.Silos).Select(silo => cluster.Silo(silo).Kill()));
        await Task.WhenAll(Enumerable.Range(0, PoolCluster.Silos).Select(silo => cluster.StartSilo(silo, WrongBy[silo])));

        Assert.True(DateTimeOffset.UtcNow < open.Values.Min(), "The silos were not back before the first proposal expired, so that this run shows nothing.");
        var (late, heard) = (new Dictionary<string, TimeSpan>(), new Dictionary<string, TimeSpan>());
        await Watch(channel, cursors, happened =>
        {
            if (happened.Event == "demand.proposal-expired" && open.Remove($"{happened.Demand.Name}/proposals/{happened.Proposal}", out var due))
            {
                late[happened.Demand.Name] = happened.Time.ToDateTimeOffset() - due;
                heard[happened.Demand.Name] = DateTimeOffset.UtcNow - due;
            }

            return open.Count == 0;
        });
        Assert.Equal(Demands, late.Count);
        Assert.All(late.Values, by => Assert.InRange(by, TimeSpan.Zero, Tolerance));

        // The same by a clock that is no silo's.
        Assert.All(heard.Values, by => Assert.InRange(by, TimeSpan.Zero, Tolerance));
    }

    /// <summary>Follows every street from its cursor on, until what was wanted has been seen.</summary>
    private static async Task Watch(GrpcChannel channel, Dictionary<string, long> cursors, Func<DispatchEvent, bool> seen)
    {
        using var over = new CancellationTokenSource(Patience);
        await Task.WhenAll(cursors.Keys.ToList().Select(Follow));

        async Task Follow(string street)
        {
            while (!over.IsCancellationRequested)
            {
                using var watch = new DispatchService.DispatchServiceClient(channel).WatchDispatches(new() { Parent = street, Cursor = cursors[street] }, cancellationToken: over.Token);
                try
                {
                    await foreach (var happened in watch.ResponseStream.ReadAllAsync())
                    {
                        lock (cursors)
                        {
                            cursors[street] = happened.Cursor;
                            if (seen(happened))
                            {
                                over.Cancel();
                            }
                        }
                    }
                }
                catch (RpcException lost) when (lost.StatusCode is StatusCode.Cancelled or StatusCode.Unavailable)
                {
                    // Over, or the stream ended with a silo: the next one goes on from the cursor.
                }
            }
        }
    }
}
