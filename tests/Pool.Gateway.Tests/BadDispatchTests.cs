using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>Answers and reports that come twice, too late, too early or from somebody else.</summary>
public sealed class BadDispatchTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task Accepting_twice_is_refused()
    {
        var (partner, proposal) = await Proposed("twice");
        await pool.Dispatch.AcceptProposalAsync(new() { Name = proposal.Name, Partner = partner, RequestId = NewId() });

        await pool.Refuses(StatusCode.FailedPrecondition, "PROPOSAL_ACCEPTED", null, headers => Accept(proposal, partner, headers));
    }

    [Fact]
    public async Task Accepting_for_somebody_else_is_refused()
    {
        var (_, proposal) = await Proposed("mine");

        await pool.Refuses(StatusCode.PermissionDenied, "NOT_THE_PROPOSED_PARTNER", "partner", headers => Accept(proposal, $"{Home}/partners/somebody-else", headers));
    }

    [Fact]
    public async Task Completing_before_the_start_is_refused()
    {
        var (partner, proposal) = await Proposed("early");
        var accepted = await pool.Dispatch.AcceptProposalAsync(new() { Name = proposal.Name, Partner = partner, RequestId = NewId() });

        await pool.Refuses(StatusCode.FailedPrecondition, "ASSIGNMENT_NOT_STARTED", null, headers => pool.Dispatch.CompleteAssignmentAsync(
            new() { Name = accepted.Proposals[0].Assignment.Name, Partner = partner, Minutes = 60, RequestId = NewId() }, headers).ResponseAsync);
    }

    [Fact]
    public async Task Confirming_by_the_wrong_community_is_refused()
    {
        var (partner, proposal) = await Proposed("wrong-side");
        var accepted = await pool.Dispatch.AcceptProposalAsync(new() { Name = proposal.Name, Partner = partner, RequestId = NewId() });
        var assignment = accepted.Proposals[0].Assignment.Name;
        await pool.Dispatch.StartAssignmentAsync(new() { Name = assignment, Partner = partner, RequestId = NewId() });
        await pool.Dispatch.CompleteAssignmentAsync(new() { Name = assignment, Partner = partner, Minutes = 60, RequestId = NewId() });

        await pool.Refuses(StatusCode.PermissionDenied, "NOT_THE_DEMANDS_COMMUNITY", "community", headers => pool.Dispatch.ConfirmAssignmentAsync(
            new() { Name = assignment, Community = Other, Minutes = 60, RequestId = NewId() }, headers).ResponseAsync);
    }

    [Fact]
    public async Task A_stale_etag_is_refused()
    {
        var (partner, proposal) = await Proposed("stale");

        await pool.Refuses(StatusCode.Aborted, "ETAG_MISMATCH", "etag", headers => pool.Dispatch.AcceptProposalAsync(
            new() { Name = proposal.Name, Partner = partner, Etag = "1", RequestId = NewId() }, headers).ResponseAsync);
    }

    [Fact]
    public async Task A_demand_under_another_communitys_name_is_not_found()
    {
        var (partner, proposal) = await Proposed("elsewhere");
        var elsewhere = proposal.Name.Replace(Home, Other, StringComparison.Ordinal);

        await pool.Refuses(StatusCode.NotFound, "DEMAND_NOT_FOUND", null, headers => pool.Dispatch.AcceptProposalAsync(
            new() { Name = elsewhere, Partner = partner, RequestId = NewId() }, headers).ResponseAsync);
    }

    [Fact]
    public async Task An_expired_certificate_is_refused()
    {
        var partner = await pool.AddPartner(Home, "expired-certificate");

        await pool.Refuses(StatusCode.FailedPrecondition, "CERTIFICATE_EXPIRED", "certificate.expire_time", headers => pool.Partners.CertifyPartnerAsync(
            new()
            {
                Name = partner,
                Certificate = new Certificate
                {
                    Skill = "skills/legal-advice",
                    Level = 3,
                    Issuer = "district",
                    ExpireTime = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(pool.Clock.GetUtcNow().AddDays(-1)),
                },
                RequestId = NewId(),
            },
            headers).ResponseAsync);
        await pool.Refuses(StatusCode.FailedPrecondition, "CERTIFICATE_MISSING", "offer.level", headers => pool.Offers.CreateOfferAsync(
            new()
            {
                Parent = partner,
                Offer = new Offer { Skill = "skills/legal-advice", Level = 1, Hours = { WholeWeek() }, FeeMode = FeeMode.Volunteer },
                RequestId = NewId(),
            },
            headers).ResponseAsync);
    }

    [Fact]
    public async Task Unknown_streets_and_partners_are_not_found()
    {
        await pool.Refuses(StatusCode.NotFound, "STREET_NOT_FOUND", null, headers => pool.Communities.CreateCommunityAsync(
            new() { Parent = "streets/330109999", CommunityId = "330109999001", Community = new Community { DisplayName = "x" }, RequestId = NewId() }, headers).ResponseAsync);
        await pool.Refuses(StatusCode.NotFound, "PARTNER_NOT_FOUND", null, headers => pool.Partners.SuspendPartnerAsync(
            new() { Name = $"{Home}/partners/nobody", Reason = "x", RequestId = NewId() }, headers).ResponseAsync);
    }

    private Task<Demand> Accept(Proposal proposal, string partner, Metadata headers) =>
        pool.Dispatch.AcceptProposalAsync(new() { Name = proposal.Name, Partner = partner, RequestId = NewId() }, headers).ResponseAsync;

    /// <summary>A demand that only one partner can serve, because no other has its skill, proposed to that partner.</summary>
    private async Task<(string Partner, Proposal Proposal)> Proposed(string skill)
    {
        await pool.AddSkill(skill);
        var partner = await pool.AddPartner(Home, $"partner-{skill}", $"skills/{skill}");
        var posted = await pool.Post(pool.NewDemand(skill: $"skills/{skill}"));
        var proposed = await pool.Until(posted, demand => demand.Proposals.Count == 1);
        return (partner, proposed.Proposals[0]);
    }
}
