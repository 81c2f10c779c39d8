using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>The turns that a dispatch takes: declines, gives back, does not come, disputes, is cancelled.</summary>
public sealed class DispatchLifeTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task An_explanation_says_how_evenly_the_skills_work_lies()
    {
        var life = await Life.Settled(pool, "even-work");
        await pool.AddPartner(Home, "even-work-too", "skills/even-work");
        await pool.Recorded(life.PartnerStream, "partner.published");

        var fairness = Assert.Single((await pool.Demands.ExplainDemandAsync(new() { Name = life.Assignment[..life.Assignment.IndexOf("/assignments", StringComparison.Ordinal)] })).Fairness, fairness => fairness.Street == Beigan);
        Assert.Equal((2, 0.5), (fairness.Partners, fairness.Gini));
        Assert.True(fairness.ServedMinutes > 0);
    }

    [Fact]
    public async Task A_partner_who_declined_is_not_asked_again_and_the_next_is()
    {
        var demand = await Posted("declines", partners: 2);
        var first = await pool.Until(demand, made => made.Proposals.Count == 1);
        await pool.Dispatch.DeclineProposalAsync(new()
        {
            Name = first.Proposals[0].Name,
            Partner = first.Proposals[0].Partner,
            Reason = DeclineReason.NoTime,
            RequestId = NewId(),
        });

        var second = await pool.Until(demand, made => made.Proposals.Count == 2);

        Assert.Equal((ProposalState.Declined, DeclineReason.NoTime), (second.Proposals[0].State, second.Proposals[0].DeclineReason));
        Assert.NotEqual(first.Proposals[0].Partner, second.Proposals[1].Partner);
        await pool.Until(demand, released => released.Etag == "6");
        Assert.Empty((await pool.Partners.GetPartnerAsync(new() { Name = first.Proposals[0].Partner })).Reservations);
    }

    [Fact]
    public async Task A_suspension_releases_what_is_proposed_and_booked_and_the_next_are_asked()
    {
        var demand = await Posted("suspended-twice", partners: 1);
        var asked = await pool.Until(demand, made => made.Proposals.Count == 1);
        await pool.Dispatch.AcceptProposalAsync(new() { Name = asked.Proposals[0].Name, Partner = asked.Proposals[0].Partner, RequestId = NewId() });
        await pool.AddPartner(Home, "suspended-twice-next", "skills/suspended-twice");

        await pool.Partners.SuspendPartnerAsync(new() { Name = asked.Proposals[0].Partner, Reason = "a complaint", RequestId = NewId() });

        var next = await pool.Until(demand, made => made.Proposals.Count == 2);
        Assert.Equal(ReleaseReason.AssignedPartnerSuspended, next.Proposals[0].Assignment.ReleaseReason);
        Assert.Equal(ProposalState.Pending, next.Proposals[1].State);
        await pool.Partners.SuspendPartnerAsync(new() { Name = next.Proposals[1].Partner, Reason = "a complaint", RequestId = NewId() });
        var alone = await pool.Until(demand, waiting => waiting.RetryTime is not null && waiting.Proposals.Count == 2 && waiting.Proposals[1].State == ProposalState.Withdrawn);
        Assert.Equal(DemandState.Open, alone.State);
        Assert.Empty((await pool.Partners.GetPartnerAsync(new() { Name = asked.Proposals[0].Partner })).Reservations);
    }

    [Fact]
    public async Task A_partner_is_asked_for_what_its_availability_leaves()
    {
        var demand = pool.NewDemand(skill: "skills/availability");
        await pool.AddSkill("availability");
        var partner = await pool.AddPartner(Home, "availability-1", "skills/availability");
        var availability = new V1.Availability
        {
            Away = { new AwayTime { StartTime = demand.WindowStartTime, EndTime = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(demand.WindowStartTime.ToDateTimeOffset().AddHours(3)) } },
            WeeklyLimitMinutes = 600,
            RestMinutes = 30,
            TravelMinutesPerRing = 15,
        };
        var told = await pool.Partners.SetAvailabilityAsync(new() { Name = partner, Availability = availability, RequestId = NewId() });
        Assert.Equal(availability, told.Availability);

        var proposed = await pool.Until(await pool.Post(demand), made => made.Proposals.Count == 1);
        Assert.True(proposed.Proposals[0].StartTime >= availability.Away[0].EndTime);
        var next = await pool.Until(await pool.Post(demand), made => made.Proposals.Count == 1);
        Assert.True(next.Proposals[0].StartTime.ToDateTimeOffset() >= proposed.Proposals[0].EndTime.ToDateTimeOffset().AddMinutes(30));
    }

    [Fact]
    public async Task Reports_that_differ_too_much_are_a_dispute_that_the_clerk_resolves()
    {
        var (demand, partner, assignment) = await Started("disputes");
        await pool.Dispatch.CompleteAssignmentAsync(new() { Name = assignment, Partner = partner, Minutes = 90, RequestId = NewId() });
        var disputed = await pool.Dispatch.ConfirmAssignmentAsync(new() { Name = assignment, Community = Home, Minutes = 60, RequestId = NewId() });
        Assert.Equal(AssignmentState.Disputed, disputed.Proposals[0].Assignment.State);

        await pool.Dispatch.ResolveDisputeAsync(new() { Name = assignment, Minutes = 75, Note = "heard both", RequestId = NewId() });

        var settled = await pool.Until(demand, after => after.Proposals is [{ Assignment: { State: AssignmentState.Settled } }]);
        Assert.Equal((90, 60, 75), Reports(settled.Proposals[0].Assignment));
        Assert.Equal(75, (await pool.Partners.GetPartnerAsync(new() { Name = partner })).ServedMinutes["2026Q4"]);
    }

    [Fact]
    public async Task A_community_may_dispute_without_a_figure()
    {
        var (_, partner, assignment) = await Started("objects");
        await pool.Dispatch.CompleteAssignmentAsync(new() { Name = assignment, Partner = partner, Minutes = 60, RequestId = NewId() });

        var disputed = await pool.Dispatch.DisputeAssignmentAsync(new() { Name = assignment, Community = Home, Note = "left early", RequestId = NewId() });

        Assert.Equal(AssignmentState.Disputed, disputed.Proposals[0].Assignment.State);
        Assert.False(disputed.Proposals[0].Assignment.HasCommunityMinutes);
    }

    [Fact]
    public async Task Cancelling_releases_what_is_held_and_what_is_booked()
    {
        var demand = await Posted("cancelled", partners: 2, seats: 2);
        var both = await pool.Until(demand, made => made.Proposals.Count == 2);
        await pool.Dispatch.AcceptProposalAsync(new() { Name = both.Proposals[0].Name, Partner = both.Proposals[0].Partner, RequestId = NewId() });

        var cancelled = await pool.Demands.CancelDemandAsync(new() { Name = demand.Name, Community = Home, RequestId = NewId() });

        Assert.Equal(DemandState.Cancelled, cancelled.State);
        Assert.Equal((AssignmentState.Released, ReleaseReason.DemandCancelled), (cancelled.Proposals[0].Assignment.State, cancelled.Proposals[0].Assignment.ReleaseReason));
        Assert.Equal(ProposalState.Withdrawn, cancelled.Proposals[1].State);
        var version = int.Parse(cancelled.Etag, System.Globalization.CultureInfo.InvariantCulture);
        await pool.Until(demand, returned => returned.Etag == $"{version + 2}");
        foreach (var proposal in both.Proposals)
        {
            Assert.Empty((await pool.Partners.GetPartnerAsync(new() { Name = proposal.Partner })).Reservations);
        }
    }

    [Fact]
    public async Task A_no_show_is_recorded_against_the_partner_and_the_seat_is_open_again()
    {
        var demand = await Posted("absent", partners: 2);
        var made = await pool.Until(demand, first => first.Proposals.Count == 1);
        var absent = made.Proposals[0].Partner;
        var accepted = await pool.Dispatch.AcceptProposalAsync(new() { Name = made.Proposals[0].Name, Partner = absent, RequestId = NewId() });

        await pool.Dispatch.ReportNoShowAsync(new() { Name = accepted.Proposals[0].Assignment.Name, Community = Home, Note = "waited an hour", RequestId = NewId() });

        var again = await pool.Until(demand, second => second.Proposals.Count == 2);
        Assert.Equal((DemandState.Open, ReleaseReason.PartnerNoShow), (again.State, again.Proposals[0].Assignment.ReleaseReason));
        Assert.Equal(1, (await pool.Partners.GetPartnerAsync(new() { Name = absent })).NoShows);
    }

    [Fact]
    public async Task An_assignment_that_is_given_back_opens_the_seat()
    {
        var demand = await Posted("gives-back", partners: 2);
        var made = await pool.Until(demand, first => first.Proposals.Count == 1);
        var accepted = await pool.Dispatch.AcceptProposalAsync(new() { Name = made.Proposals[0].Name, Partner = made.Proposals[0].Partner, RequestId = NewId() });
        await pool.Dispatch.CancelAssignmentAsync(new() { Name = accepted.Proposals[0].Assignment.Name, Partner = made.Proposals[0].Partner, RequestId = NewId() });

        var again = await pool.Until(demand, second => second.Proposals.Count == 2);

        Assert.Equal(ReleaseReason.PartnerCancelled, again.Proposals[0].Assignment.ReleaseReason);
    }

    [Fact]
    public async Task A_demand_that_found_nobody_is_searched_again_and_expires_with_its_window()
    {
        var demand = await Posted("nobody", partners: 0);
        await pool.Until(demand, waiting => waiting.RetryTime is not null);
        var partner = await pool.AddPartner(Other, "comes-later", "skills/nobody");
        pool.Clock.Advance(TimeSpan.FromMinutes(16));
        var found = await pool.Until(demand, made => made.Proposals.Count == 1);
        Assert.Equal((partner, 1), (found.Proposals[0].Partner, found.Proposals[0].Ring));

        pool.Clock.Advance(TimeSpan.FromHours(10));
        var expired = await pool.Until(demand, after => after.State == DemandState.Expired);

        Assert.Equal(ProposalState.ProposalExpired, expired.Proposals[0].State);
    }

    private static (long, long, long) Reports(Assignment assignment) => (assignment.PartnerMinutes, assignment.CommunityMinutes, assignment.AgreedMinutes);

    private async Task<(Demand Demand, string Partner, string Assignment)> Started(string skill)
    {
        var demand = await Posted(skill, partners: 1);
        var made = await pool.Until(demand, first => first.Proposals.Count == 1);
        var partner = made.Proposals[0].Partner;
        var accepted = await pool.Dispatch.AcceptProposalAsync(new() { Name = made.Proposals[0].Name, Partner = partner, RequestId = NewId() });
        var assignment = accepted.Proposals[0].Assignment.Name;
        await pool.Dispatch.StartAssignmentAsync(new() { Name = assignment, Partner = partner, RequestId = NewId() });
        return (demand, partner, assignment);
    }

    /// <summary>A demand for a skill of its own, so that only its own partners can serve it.</summary>
    private async Task<Demand> Posted(string skill, int partners, int seats = 1)
    {
        await pool.AddSkill(skill);
        for (var i = 1; i <= partners; i++)
        {
            await pool.AddPartner(Home, $"{skill}-{i}", $"skills/{skill}");
        }

        return await pool.Post(pool.NewDemand(seats, skill: $"skills/{skill}"));
    }
}
