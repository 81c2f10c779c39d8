using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>A proposal that nobody answers. It has a pool of its own, because the clock moves for everybody.</summary>
public sealed class ExpiryTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task Accepting_after_the_expiry_is_refused_and_the_hold_is_given_back()
    {
        var partner = await pool.AddPartner(Home, "too-late");
        var posted = await pool.Post();
        var proposed = await pool.Until(posted, demand => demand.Proposals.Count == 1);
        pool.Clock.Advance(TimeSpan.FromMinutes(16));

        var waiting = await pool.Until(posted, demand => demand.Proposals is [{ State: ProposalState.ProposalExpired }] && demand.RetryTime is not null);

        Assert.Equal(DemandState.Open, waiting.State);
        Assert.Empty((await pool.Partners.GetPartnerAsync(new() { Name = partner })).Reservations);
        await pool.Refuses(StatusCode.FailedPrecondition, "PROPOSAL_EXPIRED", null, headers => pool.Dispatch.AcceptProposalAsync(
            new() { Name = proposed.Proposals[0].Name, Partner = partner, RequestId = NewId() }, headers).ResponseAsync);
    }
}
