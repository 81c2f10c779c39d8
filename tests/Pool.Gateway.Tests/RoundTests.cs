using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>Demands that wait for a round of their street. They have a pool of their own, because the clock moves for everybody.</summary>
public sealed class RoundTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task A_round_gives_the_generalist_to_the_demand_that_nobody_else_can_serve()
    {
        // Who comes first, and is served first, would take the only expert: the beginner cannot do the harder work.
        var (street, community) = await Alone("330109817");
        await pool.AddSkill("violin-making");
        var expert = await pool.AddPartner(community, "expert", "skills/violin-making", level: 5);
        var easy = await Post("violin-making", level: 1, community);
        var hard = await Post("violin-making", level: 4, community);
        var beginner = await pool.AddPartner(community, "beginner", "skills/violin-making", level: 1);

        var before = await pool.Rounds.GetRoundAsync(new() { Name = $"{street}/round" });
        Assert.Equal(2, before.Waiting);
        await Hold(street);

        Assert.Equal(beginner, (await pool.Until(easy, now => now.Proposals.Count == 1)).Proposals[0].Partner);
        Assert.Equal(expert, (await pool.Until(hard, now => now.Proposals.Count == 1)).Proposals[0].Partner);
        var round = await pool.Rounds.GetRoundAsync(new() { Name = $"{street}/round" });
        Assert.Equal((2, 2, 2, 2, 0.0, 0), (round.Last.Demands, round.Last.SeatsSought, round.Last.SeatsAssigned, round.Last.SeatsProposed, round.Last.GapPercent, round.Waiting));
        Assert.Equal(round.Number, (await pool.Demands.GetDemandAsync(new() { Name = hard.Name })).Proposals[0].Round);
    }

    [Fact]
    public async Task A_demand_that_a_round_could_not_fill_waits_for_the_next_which_comes_by_itself()
    {
        await pool.AddSkill("bow-making");
        var demand = await Post("bow-making", level: 1);
        await Hold();
        await pool.AddPartner(Home, "bow-maker", "skills/bow-making");

        var waiting = await pool.Rounds.GetRoundAsync(new() { Name = $"{Beigan}/round" });
        Assert.True(waiting.Waiting > 0);
        pool.Clock.Advance(waiting.NextTime.ToDateTimeOffset() - pool.Clock.GetUtcNow());
        Assert.Equal($"{Home}/partners/bow-maker", (await pool.Until(demand, now => now.Proposals.Count == 1)).Proposals[0].Partner);
    }

    [Fact]
    public async Task A_declined_seat_is_explained_and_goes_to_somebody_else_in_the_next_round()
    {
        await pool.AddSkill("string-making");
        var first = await pool.AddPartner(Home, "string-maker", "skills/string-making");
        var second = await pool.AddPartner(Other, "string-maker-too", "skills/string-making");
        var demand = await Post("string-making", level: 1);
        await Hold();
        var proposed = await pool.Until(demand, now => now.Proposals.Count == 1);
        Assert.Equal(first, proposed.Proposals[0].Partner);
        await pool.Dispatch.DeclineProposalAsync(new() { Name = proposed.Proposals[0].Name, Partner = first, Reason = DeclineReason.NoTime, RequestId = NewId() });
        await pool.Until(demand, now => now.Proposals is [{ State: ProposalState.Declined }] && now.RetryTime is not null);
        await Hold();

        Assert.Equal(second, (await pool.Until(demand, now => now.Proposals.Count == 2)).Proposals[1].Partner);
        var explained = await pool.Demands.ExplainDemandAsync(new() { Name = demand.Name });
        var reasons = explained.Searches.SelectMany(search => search.Streets).SelectMany(street => street.Candidates).Where(candidate => candidate.Reason == CandidateReason.Proposed);
        Assert.Equal([first, second], reasons.Select(candidate => candidate.Offer[..candidate.Offer.IndexOf("/offers", StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task A_street_whose_convening_street_nobody_has_opened_holds_its_own_rounds()
    {
        var (street, community) = await Alone("330109816", roundStreet: "streets/999999999");
        await pool.AddSkill("fan-making");
        var partner = await pool.AddPartner(community, "fan-maker", "skills/fan-making");
        var posted = await Post("fan-making", level: 1, community);

        await Hold(street);

        Assert.Equal(partner, (await pool.Until(posted, now => now.Proposals.Count == 1)).Proposals[0].Partner);
    }

    [Fact]
    public async Task A_street_without_a_round_yet_has_an_empty_one_and_an_unknown_street_has_none()
    {
        Assert.Equal(0, (await pool.Rounds.GetRoundAsync(new() { Name = $"{Xintang}/round" })).Number);
        await pool.Refuses(StatusCode.NotFound, "STREET_NOT_FOUND", null, headers => pool.Rounds.GetRoundAsync(new() { Name = "streets/999999999/round" }, headers).ResponseAsync);
        await pool.Refuses(StatusCode.InvalidArgument, "NAME_INVALID", "name", headers => pool.Rounds.GetRoundAsync(new() { Name = Xintang }, headers).ResponseAsync);
    }

    /// <summary>A street of its own with one community.</summary>
    /// <param name="code">Nine digits that no other test uses.</param>
    private async Task<(string Street, string Community)> Alone(string code, string roundStreet = "")
    {
        var street = await pool.Streets.CreateStreetAsync(new() { StreetId = code, Street = new() { DisplayName = code, Policy = new() { RoundStreet = roundStreet } }, RequestId = NewId() });
        var community = await pool.Communities.CreateCommunityAsync(new() { Parent = street.Name, CommunityId = $"{code}001", Community = new() { DisplayName = code }, RequestId = NewId() });
        return (street.Name, community.Name);
    }

    /// <summary>A demand for one certain hour in mode ROUND, when it waits for its street's round.</summary>
    private async Task<Demand> Post(string skill, int level, string community = Home)
    {
        var demand = pool.NewDemand(reach: 1, skill: $"skills/{skill}");
        (demand.MinLevel, demand.DispatchMode) = (level, DispatchMode.Round);
        demand.WindowStartTime = demand.WindowEndTime - Duration.FromTimeSpan(TimeSpan.FromHours(1));
        var posted = await pool.Post(demand, community);
        return await pool.Until(posted, now => now.RetryTime is not null);
    }

    /// <summary>Holds a round of the street, to its end.</summary>
    private async Task Hold(string street = Beigan)
    {
        var round = await pool.Rounds.RunRoundAsync(new() { Name = $"{street}/round", RequestId = NewId() });
        await pool.Recorded($"round/{street[^9..]}", "round.ended", round.Number);
    }
}
