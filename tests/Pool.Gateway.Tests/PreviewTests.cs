using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>What would happen to a demand, before it is posted.</summary>
public sealed class PreviewTests(TestPool pool) : IClassFixture<TestPool>
{
    [Theory]
    [InlineData(DispatchMode.Sequential)]
    [InlineData(DispatchMode.Broadcast)]
    [InlineData(DispatchMode.Round)]
    public async Task A_preview_names_those_whom_the_demand_asks_when_it_is_posted_and_writes_nothing(DispatchMode mode)
    {
        var skill = $"foreseen-{mode}".ToLowerInvariant();
        await pool.AddSkill(skill);
        await pool.AddPartner(Home, $"{skill}-near", $"skills/{skill}");
        await pool.AddPartner(Other, $"{skill}-next", $"skills/{skill}");
        await pool.AddPartner(Far, $"{skill}-far", $"skills/{skill}");
        await pool.AddPartner(Home, $"{skill}-beginner", $"skills/{skill}", level: 1);
        var demand = pool.NewDemand(seats: 2, skill: $"skills/{skill}");
        (demand.MinLevel, demand.DispatchMode, demand.AskAtOnce) = (2, mode, mode == DispatchMode.Broadcast ? 2 : 0);

        var before = pool.Journal.Head;
        var preview = await pool.Demands.PreviewDemandAsync(new() { Parent = Home, Demand = demand });
        Assert.Equal(before, pool.Journal.Head);
        Assert.Equal(0, preview.OpenSeats);
        Assert.Contains(preview.Searches[0].Streets[0].Refused, refused => refused.Reason == CandidateReason.LevelTooLow);

        var posted = await pool.Post(demand);
        if (mode == DispatchMode.Round)
        {
            await pool.Until(posted, now => now.RetryTime is not null);
            await pool.Rounds.RunRoundAsync(new() { Name = $"{Beigan}/round", RequestId = NewId() });
        }

        var asked = await pool.Until(posted, now => now.Proposals.Count == 2);
        Assert.Equal(asked.Proposals.Select(proposal => proposal.Partner).Order(), preview.Proposals.Select(proposal => proposal.Partner).Order());
        Assert.All(preview.Proposals, proposal => Assert.Equal("", proposal.Name));
    }

    [Fact]
    public async Task Seats_for_which_nobody_would_be_found_are_told_with_a_cure()
    {
        await pool.AddSkill("unforeseen");
        await pool.AddPartner(Home, "unforeseen-beginner", "skills/unforeseen", level: 1);
        var demand = pool.NewDemand(seats: 3, reach: 0, skill: "skills/unforeseen");
        demand.MinLevel = 4;

        var preview = await pool.Demands.PreviewDemandAsync(new() { Parent = Home, Demand = demand });
        Assert.Equal(3, preview.OpenSeats);
        Assert.Empty(preview.Proposals);
        Assert.Contains(preview.Searches[0].Streets[0].Cures, cure => cure is { Kind: CureKind.LowerLevel, Level: 1, Candidates: 1 });
    }

    [Fact]
    public async Task Somebody_who_is_busy_is_not_foreseen()
    {
        await pool.AddSkill("foreseen-busy");
        await pool.AddPartner(Home, "foreseen-busy-one", "skills/foreseen-busy");
        var demand = pool.NewDemand(reach: 0, skill: "skills/foreseen-busy");
        demand.WindowEndTime = demand.WindowStartTime + Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromHours(1));
        var posted = await pool.Post(demand);
        await pool.Until(posted, now => now.Proposals.Count == 1);

        var preview = await pool.Demands.PreviewDemandAsync(new() { Parent = Home, Demand = demand });
        Assert.Equal(1, preview.OpenSeats);
        var candidate = Assert.Single(preview.Searches[0].Streets[0].Candidates);
        Assert.Equal(CandidateReason.Busy, candidate.Reason);
    }

    [Fact]
    public async Task A_preview_is_refused_as_the_demand_itself_would_be()
    {
        await pool.Refuses(StatusCode.NotFound, "SKILL_NOT_FOUND", "demand.skill", headers =>
            pool.Demands.PreviewDemandAsync(new() { Parent = Home, Demand = pool.NewDemand(skill: "skills/nobody-knows") }, headers).ResponseAsync);
        await pool.Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "demand.seats", headers =>
            pool.Demands.PreviewDemandAsync(new() { Parent = Home, Demand = pool.NewDemand(seats: 0) }, headers).ResponseAsync);
        await pool.Refuses(StatusCode.NotFound, "COMMUNITY_NOT_FOUND", null, headers =>
            pool.Demands.PreviewDemandAsync(new() { Parent = $"{Beigan}/communities/330109002999", Demand = pool.NewDemand() }, headers).ResponseAsync);
    }
}
