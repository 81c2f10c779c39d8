using Pool.Actors;
using Pool.Demands;
using Pool.Matching;
using Pool.Series;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>Demands that recur, and the people whom they want again.</summary>
public sealed class SeriesRulesTests
{
    private static readonly SeriesId Id = SeriesId.Parse("6f1c0a5e-0b52-4a6e-9a3d-0c8f5a3e7d11");

    private static readonly Answer<Skills.Skill> Skill = Answer<Skills.Skill>.Of(new(Some.Skill, "法律咨询", "Legal advice", "law", 100, false));

    /// <summary>The window of the first begins on Monday 2026-11-23 at 11:00 in Shanghai; all times are UTC.</summary>
    [Theory]
    [InlineData("FREQ=DAILY;COUNT=3", "11-23 03:00, 11-24 03:00, 11-25 03:00")]
    [InlineData("FREQ=WEEKLY;BYDAY=MO,TH;COUNT=3", "11-23 03:00, 11-26 03:00, 11-30 03:00")]
    [InlineData("FREQ=WEEKLY;BYDAY=TU;UNTIL=20261130T160000Z", "11-24 03:00")]
    [InlineData("FREQ=MONTHLY;BYDAY=2MO;COUNT=2", "12-14 03:00, 01-11 03:00")]
    [InlineData("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=1", "02-29 03:00")]
    public void It_occurs_by_its_rule_in_local_time(string rule, string expected)
    {
        var starts = new List<DateTimeOffset>();
        for (var next = Recurrence.First(rule, Some.Window.Start).Value as DateTimeOffset?; next is { } start; next = Recurrence.After(rule, Some.Window.Start, start))
        {
            starts.Add(start);
        }

        Assert.Equal(expected, string.Join(", ", starts.Select(start => start.ToString("MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture))));
    }

    [Theory]
    [InlineData("", "FieldRequired")]
    [InlineData("now and then", "RuleUnreadable")]
    [InlineData("COUNT=3", "RuleUnreadable")]
    [InlineData("FREQ=DAILY;COUNT=0", "RuleUnreadable")]
    [InlineData("RRULE:FREQ=DAILY", "RuleUnreadable")]
    [InlineData("FREQ=HOURLY", "FieldInvalid")]
    [InlineData("FREQ=DAILY;BYHOUR=9,10", "FieldInvalid")]
    [InlineData("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "RuleNeverOccurs")]
    [InlineData("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "RuleNeverOccurs")]
    [InlineData("FREQ=DAILY;UNTIL=20261101T000000Z", "RuleNeverOccurs")]
    public void A_rule_that_says_nothing_is_refused(string rule, string reason) =>
        Assert.Equal(reason, SeriesRules.Begin(DemandSeries.Empty, Id, Some.Home, Terms(rule), Skill, null, Some.Now).Told());

    [Fact]
    public void What_each_asks_for_is_checked_as_a_demand_is()
    {
        var terms = Terms("FREQ=DAILY");
        Assert.Equal("ValueOutOfRange", Begin(terms with { Each = Some.Terms(seats: 1_001) }));
        Assert.Equal("ValueOutOfRange", Begin(terms with { PostAhead = Minutes.FromHours((24 * 92) + 1) }));
        Assert.Equal("FieldInvalid", Begin(terms with { Each = Some.Terms() with { SameAs = Some.Demand } }));
        Assert.Equal("+SeriesBegun", Begin(terms));
        foreach (var start in new[] { DateTimeOffset.MinValue, DateTimeOffset.MaxValue.AddHours(-2) })
        {
            Assert.NotEqual("+SeriesBegun", Begin(terms with { Each = Some.Terms() with { Window = new(start, start.AddHours(1)) } }));
        }

        static string Begin(SeriesTerms terms) => SeriesRules.Begin(DemandSeries.Empty, Id, Some.Home, terms, Skill, null, Some.Now).Told();
    }

    [Fact]
    public void Each_occurrence_is_posted_ahead_of_its_window_and_one_that_is_refused_does_not_stop_the_others()
    {
        var series = Begun("FREQ=DAILY;COUNT=3", ahead: Minutes.FromHours(1));
        Assert.Equal(Some.Window.Start.AddHours(-1), series.DueAt);
        Assert.Null(SeriesRules.NextStep(series, series.DueAt!.Value.AddTicks(-1)));

        var first = SeriesRules.NextStep(series, series.DueAt.Value)!;
        Assert.Equal((1, Some.Window), (first.Number, first.Terms.Window));
        series = After(series, SeriesRules.Posted(series, first, null, Some.Now));
        Assert.Equal("-", SeriesRules.Posted(series, first, null, Some.Now).Told());

        var second = SeriesRules.NextStep(series, Some.Now.AddDays(9))!;
        Assert.Equal(new TimeWindow(Some.Window.Start.AddDays(1), Some.Window.End.AddDays(1)), second.Terms.Window);
        Assert.NotEqual(first.Demand, second.Demand);
        series = After(series, SeriesRules.Posted(series, second, Refusal.Of(RefusalReason.WindowInPast), Some.Now));
        series = After(series, SeriesRules.Posted(series, SeriesRules.NextStep(series, Some.Now.AddDays(9))!, null, Some.Now));

        Assert.Equal([first.Demand, null, series.DemandOf(3)], series.Occurrences.Select(occurrence => occurrence.Demand));
        Assert.Equal((false, null), (series.IsRunning, series.DueAt));
        Assert.Equal("SeriesEnded", SeriesRules.End(series, Id, "", Some.Now).Told());
    }

    [Fact]
    public void An_ended_series_posts_nothing_more()
    {
        var series = Begun("FREQ=DAILY", ahead: Minutes.Zero);
        var step = SeriesRules.NextStep(series, Some.Window.Start)!;
        series = After(series, SeriesRules.End(series, Id, "", Some.Now));
        Assert.Null(series.DueAt);
        Assert.Null(SeriesRules.NextStep(series, Some.Window.Start));
        Assert.Equal("-", SeriesRules.Posted(series, step, null, Some.Now).Told());
        Assert.Equal("SeriesNotFound", SeriesRules.End(DemandSeries.Empty, Id, "", Some.Now).Told());
    }

    [Fact]
    public void The_same_people_are_those_who_have_seats_of_the_earlier_demand()
    {
        var earlier = Some.Proposed().After(new ProposalAccepted(Some.Now, 1, [1]));
        var terms = Some.Terms() with { SameAs = earlier.Id };
        Assert.Equal([Some.Partner], Posted(terms, Answer<Demand>.Of(earlier)).People);
        Assert.Equal("NobodyTookPart", Post(terms, Answer<Demand>.Of(Some.Proposed())).Told());
        Assert.Equal("DemandNotFound", Post(terms, RefusalReason.DemandNotFound).Told());

        var demand = Demand.Empty.Evolve(Posted(terms, Answer<Demand>.Of(earlier)));
        Assert.Equal([Some.Partner], demand.Ring(0).People);
        Assert.Equal([Some.Partner], demand.After(DemandRules.Change(demand, Patch with { Reach = 3 }, Some.Now)).Ring(0).People);
        Assert.Empty(demand.After(DemandRules.Change(demand, Patch with { AnyPeople = true }, Some.Now)).Ring(0).People);

        static DemandPosted Posted(DemandTerms terms, Answer<Demand> earlier) => Assert.IsType<DemandPosted>(Assert.Single(Post(terms, earlier).Events));

        static Decision<DemandEvent> Post(DemandTerms terms, Answer<Demand> earlier) => DemandRules.Post(Some.Demand, Some.Home, terms, Skill, null, null, earlier, Some.Now);
    }

    [Fact]
    public void Others_are_left_out_and_a_cure_counts_them()
    {
        var facts = new[] { Some.Partner.Text, Some.Stranger.Text }.Select(SomeStreet.Facts).ToList();
        var street = SomeStreet.Of(SomeStreet.Profile(Some.Street, Some.OtherStreet), SomeStreet.Index(facts.Select(known => Some.Offer(known.Partner)), facts));
        var found = MatchRules.Search(street, new(), Some.Posted(seats: 2).Ring(0) with { People = [Some.Partner] }, Some.Now);
        Assert.Equal(Some.Partner, Assert.Single(found.Candidates).Offer.Partner);
        Assert.Equal(CandidateReason.OtherPeople, Assert.Single(found.Refused).Reason);
        Assert.Equal([new(CureKind.AskOthers, 1)], found.Cures);
    }

    private static DemandPatch Patch => new(null, null, null, null, null, null, null, null);

    private static SeriesTerms Terms(string rule) => new(Some.Terms(), rule, Minutes.Zero, false);

    private static DemandSeries Begun(string rule, Minutes ahead) =>
        After(DemandSeries.Empty, SeriesRules.Begin(DemandSeries.Empty, Id, Some.Home, Terms(rule) with { PostAhead = ahead }, Skill, null, Some.Now));

    private static DemandSeries After(DemandSeries series, Decision<SeriesEvent> decision)
    {
        Assert.Null(decision.Refusal);
        return decision.Events.Aggregate(series, (state, next) => state.Evolve(next));
    }
}
