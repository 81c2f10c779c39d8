using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>The modes of dispatch as clients see them: who is asked, who has the seats, who is told.</summary>
public sealed class DispatchModeTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task Of_those_whom_a_broadcast_asks_the_first_to_accept_has_the_seat_and_the_others_have_their_time_back()
    {
        var demand = await Posted("broadcast", partners: 3, posted => (posted.DispatchMode, posted.AskAtOnce) = (DispatchMode.Broadcast, 3));
        var asked = await pool.Until(demand, made => made.Proposals.Count == 3);
        Assert.All(asked.Proposals, proposal => Assert.Equal(ProposalState.Pending, proposal.State));

        var filled = await Accept(asked.Proposals[1]);

        Assert.Equal(DemandState.Filled, filled.State);
        Assert.Equal([ProposalState.Withdrawn, ProposalState.Accepted, ProposalState.Withdrawn], filled.Proposals.Select(proposal => proposal.State));
        Assert.Equal([1], filled.Proposals[1].Seats);
        await pool.Recorded($"demand/{demand.Name[^36..]}", "demand.hold-returned", 2);
        Assert.Empty((await pool.Partners.GetPartnerAsync(new() { Name = asked.Proposals[0].Partner })).Reservations);
        Assert.Single((await pool.Partners.GetPartnerAsync(new() { Name = asked.Proposals[1].Partner })).Reservations);
    }

    [Fact]
    public async Task A_team_takes_as_many_seats_as_it_can_send_people()
    {
        await pool.AddSkill("team");
        await pool.AddPartner(Home, "team-of-five", "skills/team", capacity: 5);
        await pool.AddPartner(Home, "team-of-two", "skills/team", capacity: 2);
        var demand = await pool.Post(pool.NewDemand(seats: 6, skill: "skills/team"));
        var asked = await pool.Until(demand, made => made.Proposals.Count == 2);
        Assert.Equal(6, asked.Proposals.Sum(proposal => proposal.People));

        await Accept(asked.Proposals[0]);
        var filled = await Accept(asked.Proposals[1]);

        Assert.Equal(DemandState.Filled, filled.State);
        Assert.Equal([1, 2, 3, 4, 5, 6], filled.Proposals.SelectMany(proposal => proposal.Seats).Order());
    }

    [Fact]
    public async Task A_claim_is_answered_when_the_time_is_booked_and_the_same_claim_again_has_the_same_answer()
    {
        var demand = await Posted("claim", partners: 2, posted => posted.DispatchMode = DispatchMode.Claim);
        var request = new ClaimSeatsRequest { Name = demand.Name, Offer = Offer("claim", 1), RequestId = NewId() };

        var claimed = await pool.Dispatch.ClaimSeatsAsync(request);
        var again = await pool.Dispatch.ClaimSeatsAsync(request);

        Assert.Equal(AssignmentState.AssignmentAccepted, Assert.Single(claimed.Proposals).Assignment.State);
        Assert.Equal(claimed, again);
        await pool.Dispatch.StartAssignmentAsync(new() { Name = claimed.Proposals[0].Assignment.Name, Partner = claimed.Proposals[0].Partner, RequestId = NewId() });
    }

    [Fact]
    public async Task Of_many_who_claim_the_last_seat_at_the_same_moment_one_has_it_and_the_others_time_is_free()
    {
        const int Partners = 8;
        var demand = await Posted("rush", Partners, posted => posted.DispatchMode = DispatchMode.Claim);

        var answers = await Task.WhenAll(Enumerable.Range(1, Partners).Select(number =>
            Refusals.Of(() => pool.Dispatch.ClaimSeatsAsync(new() { Name = demand.Name, Offer = Offer("rush", number), RequestId = NewId() }).ResponseAsync)));

        Assert.Equal(Partners - 1, answers.Count(reason => reason == "SEATS_TAKEN"));
        Assert.Single(answers, reason => reason is null);
        var reserved = await Task.WhenAll(Enumerable.Range(1, Partners).Select(async number =>
            (await pool.Partners.GetPartnerAsync(new() { Name = $"{Home}/partners/rush-{number}" })).Reservations.Count));
        Assert.Equal(1, reserved.Sum());
    }

    [Fact]
    public async Task Who_waits_is_proposed_the_seat_that_is_given_back()
    {
        var demand = await Posted("waiting-list", partners: 2, posted => posted.DispatchMode = DispatchMode.Claim);
        var claimed = await pool.Dispatch.ClaimSeatsAsync(new() { Name = demand.Name, Offer = Offer("waiting-list", 1), RequestId = NewId() });
        var waiting = await pool.Dispatch.ClaimSeatsAsync(new() { Name = demand.Name, Offer = Offer("waiting-list", 2), JoinWaitingList = true, RequestId = NewId() });
        Assert.Equal([Offer("waiting-list", 2)], waiting.WaitingList);

        await pool.Dispatch.CancelAssignmentAsync(new() { Name = claimed.Proposals[0].Assignment.Name, Partner = claimed.Proposals[0].Partner, RequestId = NewId() });

        var proposed = await pool.Until(demand, made => made.Proposals.Count == 2);
        Assert.Equal((Offer("waiting-list", 2), ProposalState.Pending), (proposed.Proposals[1].Offer, proposed.Proposals[1].State));
        Assert.Empty(proposed.WaitingList);
    }

    [Fact]
    public async Task A_partner_who_cannot_come_hands_its_seat_to_another()
    {
        var demand = await Posted("swap", partners: 2, posted => posted.DispatchMode = DispatchMode.Claim);
        var claimed = await pool.Dispatch.ClaimSeatsAsync(new() { Name = demand.Name, Offer = Offer("swap", 1), RequestId = NewId() });
        var offered = await pool.Dispatch.SwapAssignmentAsync(new()
        {
            Name = claimed.Proposals[0].Assignment.Name,
            Partner = claimed.Proposals[0].Partner,
            Offer = Offer("swap", 2),
            RequestId = NewId(),
        });
        Assert.Equal((claimed.Proposals[0].Assignment.Name, claimed.Proposals[0].StartTime), (offered.Proposals[1].Replaces, offered.Proposals[1].StartTime));
        Assert.Equal(AssignmentState.AssignmentAccepted, offered.Proposals[0].Assignment.State);

        var swapped = await Accept(offered.Proposals[1]);

        Assert.Equal(ReleaseReason.Swapped, swapped.Proposals[0].Assignment.ReleaseReason);
        Assert.Equal(claimed.Proposals[0].Seats, swapped.Proposals[1].Seats);
        Assert.Equal(DemandState.Filled, swapped.State);
    }

    [Fact]
    public async Task A_clerk_lowers_the_level_of_a_demand_that_nobody_can_serve_and_it_is_served()
    {
        await pool.AddSkill("lowered");
        var partner = await pool.AddPartner(Home, "beginner-at-it", "skills/lowered", level: 1);
        var demand = pool.NewDemand(skill: "skills/lowered");
        demand.MinLevel = 4;
        var posted = await pool.Post(demand);
        await pool.Until(posted, waiting => waiting.RetryTime is not null);

        await pool.Demands.UpdateDemandAsync(new() { Demand = new() { Name = posted.Name, MinLevel = 1, Urgency = Urgency.Urgent }, RequestId = NewId() });

        var proposed = await pool.Until(posted, made => made.Proposals.Count == 1);
        Assert.Equal(partner, proposed.Proposals[0].Partner);
        Assert.Equal(TimeSpan.FromMinutes(5), proposed.Proposals[0].ExpireTime.ToDateTimeOffset() - proposed.Proposals[0].CreateTime.ToDateTimeOffset());
        Assert.Equal((1, Urgency.Urgent), (proposed.MinLevel, proposed.Urgency));
    }

    [Fact]
    public async Task Published_demands_are_listed_for_those_who_would_claim_them()
    {
        var demand = await Posted("listed", partners: 0, posted => posted.DispatchMode = DispatchMode.Claim);
        await Posted("listed-not", partners: 0, _ => { });

        var listed = await pool.Demands.ListDemandsAsync(new() { Parent = Home, Filter = "dispatch_mode = CLAIM AND state = OPEN AND skill = listed", MinPosition = long.MaxValue });

        Assert.Equal([demand.Name], listed.Demands.Select(found => found.Name));
    }

    private static string Offer(string skill, int number) => $"{Home}/partners/{skill}-{number}/offers/offer-1";

    private async Task<Demand> Posted(string skill, int partners, Action<Demand> shape)
    {
        await pool.AddSkill(skill);
        for (var number = 1; number <= partners; number++)
        {
            await pool.AddPartner(Home, $"{skill}-{number}", $"skills/{skill}");
        }

        var demand = pool.NewDemand(skill: $"skills/{skill}");
        shape(demand);
        return await pool.Post(demand);
    }

    private async Task<Demand> Accept(Proposal proposal) =>
        await pool.Dispatch.AcceptProposalAsync(new() { Name = proposal.Name, Partner = proposal.Partner, RequestId = NewId() });
}
