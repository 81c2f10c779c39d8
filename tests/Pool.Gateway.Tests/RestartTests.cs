using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>A pool goes on where it was.</summary>
public sealed class RestartTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task State_answers_and_open_proposals_survive_a_restart()
    {
        var partner = await pool.AddPartner(Home, "stays");
        var request = new PostDemandRequest { Parent = Home, Demand = pool.NewDemand(), RequestId = NewId() };
        var posted = await pool.Demands.PostDemandAsync(request);
        var proposed = await pool.Until(posted, demand => demand.Proposals.Count == 1);
        var before = await pool.Partners.GetPartnerAsync(new() { Name = partner });

        await pool.Stop();
        await pool.Start();

        Assert.Equal(proposed, await pool.Demands.GetDemandAsync(new() { Name = posted.Name }));
        Assert.Equal(before, await pool.Partners.GetPartnerAsync(new() { Name = partner }));
        Assert.Equal(posted, await pool.Demands.PostDemandAsync(request));
        pool.Clock.Advance(TimeSpan.FromMinutes(16));
        var expired = await pool.Until(posted, demand => demand.Proposals is [{ State: ProposalState.ProposalExpired }, ..]);
        Assert.Equal(DemandState.Open, expired.State);
    }
}
