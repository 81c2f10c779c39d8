using Google.Protobuf.WellKnownTypes;
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
        var proposed = await pool.Until(posted, now => now.Proposals.Count == 1);
        Assert.Equal($"{Home}/partners/expert", proposed.Proposals[0].Partner);
    }

    [Fact]
    public async Task A_partner_that_was_busy_and_is_free_again_is_proposed_at_once()
    {
        // Two demands want the only hour of the only partner at the same moment: one finds the calendar full.
        await pool.AddSkill("harp-tuning");
        var partner = await pool.AddPartner(Home, "harpist", "skills/harp-tuning");
        var posted = await Task.WhenAll(pool.Post(OneHour("harp-tuning")), pool.Post(OneHour("harp-tuning")));
        var seen = await Task.WhenAll(posted.Select(one => pool.Until(one, now => now.Proposals.Count == 1 || now.RetryTime is not null)));
        var (lucky, waiting) = (seen.Single(now => now.Proposals.Count == 1), seen.Single(now => now.Proposals.Count == 0));
        await pool.Dispatch.DeclineProposalAsync(new() { Name = lucky.Proposals[0].Name, Partner = partner, Reason = DeclineReason.NoTime, RequestId = NewId() });

        var proposed = await pool.Until(waiting, now => now.Proposals.Count == 1);
        Assert.Equal(partner, Assert.Single(proposed.Proposals).Partner);
    }

    [Fact]
    public async Task A_partner_reinstated_and_a_treaty_opened_are_somebody_for_those_who_wait()
    {
        await pool.AddSkill("kite-making");
        var suspended = await pool.AddPartner(Home, "kite-maker", "skills/kite-making");
        await pool.Partners.SuspendPartnerAsync(new() { Name = suspended, Reason = "a complaint", RequestId = NewId() });
        var first = await Waiting(OneHour("kite-making"));
        await pool.Partners.ReinstatePartnerAsync(new() { Name = suspended, RequestId = NewId() });
        Assert.Equal(suspended, (await pool.Until(first, now => now.Proposals.Count == 1)).Proposals[0].Partner);

        await pool.Streets.SetTreatyAsync(new() { Name = Xintang, Borrower = Beigan, Open = false, RequestId = NewId() });
        await pool.AddSkill("kite-flying");
        var abroad = await pool.AddPartner(Far, "kite-flyer", "skills/kite-flying");
        var far = OneHour("kite-flying");
        far.Reach = 2;
        var second = await Waiting(far);
        await pool.Streets.SetTreatyAsync(new() { Name = Xintang, Borrower = Beigan, Open = true, RequestId = NewId() });
        Assert.Equal(abroad, (await pool.Until(second, now => now.Proposals.Count == 1)).Proposals[0].Partner);
    }

    [Fact]
    public async Task The_oldest_urgent_demand_has_the_partner_who_comes()
    {
        await pool.AddSkill("bell-founding");
        var routine = await Waiting(OneHour("bell-founding"));
        var urgent = OneHour("bell-founding");
        urgent.Urgency = Urgency.Urgent;
        var older = await Waiting(urgent);
        pool.Clock.Advance(TimeSpan.FromMinutes(1));
        var newer = await Waiting(urgent);

        await pool.AddPartner(Home, "bell-founder", "skills/bell-founding");

        await pool.Until(older, now => now.Proposals.Count == 1);
        var others = await Task.WhenAll(new[] { routine, newer }.Select(async posted => await pool.Demands.GetDemandAsync(new() { Name = posted.Name })));
        Assert.All(others, other => Assert.Empty(other.Proposals));
    }

    private async Task<Demand> Waiting(Demand demand) => await pool.Until(await pool.Post(demand), now => now.RetryTime is not null);

    private Demand OneHour(string skill)
    {
        var demand = pool.NewDemand(skill: $"skills/{skill}", reach: 0);
        demand.WindowStartTime = Timestamp.FromDateTimeOffset(pool.Clock.GetUtcNow().AddHours(5));
        demand.WindowEndTime = Timestamp.FromDateTimeOffset(pool.Clock.GetUtcNow().AddHours(6));
        return demand;
    }

    private async Task<Demand> Wait(Demand waiting)
    {
        pool.Clock.Advance(TimeSpan.FromMinutes(15));
        return await pool.Until(waiting, now => now.RetryTime?.ToDateTimeOffset() > waiting.RetryTime.ToDateTimeOffset());
    }

    private async Task<IEnumerable<string>> History(Demand demand) =>
        (await pool.Demands.ExplainDemandAsync(new() { Name = demand.Name })).History.Select(entry => entry.Event);
}
