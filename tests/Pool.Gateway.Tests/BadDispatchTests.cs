using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>Names that fit together only in part.</summary>
public sealed class BadDispatchTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task Accepting_for_somebody_else_is_refused()
    {
        var life = await Life.Proposed(pool, "mine");

        await pool.Refuses(StatusCode.PermissionDenied, "NOT_THE_PROPOSED_PARTNER", "partner", headers => life.Accept(headers, partner: $"{Home}/partners/somebody-else"));
    }

    [Fact]
    public async Task A_demand_under_another_communitys_name_is_not_found()
    {
        var life = await Life.Proposed(pool, "elsewhere");
        var elsewhere = life.Proposal().Replace(Home, Other, StringComparison.Ordinal);

        await pool.Refuses(StatusCode.NotFound, "DEMAND_NOT_FOUND", null, headers => pool.Dispatch.AcceptProposalAsync(
            new() { Name = elsewhere, Partner = life.Partner, RequestId = NewId() }, headers).ResponseAsync);
    }

    [Fact]
    public Task A_community_of_an_unknown_street_is_refused() =>
        pool.Refuses(StatusCode.NotFound, "STREET_NOT_FOUND", null, headers => pool.Communities.CreateCommunityAsync(
            new() { Parent = "streets/330109999", CommunityId = "330109999001", Community = new Community { DisplayName = "x" }, RequestId = NewId() }, headers).ResponseAsync);

    [Fact]
    public Task A_treaty_with_an_unknown_street_is_refused() =>
        pool.Refuses(StatusCode.NotFound, "STREET_NOT_FOUND", "borrower", headers => pool.Streets.SetTreatyAsync(
            new() { Name = Beigan, Borrower = "streets/330109999", Open = true, RequestId = NewId() }, headers).ResponseAsync);
}
