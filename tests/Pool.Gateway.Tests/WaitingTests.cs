using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>Demands that nobody can serve yet. They have a pool of their own, because the clock moves for everybody.</summary>
public sealed class WaitingTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task A_search_that_finds_what_the_last_one_found_is_one_event_and_one_that_finds_more_is_recorded()
    {
        await pool.AddPartner(Home, "beginner", level: 1);
        var demand = pool.NewDemand(reach: 1);
        demand.MinLevel = 3;
        var posted = await pool.Post(demand);
        var waiting = await pool.Until(posted, now => now.RetryTime is not null);

        waiting = await Wait(waiting);
        await Wait(waiting);

        string[] once = ["demand.ring-searched", "demand.ring-searched", "demand.queued"];
        Assert.Equal(["demand.posted", .. once, "demand.queued", "demand.queued"], await History(posted));
        await pool.AddPartner(Home, "another-beginner", level: 1);
        await Wait(await pool.Demands.GetDemandAsync(new() { Name = posted.Name }));
        Assert.Equal(["demand.posted", .. once, "demand.queued", "demand.queued", "demand.search-resumed", .. once], await History(posted));
        await pool.AddPartner(Home, "expert", level: 3);
        pool.Clock.Advance(TimeSpan.FromMinutes(15));
        var proposed = await pool.Until(posted, now => now.Proposals.Count == 1);
        Assert.Equal($"{Home}/partners/expert", proposed.Proposals[0].Partner);
    }

    private async Task<Demand> Wait(Demand waiting)
    {
        pool.Clock.Advance(TimeSpan.FromMinutes(15));
        return await pool.Until(waiting, now => now.RetryTime?.ToDateTimeOffset() > waiting.RetryTime.ToDateTimeOffset());
    }

    private async Task<IEnumerable<string>> History(Demand demand) =>
        (await pool.Demands.ExplainDemandAsync(new() { Name = demand.Name })).History.Select(entry => entry.Event);
}
