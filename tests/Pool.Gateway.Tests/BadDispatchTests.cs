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
    public async Task A_treaty_that_names_too_many_skills_or_minutes_is_refused()
    {
        var many = new TreatyTerms { Skills = { Enumerable.Range(0, 101).Select(number => $"skills/skill-{number}") } };
        await pool.Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "terms.skills", headers => Sign(many, headers));
        await pool.Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "terms.minutes_per_quarter", headers => Sign(new() { MinutesPerQuarter = 60_000_001 }, headers));
        await pool.Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "terms.trust_limit_minutes", headers => Sign(new() { TrustLimitMinutes = -1 }, headers));

        Task Sign(TreatyTerms terms, Metadata headers) =>
            pool.Streets.SetTreatyAsync(new() { Name = Beigan, Borrower = Xintang, Open = true, Terms = terms, RequestId = NewId() }, headers).ResponseAsync;
    }

    [Fact]
    public async Task A_recall_without_a_reason_or_of_no_treaty_is_refused()
    {
        await pool.Refuses(StatusCode.InvalidArgument, "FIELD_REQUIRED", "reason", headers => pool.Treaties.RecallTreatyAsync(
            new() { Name = $"{Xintang}/treaties/{Beigan[^9..]}", RequestId = NewId() }, headers).ResponseAsync);
        await pool.Refuses(StatusCode.NotFound, "TREATY_NOT_FOUND", null, headers => pool.Treaties.RecallTreatyAsync(
            new() { Name = $"{Beigan}/treaties/330109998", Reason = "we need them", RequestId = NewId() }, headers).ResponseAsync);
    }

    [Fact]
    public Task More_holidays_than_days_of_a_year_are_refused() =>
        pool.Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "street.holidays", headers => pool.Streets.UpdateStreetAsync(
            new()
            {
                Street = new() { Name = Beigan, Holidays = { Enumerable.Range(0, 367).Select(day => $"{new DateOnly(2027, 1, 1).AddDays(day):yyyy-MM-dd}") } },
                UpdateMask = new() { Paths = { "holidays" } },
                RequestId = NewId(),
            }, headers).ResponseAsync);

    [Fact]
    public Task A_treaty_with_an_unknown_street_is_refused() =>
        pool.Refuses(StatusCode.NotFound, "STREET_NOT_FOUND", "borrower", headers => pool.Streets.SetTreatyAsync(
            new() { Name = Beigan, Borrower = "streets/330109999", Open = true, RequestId = NewId() }, headers).ResponseAsync);
}
