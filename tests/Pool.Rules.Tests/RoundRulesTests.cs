using Pool.Actors;
using Pool.Rounds;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>The rounds of a street: what is done to it in which state, and when the next one is.</summary>
public sealed class RoundRulesTests
{
    private static readonly DemandId Other = DemandId.Parse("0d6f1c0a-0b52-4a6e-9a3d-0c8f5a3e7d11");

    private static readonly Minutes Every = Minutes.FromHours(1);

    private static readonly DateTimeOffset At = Some.Now.AddMinutes(10);

    private static readonly DateTimeOffset Next = RoundRules.NextAfter(At, Every);

    private static readonly Dictionary<string, Round> States = new()
    {
        ["none"] = Round.Empty,
        ["waiting"] = After(Joined(Some.Demand)),
        ["under way"] = After(Joined(Some.Demand), Begun(1)),
        ["under way, joined again"] = After(Joined(Some.Demand), Begun(1), Joined(Some.Demand)),
        ["over"] = After(Joined(Some.Demand), Begun(1), Ended(Some.Demand)),
        ["over, one waits"] = After(Joined(Some.Demand), Joined(Other), Begun(1), Ended(Other)),
    };

    [Theory]
    [InlineData("none", "+DemandJoined", "+RoundBegun", "-", "-")]
    [InlineData("waiting", "-", "+RoundBegun", "+RoundBegun", "-")]
    [InlineData("under way", "+DemandJoined", "RoundUnderWay", "-", "+RoundEnded")]
    [InlineData("under way, joined again", "-", "RoundUnderWay", "-", "+RoundEnded")]
    [InlineData("over", "+DemandJoined", "+RoundBegun", "-", "-")]
    [InlineData("over, one waits", "-", "+RoundBegun", "+RoundBegun", "-")]
    public void What_a_round_does_depends_on_its_state(string state, string join, string begin, string tick, string end)
    {
        var round = States[state];
        Assert.Equal(
            (join, begin, tick, end),
            (RoundRules.Join(round, Some.Street, Some.Demand, Every, At).Told(), RoundRules.Begin(round, Some.Street, null, At).Told(),
                RoundRules.Tick(round, Next).Told(), RoundRules.End(round, 1, [Some.Demand], RoundReport.Nothing, Every, Next).Told()));
    }

    [Fact]
    public void A_round_does_not_begin_before_its_time() => Assert.Equal("-", RoundRules.Tick(States["waiting"], Next.AddTicks(-1)).Told());

    [Fact]
    public void A_street_that_nobody_knows_has_no_round() =>
        Assert.Equal("StreetNotFound", RoundRules.Begin(Round.Empty, Some.Street, Refusal.Of(RefusalReason.StreetNotFound, Some.Street.Text), At).Told());

    [Fact]
    public void Another_round_is_not_ended_by_a_late_report() =>
        Assert.Equal("-", RoundRules.End(States["under way"], 7, [], RoundReport.Nothing, Every, Next).Told());

    [Fact]
    public void Who_joined_while_the_round_looked_at_others_waits_for_the_next_also_where_the_round_has_done_with_it()
    {
        var ended = After(States["under way, joined again"], RoundRules.End(States["under way, joined again"], 1, [Some.Demand], RoundReport.Nothing, Every, Next));
        Assert.Equal([Some.Demand], ended.Waiting);
        Assert.Equal(Next + Every.ToTimeSpan(), ended.NextAt);
    }

    [Fact]
    public void With_nobody_waiting_nothing_wakes_the_round()
    {
        Assert.Null(States["over"].DueAt);
        Assert.Equal(Next, States["waiting"].DueAt);
        Assert.NotNull(States["under way"].DueAt);
    }

    [Theory]
    [InlineData("2026-11-23T01:10:00Z", 60, "2026-11-23T02:00:00Z")]
    [InlineData("2026-11-23T02:00:00Z", 60, "2026-11-23T03:00:00Z")]
    [InlineData("2026-11-22T15:59:59Z", 60, "2026-11-22T16:00:00Z")]
    [InlineData("2026-11-23T01:10:00Z", 1_440, "2026-11-23T16:00:00Z")]
    [InlineData("2026-11-23T01:10:00Z", 10_080, "2026-11-29T16:00:00Z")]
    [InlineData("2026-11-29T15:00:00Z", 5_000, "2026-11-29T16:00:00Z")]
    [InlineData("2020-01-01T00:00:00Z", 60, "2020-01-01T01:00:00Z")]
    public void Rounds_are_counted_from_mondays_midnight_in_Shanghai(string now, int every, string next) =>
        Assert.Equal(DateTimeOffset.Parse(next, null), RoundRules.NextAfter(DateTimeOffset.Parse(now, null), new(every)));

    private static Round After(params RoundEvent[] happened) => happened.Aggregate(Round.Empty, (round, next) => round.Evolve(next));

    private static Round After(Round round, Decision<RoundEvent> decision) => decision.Events.Aggregate(round, (state, next) => state.Evolve(next));

    private static DemandJoined Joined(DemandId demand) => new(At, Some.Street, demand, Next);

    private static RoundBegun Begun(int number) => new(At, Some.Street, number);

    private static RoundEnded Ended(DemandId left) => new(At, [left], RoundReport.Nothing, left == Other ? Next : null);
}
