using Pool.Databases;
using Pool.V1;
using Xunit;

namespace Pool.Cluster.Tests;

/// <summary>Traces from process to process.</summary>
public sealed class TraceTests(TestDatabases databases)
{
    [Fact]
    public async Task The_journal_of_a_silo_tells_the_trace_of_the_call_that_a_gateway_took()
    {
        var seeds = new Seeds(1);
        await using var cluster = await PoolCluster.Start(await databases.Server);
        using var channel = cluster.Client();
        await SmallWorld.Found(seeds).Send(channel);

        var demands = new DemandService.DemandServiceClient(channel);
        var posting = demands.PostDemandAsync(new() { Parent = SmallWorld.Communities[0], Demand = SmallWorld.Care(seeds), RequestId = seeds.NextId().ToString() });
        var posted = await posting;

        var explained = await demands.ExplainDemandAsync(new() { Name = posted.Name });
        Assert.Equal(posting.GetTrailers().GetValue("trace-id"), explained.History.Single(entry => entry.Event == "demand.posted").TraceId);
    }
}
