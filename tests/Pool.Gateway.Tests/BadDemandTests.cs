using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>Demands that are refused, each with its documented reason, and nothing written.</summary>
public sealed class BadDemandTests(TestPool pool) : IClassFixture<TestPool>
{
    private DateTimeOffset Now => pool.Clock.GetUtcNow();

    [Fact]
    public Task An_unknown_community_is_not_found() =>
        Refused(StatusCode.NotFound, "COMMUNITY_NOT_FOUND", null, _ => { }, $"{Beigan}/communities/330109002999");

    [Fact]
    public Task A_community_of_another_street_is_refused() =>
        Refused(StatusCode.InvalidArgument, "COMMUNITY_NOT_IN_STREET", "parent", _ => { }, $"{Xintang}/communities/330109002051");

    [Fact]
    public Task A_malformed_parent_is_refused() => Refused(StatusCode.InvalidArgument, "NAME_INVALID", "parent", _ => { }, "streets/x/communities/y");

    [Fact]
    public Task An_unknown_skill_is_not_found() => Refused(StatusCode.NotFound, "SKILL_NOT_FOUND", "demand.skill", demand => demand.Skill = "skills/alchemy");

    [Fact]
    public Task A_window_that_ends_before_its_start_is_refused() =>
        Refused(StatusCode.InvalidArgument, "WINDOW_ENDS_BEFORE_START", "demand.window_end_time", demand => demand.WindowEndTime = At(-TimeSpan.FromHours(1)));

    [Fact]
    public Task A_window_in_the_past_is_refused() => Refused(StatusCode.InvalidArgument, "WINDOW_IN_PAST", "demand.window_end_time", demand =>
    {
        demand.WindowStartTime = At(-TimeSpan.FromHours(5));
        demand.WindowEndTime = At(-TimeSpan.FromHours(1));
    });

    [Fact]
    public Task A_window_too_short_for_the_service_is_refused() => Refused(StatusCode.InvalidArgument, "WINDOW_TOO_SHORT", "demand.window_end_time", demand =>
    {
        demand.WindowStartTime = At(TimeSpan.FromHours(1));
        demand.WindowEndTime = At(TimeSpan.FromMinutes(119));
    });

    [Fact]
    public Task A_window_over_its_limit_is_refused() =>
        Refused(StatusCode.InvalidArgument, "WINDOW_TOO_LONG", "demand.window_end_time", demand => demand.WindowEndTime = At(TimeSpan.FromDays(94)));

    [Theory]
    [InlineData(0)]
    [InlineData(1_001)]
    [InlineData(-1)]
    public Task Seats_out_of_range_are_refused(int seats) => Refused(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "demand.seats", demand => demand.Seats = seats);

    [Theory]
    [InlineData(14)]
    [InlineData(1_441)]
    public Task A_duration_out_of_range_is_refused(long minutes) =>
        Refused(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "demand.duration_minutes", demand => demand.DurationMinutes = minutes);

    [Fact]
    public Task A_reach_beyond_the_third_ring_is_refused() => Refused(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "demand.reach", demand => demand.Reach = 4);

    [Fact]
    public Task A_title_over_its_limit_is_refused() =>
        Refused(StatusCode.InvalidArgument, "TEXT_TOO_LONG", "demand.title", demand => demand.Title = new string('长', 201));

    [Fact]
    public Task A_description_over_its_limit_is_refused() =>
        Refused(StatusCode.InvalidArgument, "TEXT_TOO_LONG", "demand.description", demand => demand.Description = new string('x', 2_001));

    [Fact]
    public Task A_demand_without_a_title_is_refused() => Refused(StatusCode.InvalidArgument, "FIELD_REQUIRED", "demand.title", demand => demand.Title = " ");

    [Fact]
    public Task A_demand_without_fee_modes_is_refused() => Refused(StatusCode.InvalidArgument, "FIELD_REQUIRED", "demand.fee_modes", demand => demand.FeeModes.Clear());

    [Fact]
    public Task A_demand_without_a_window_is_refused() =>
        Refused(StatusCode.InvalidArgument, "FIELD_REQUIRED", "demand.window_start_time", demand => demand.WindowStartTime = null);

    [Theory]
    [InlineData("", "FIELD_REQUIRED")]
    [InlineData("not-a-uuid", "REQUEST_ID_INVALID")]
    [InlineData("00000000-0000-0000-0000-000000000000", "REQUEST_ID_INVALID")]
    public Task A_request_id_that_is_no_uuid_is_refused(string requestId, string reason) =>
        pool.Refuses(StatusCode.InvalidArgument, reason, "request_id", headers =>
            pool.Demands.PostDemandAsync(new() { Parent = Home, Demand = pool.NewDemand(), RequestId = requestId }, headers).ResponseAsync);

    [Fact]
    public async Task The_same_request_id_gives_the_same_answer_and_refuses_another_body()
    {
        var request = new PostDemandRequest { Parent = Home, Demand = pool.NewDemand(reach: 0), RequestId = NewId() };
        var first = await pool.Demands.PostDemandAsync(request);
        await pool.Until(first, demand => demand.RetryTime is not null);
        var head = pool.Journal.Head;

        Assert.Equal(first, await pool.Demands.PostDemandAsync(request));
        Assert.Equal(head, pool.Journal.Head);
        request.Demand.Title = "Another title";
        await pool.Refuses(StatusCode.InvalidArgument, "REQUEST_ID_REUSED", "request_id", headers => pool.Demands.PostDemandAsync(request, headers).ResponseAsync);
    }

    private Timestamp At(TimeSpan fromNow) => Timestamp.FromDateTimeOffset(Now + fromNow);

    private Task Refused(StatusCode code, string reason, string? field, Action<Demand> spoil, string parent = Home) =>
        pool.Refuses(code, reason, field, headers =>
        {
            var demand = pool.NewDemand();
            spoil(demand);
            return pool.Demands.PostDemandAsync(new() { Parent = parent, Demand = demand, RequestId = NewId() }, headers).ResponseAsync;
        });
}
