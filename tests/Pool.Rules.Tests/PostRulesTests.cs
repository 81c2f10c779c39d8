using System.Collections.Immutable;
using Pool.Actors;
using Pool.Demands;
using Pool.Offers;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>Every bad input of a demand's terms with its reason and its field, and the last good input beside it.</summary>
public sealed class PostRulesTests
{
    private static readonly DemandTerms Good = Some.Terms();

    private static readonly (string Name, DemandTerms Terms, string Field, RefusalReason Reason)[] Bad =
    [
        ("no title", Good with { Title = "" }, "demand.title", RefusalReason.FieldRequired),
        ("a blank title", Good with { Title = " \t\u3000" }, "demand.title", RefusalReason.FieldRequired),
        ("a long title", Good with { Title = new('字', 201) }, "demand.title", RefusalReason.TextTooLong),
        ("a long description", Good with { Description = new('字', 2_001) }, "demand.description", RefusalReason.TextTooLong),
        ("level 0", Good with { MinLevel = 0 }, "demand.min_level", RefusalReason.ValueOutOfRange),
        ("level 6", Good with { MinLevel = 6 }, "demand.min_level", RefusalReason.ValueOutOfRange),
        ("no seat", Good with { Seats = 0 }, "demand.seats", RefusalReason.ValueOutOfRange),
        ("fewer than no seats", Good with { Seats = -1 }, "demand.seats", RefusalReason.ValueOutOfRange),
        ("1001 seats", Good with { Seats = 1_001 }, "demand.seats", RefusalReason.ValueOutOfRange),
        ("reach -1", Good with { Reach = -1 }, "demand.reach", RefusalReason.ValueOutOfRange),
        ("reach 4", Good with { Reach = 4 }, "demand.reach", RefusalReason.ValueOutOfRange),
        ("14 minutes", Good with { Duration = new(14) }, "demand.duration_minutes", RefusalReason.ValueOutOfRange),
        ("1441 minutes", Good with { Duration = new(1_441) }, "demand.duration_minutes", RefusalReason.ValueOutOfRange),
        ("more minutes than a calendar has", Good with { Duration = new(long.MaxValue) }, "demand.duration_minutes", RefusalReason.ValueOutOfRange),
        ("no fee mode", Good with { FeeModes = [] }, "demand.fee_modes", RefusalReason.FieldRequired),
        ("an unspecified fee mode", Good with { FeeModes = [FeeMode.Volunteer, 0] }, "demand.fee_modes", RefusalReason.FieldRequired),
        ("an unknown fee mode", Good with { FeeModes = [(FeeMode)4] }, "demand.fee_modes", RefusalReason.FieldRequired),
        ("a fee mode twice", Good with { FeeModes = [FeeMode.LowFee, FeeMode.LowFee] }, "demand.fee_modes", RefusalReason.FieldInvalid),
        ("no urgency", Good with { Urgency = 0 }, "demand.urgency", RefusalReason.FieldRequired),
        ("an unknown urgency", Good with { Urgency = (Urgency)4 }, "demand.urgency", RefusalReason.FieldRequired),
        ("no mode", Good with { Mode = 0 }, "demand.dispatch_mode", RefusalReason.FieldRequired),
        ("a broadcast that asks nobody", Good with { Mode = DispatchMode.Broadcast }, "demand.ask_at_once", RefusalReason.BroadcastAsksNobody),
        ("a broadcast that asks fewer than nobody", Good with { Mode = DispatchMode.Broadcast, AskAtOnce = -1 }, "demand.ask_at_once", RefusalReason.ValueOutOfRange),
        ("a broadcast that asks 101", Good with { Mode = DispatchMode.Broadcast, AskAtOnce = 101 }, "demand.ask_at_once", RefusalReason.ValueOutOfRange),
        ("a sequence that asks several at once", Good with { AskAtOnce = 2 }, "demand.ask_at_once", RefusalReason.FieldInvalid),
        ("an empty window", Within(2 * 60, 2 * 60), "demand.window_end_time", RefusalReason.WindowEndsBeforeStart),
        ("a window backwards", Within(4 * 60, 2 * 60), "demand.window_end_time", RefusalReason.WindowEndsBeforeStart),
        ("a window gone by", Within(-4 * 60, -60), "demand.window_end_time", RefusalReason.WindowInPast),
        ("a window of which just the service's length is left", Within(-60, 60), "demand.window_end_time", RefusalReason.WindowInPast),
        ("a window shorter than the service", Within(24 * 60, (24 * 60) + 59), "demand.window_end_time", RefusalReason.WindowTooShort),
        ("a short window that begins soon", Within(10, 60), "demand.window_end_time", RefusalReason.WindowTooShort),
        ("a window of more than 92 days", Within(60, 60 + (92 * 24 * 60) + 1), "demand.window_end_time", RefusalReason.WindowTooLong),
    ];

