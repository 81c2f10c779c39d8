using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>The main job, through the door.</summary>
public sealed class DemandLifeTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task A_specialist_of_the_neighbouring_street_is_found_and_carried_to_rated()
    {
        var lawyer = await pool.AddPartner(Far, "far-lawyer", "skills/legal-advice", certified: true);
        var posted = await pool.Post(pool.NewDemand(skill: "skills/legal-advice"));
        var proposed = await pool.Until(posted, demand => demand.Proposals.Count == 1);
        var proposal = proposed.Proposals[0];
        Assert.Equal((2, lawyer, ProposalState.Pending), (proposal.Ring, proposal.Partner, proposal.State));

        var accepted = await pool.Dispatch.AcceptProposalAsync(new() { Name = proposal.Name, Partner = lawyer, RequestId = NewId() });
        Assert.Equal(DemandState.Filled, accepted.State);
        var assignment = accepted.Proposals[0].Assignment.Name;
        await pool.Dispatch.StartAssignmentAsync(new() { Name = assignment, Partner = lawyer, RequestId = NewId() });
        await pool.Dispatch.CompleteAssignmentAsync(new() { Name = assignment, Partner = lawyer, Minutes = 70, RequestId = NewId() });
        await pool.Dispatch.ConfirmAssignmentAsync(new() { Name = assignment, Community = Home, Minutes = 61, RequestId = NewId() });
        await pool.Dispatch.RateAssignmentAsync(new() { Name = assignment, Community = Home, Stars = 5, RequestId = NewId() });

        var rated = await pool.Until(posted, demand => demand.Proposals is [{ Assignment: { State: AssignmentState.Settled, Stars: 5 } }]);
        Assert.Equal(65, rated.Proposals[0].Assignment.AgreedMinutes);
        // The partner's record follows the rating; the explanation shows when it has.
        await pool.Until(posted, demand => demand.Etag == "13");
        var partner = await pool.Partners.GetPartnerAsync(new() { Name = lawyer });
        Assert.Equal((65, 500), (partner.ServedMinutes["2026Q4"], partner.CentiStars));
        Assert.Empty(partner.Reservations);
    }

    [Fact]
    public async Task Every_step_is_explained_with_its_reason()
    {
        await pool.AddSkill("tax-advice", requiresCertificate: true);
        await pool.AddPartner(Home, "low-level", "skills/tax-advice", level: 2, certified: true);
        var demand = pool.NewDemand(skill: "skills/tax-advice", reach: 0);
        demand.MinLevel = 4;
        var posted = await pool.Post(demand);
        await pool.Until(posted, waiting => waiting.RetryTime is not null);

        var explained = await pool.Demands.ExplainDemandAsync(new() { Name = posted.Name }, new Metadata { { "accept-language", "en" } });

        var found = Assert.Single(Assert.Single(explained.Searches).Streets);
        Assert.Equal([CandidateReason.LevelTooLow], found.Refused.Select(group => group.Reason));
        Assert.Equal("Lower the level to 2: 1 more", Assert.Single(found.Cures).Text);
        Assert.Equal(["demand.posted", "demand.ring-searched", "demand.queued"], explained.History.Select(entry => entry.Event));
        Assert.Single(explained.History.Select(entry => entry.TraceId).Distinct(), id => id.Length == 32);
    }
}
