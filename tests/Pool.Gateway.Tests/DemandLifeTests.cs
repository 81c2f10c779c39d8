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

    [Fact]
    public async Task A_demand_that_was_refused_first_and_corrected_under_the_same_id_is_found()
    {
        // The refusal asks the demand's actor, which does not exist then and must not stay so.
        for (var i = 0; i < 10; i++)
        {
            var id = NewId();
            await Assert.ThrowsAsync<RpcException>(async () => await pool.Demands.PostDemandAsync(new() { Parent = Home, Demand = pool.NewDemand(seats: 0), RequestId = id }));
            var posted = await pool.Demands.PostDemandAsync(new() { Parent = Home, Demand = pool.NewDemand(), RequestId = id });
            Assert.Equal(posted.Name, (await pool.Demands.GetDemandAsync(new() { Name = posted.Name })).Name);
        }
    }

    [Fact]
    public async Task An_offer_cannot_be_made_under_a_community_that_is_not_its_partners()
    {
        await pool.AddPartner(Home, "at-home");
        await pool.Refuses(StatusCode.NotFound, "PARTNER_NOT_FOUND", field: null, headers => pool.Offers.CreateOfferAsync(
            new()
            {
                Parent = $"{Other}/partners/at-home",
                OfferId = "offer-2",
                Offer = new Offer { Skill = "skills/elder-care", Level = 1, Hours = { WholeWeek() }, Capacity = 1, FeeMode = FeeMode.Volunteer, Reach = 1 },
                RequestId = NewId(),
            },
            headers).ResponseAsync);
    }

    [Fact]
    public async Task A_candidate_whose_offer_changed_after_the_search_is_not_proposed()
    {
        var (posted, first) = await OneOfTwoProposed(Home, "piano-tuning", reach: 0);
        var second = first.Partner.EndsWith("-a", StringComparison.Ordinal) ? $"{Home}/partners/piano-tuning-b" : $"{Home}/partners/piano-tuning-a";
        await pool.Offers.UpdateOfferAsync(new()
        {
            Offer = new Offer { Name = $"{second}/offers/offer-1", Skill = "skills/elder-care" },
            UpdateMask = new() { Paths = { "skill" } },
            RequestId = NewId(),
        });

        await pool.Dispatch.DeclineProposalAsync(new() { Name = first.Name, Partner = first.Partner, Reason = DeclineReason.NoTime, RequestId = NewId() });

        var waiting = await pool.Until(posted, demand => demand.RetryTime is not null);
        Assert.Single(waiting.Proposals);
    }

    [Fact]
    public async Task A_candidate_of_a_street_that_lends_no_longer_is_not_proposed()
    {
        var (posted, first) = await OneOfTwoProposed(Far, "well-digging", reach: 2);
        await pool.Streets.SetTreatyAsync(new() { Name = Xintang, Borrower = Beigan, Open = false, RequestId = NewId() });

        await pool.Dispatch.DeclineProposalAsync(new() { Name = first.Name, Partner = first.Partner, Reason = DeclineReason.NoTime, RequestId = NewId() });

        var waiting = await pool.Until(posted, demand => demand.RetryTime is not null);
        await pool.Streets.SetTreatyAsync(new() { Name = Xintang, Borrower = Beigan, Open = true, RequestId = NewId() });
        Assert.Single(waiting.Proposals);
    }

    /// <summary>A demand that two partners of a community can serve; one of them is proposed.</summary>
    private async Task<(Demand Posted, Proposal First)> OneOfTwoProposed(string community, string skill, int reach)
    {
        await pool.AddSkill(skill);
        await pool.AddPartner(community, $"{skill}-a", $"skills/{skill}");
        await pool.AddPartner(community, $"{skill}-b", $"skills/{skill}");
        var posted = await pool.Post(pool.NewDemand(skill: $"skills/{skill}", reach: reach));
        return (posted, (await pool.Until(posted, demand => demand.Proposals.Count == 1)).Proposals[0]);
    }
}