    private static readonly (string Name, DemandTerms Terms)[] Fine =
    [
        ("the longest texts", Good with { Title = new('字', 200), Description = new('字', 2_000) }),
        ("the least level, seats and reach", Good with { MinLevel = 1, Seats = 1, Reach = 0 }),
        ("the most level, seats and reach", Good with { MinLevel = 5, Seats = 1_000, Reach = 3 }),
        ("the shortest service", Good with { Duration = new(15) }),
        ("the longest service", Within(60, 60 + (48 * 60)) with { Duration = new(1_440) }),
        ("all fee modes", Good with { FeeModes = [FeeMode.LowFee, FeeMode.Volunteer, FeeMode.TimeCredit] }),
        ("a broadcast that asks one", Good with { Mode = DispatchMode.Broadcast, AskAtOnce = 1 }),
        ("a broadcast that asks a hundred, in an emergency", Good with { Mode = DispatchMode.Broadcast, AskAtOnce = 100, Urgency = Urgency.Emergency }),
        ("a window just as long as the service", Within(60, 120)),
        ("a window under way with a minute to spare", Within(-60, 61)),
        ("a window of 92 days", Within(60, 60 + (92 * 24 * 60))),
    ];

    public static TheoryData<string> BadNames() => [.. Bad.Select(row => row.Name)];

    public static TheoryData<string> FineNames() => [.. Fine.Select(row => row.Name)];

    [Theory, MemberData(nameof(BadNames))]
    public void A_demand_is_refused_for(string what)
    {
        var (_, terms, field, reason) = Bad.Single(row => row.Name == what);
        var decision = Some.Post(terms);
        Assert.Equal(reason, decision.Refusal?.Reason);
        Assert.Equal([field], decision.Refusal!.Fields);
        Assert.Empty(decision.Events);
    }

    [Theory, MemberData(nameof(FineNames))]
    public void A_demand_may_have(string what)
    {
        var terms = Fine.Single(row => row.Name == what).Terms;
        var posted = Assert.Single(Some.Post(terms).Events);
        Assert.Equal(new DemandPosted(Some.Now, Some.Demand, Some.Home, terms, false), posted);
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    public void A_certificate_is_required_where_the_skill_needs_one_and_the_demand_does_not_waive_it(bool needed, bool waived, bool required)
    {
        var decision = Some.Post(Good with { WaiveCertificate = waived }, needed);
        Assert.Equal(required, Assert.IsType<DemandPosted>(Assert.Single(decision.Events)).RequiresCertificate);
    }

    [Fact]
    public void A_posted_demand_is_open_owes_its_search_and_searches_its_own_community_first()
    {
        var demand = Some.Posted();
        Assert.Equal(DemandStatus.Open, demand.Status);
        Assert.Equal(Some.Now + Patience.ForStep, demand.DueAt);
        var step = Assert.IsType<SearchRing>(DemandRules.NextStep(demand, Some.Now));
        Assert.Equal(0, step.Ring);
        Assert.Equal(ImmutableArray.Create(Some.Street), step.Streets);
    }

    private static DemandTerms Within(int fromMinutes, int toMinutes) =>
        Good with { Window = new(Some.Now.AddMinutes(fromMinutes), Some.Now.AddMinutes(toMinutes)) };
}
