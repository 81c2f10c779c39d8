using System.Globalization;
using Grpc.Net.Client;
using Pool.Databases;
using Pool.V1;
using Xunit;

namespace Pool.Cluster.Tests;

/// <summary>Lists of a cluster: one silo writes them, every gateway reads them, and no silo's death stops them.</summary>
public sealed class ViewTests(TestDatabases databases)
{
    [Fact]
    public async Task Every_gateway_lists_what_was_just_written_whichever_silo_that_writes_the_lists_is_killed()
    {
        var seeds = new Seeds(1);
        await using var cluster = await PoolCluster.Start(await databases.Server);
        using var channel = cluster.Client();
        await SmallWorld.Found(seeds).Send(channel);

        using var direct = new Gateways(cluster);
        var expected = new HashSet<string>();
        await PostAndList(expected, direct, channel, seeds);

        // One of the three writes the lists; the checkpoint says that a writer was lost and another came.
        var writers = new HashSet<string> { await Writer(cluster) };
        for (var silo = 0; silo < PoolCluster.Silos; silo++)
        {
            await cluster.Silo(silo).Kill();
            await PostAndList(expected, direct, channel, seeds);
            writers.Add(await Writer(cluster));
            await cluster.StartSilo(silo);
        }

        Assert.True(writers.Count > 1, "No silo took the lists over.");
    }

    private static async Task PostAndList(HashSet<string> expected, Gateways gateways, GrpcChannel channel, Seeds seeds)
    {
        var community = SmallWorld.Communities[0];
        var call = new DemandService.DemandServiceClient(channel).PostDemandAsync(
            new() { Parent = community, Demand = SmallWorld.Care(seeds), RequestId = seeds.NextId().ToString() });
        expected.Add((await call).Name);
        var position = long.Parse(call.GetTrailers().GetValue("pool-position")!, CultureInfo.InvariantCulture);
        foreach (var gateway in gateways.Channels)
        {
            var listed = await new DemandService.DemandServiceClient(gateway).ListDemandsAsync(new() { Parent = community, MinPosition = position });
            Assert.Equal(expected, listed.Demands.Select(demand => demand.Name).ToHashSet());
        }
    }

    private static async Task<string> Writer(PoolCluster cluster) => (string)(await DatabaseServer.Execute(cluster.Database, "SELECT held_by FROM view_checkpoint"))!;

    /// <summary>A client for each gateway alone, which retries as the README says.</summary>
    private sealed class Gateways(PoolCluster cluster) : IDisposable
    {
        public IReadOnlyList<GrpcChannel> Channels { get; } = [.. Enumerable.Range(0, PoolCluster.Gateways).Select(cluster.Client)];

        public void Dispose()
        {
            foreach (var channel in Channels)
            {
                channel.Dispose();
            }
        }
    }
}
