using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>Demands that recur. They have a pool of their own, because the clock moves for everybody.</summary>
public sealed class SeriesTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task Each_occurrence_is_a_demand_of_its_own_and_one_that_comes_too_late_does_not_stop_the_series()
    {
        await pool.AddSkill("lantern-lighting");
        var series = await Begin("lantern-lighting", "FREQ=DAILY;COUNT=4", aheadHours: 24);
        Assert.True(series.Running);
        var first = await Occurred(series, 1);
        Assert.Equal(series.Each.WindowStartTime, first.StartTime);
        var demand = await pool.Demands.GetDemandAsync(new() { Name = first.Demand });
        Assert.Equal((series.Each.Title, series.Each.WindowStartTime, series.Each.WindowEndTime), (demand.Title, demand.WindowStartTime, demand.WindowEndTime));

        // The pool sleeps for two days: the window of the second has passed when it wakes.
        pool.Clock.Advance(TimeSpan.FromHours(50));
        var last = await Occurred(series, 4);
        var ended = await pool.Series.GetSeriesAsync(new() { Name = series.Name });
        Assert.Equal(["", "WINDOW_IN_PAST", "", ""], ended.Occurrences.Select(occurrence => occurrence.Refusal));
        Assert.Equal((false, null), (ended.Running, ended.NextStartTime));
        Assert.Equal(series.Each.WindowStartTime.ToDateTime().AddDays(3), last.StartTime.ToDateTime());
        Assert.Equal(3, ended.Occurrences.Select(occurrence => occurrence.Demand).Where(name => name.Length > 0).Distinct().Count());
    }

    [Fact]
    public async Task The_same_people_come_again_and_a_clerk_may_ask_others()
    {
        await pool.AddSkill("erhu-playing");
        var partners = new List<string> { await pool.AddPartner(Home, "erhu-one", "skills/erhu-playing"), await pool.AddPartner(Home, "erhu-two", "skills/erhu-playing") };
        var series = await Begin("erhu-playing", "FREQ=DAILY;COUNT=2", aheadHours: 1, samePeople: true);
        var first = await Proposed((await Occurred(series, 1)).Demand);
        var came = first.Proposals[0].Partner;
        await pool.Dispatch.AcceptProposalAsync(new() { Name = first.Proposals[0].Name, Partner = came, RequestId = NewId() });

        // Who came is the busier one now, and would be asked last.
        pool.Clock.Advance(TimeSpan.FromHours(24));
        var second = await Proposed((await Occurred(series, 2)).Demand);
        Assert.Equal(came, second.Proposals[0].Partner);
        Assert.Equal([came[(came.LastIndexOf('/') + 1)..]], second.People);
        Assert.Equal(first.Name[^36..], second.SamePeopleAs);
        await pool.Dispatch.DeclineProposalAsync(new() { Name = second.Proposals[0].Name, Partner = came, Reason = DeclineReason.NoTime, RequestId = NewId() });
        var waiting = await pool.Until(second, now => now.RetryTime is not null);
        pool.Clock.Advance(TimeSpan.FromMinutes(16));
        await pool.Recorded($"demand/{second.Name[^36..]}", "demand.queued", times: 2);
        var explained = await pool.Demands.ExplainDemandAsync(new() { Name = waiting.Name });
        Assert.Contains(explained.Searches.SelectMany(search => search.Streets).SelectMany(street => street.Cures), cure => cure.Kind == CureKind.AskOthers);

        await pool.Demands.UpdateDemandAsync(new() { Demand = new() { Name = second.Name }, UpdateMask = FieldMask.FromString("same_people_as"), RequestId = NewId() });
        var asked = await pool.Until(second, now => now.Proposals.Count == 2);
        Assert.Equal(partners.Single(partner => partner != came), asked.Proposals[1].Partner);
    }

    [Fact]
    public async Task A_series_is_listed_until_it_is_ended_and_its_request_has_one_effect()
    {
        await pool.AddSkill("zither-playing");
        var request = Creation("zither-playing", "FREQ=WEEKLY;BYDAY=MO,WE", aheadHours: 1);
        var series = await pool.Series.CreateSeriesAsync(request);
        Assert.Equal(series, await pool.Series.CreateSeriesAsync(request));
        Assert.Equal(request.RequestId, series.Name[^36..]);
        Assert.Contains(series.Name, await Listed("running = true"));

        var ended = await pool.Series.EndSeriesAsync(new() { Name = series.Name, Reason = "nobody plays", RequestId = NewId() });
        Assert.Equal((false, null), (ended.Running, ended.NextPostTime));
        Assert.DoesNotContain(series.Name, await Listed("running = true"));
        Assert.Contains(series.Name, await Listed("running = false"));
        await pool.Refuses(StatusCode.NotFound, "SERIES_NOT_FOUND", null, headers => pool.Series.GetSeriesAsync(new() { Name = series.Name.Replace("002051", "002052", StringComparison.Ordinal) }, headers).ResponseAsync);
    }

    [Theory]
    [InlineData("skill", "NAME_INVALID", "series.each.skill")]
    [InlineData("title", "FIELD_REQUIRED", "series.each.title")]
    [InlineData("same people", "FIELD_INVALID", "series.each.same_people_as")]
    [InlineData("rule", "TEXT_TOO_LONG", "series.rule")]
    public async Task A_fault_is_told_at_the_field_in_which_the_request_has_it(string what, string reason, string field)
    {
        var request = Creation("elder-care", "FREQ=DAILY", aheadHours: 1);
        var each = request.Series.Each;
        (each.Skill, each.Title, each.SamePeopleAs, request.Series.Rule) = what switch
        {
            "skill" => ("gong", each.Title, "", request.Series.Rule),
            "title" => (each.Skill, "", "", request.Series.Rule),
            "same people" => (each.Skill, each.Title, "those of yesterday", request.Series.Rule),
            _ => (each.Skill, each.Title, "", $"FREQ=DAILY;BYMONTH={string.Join(',', Enumerable.Repeat(12, 200))}"),
        };

        await pool.Refuses(StatusCode.InvalidArgument, reason, field, headers => pool.Series.CreateSeriesAsync(request, headers).ResponseAsync);
    }

    private async Task<IEnumerable<string>> Listed(string filter) =>
        (await pool.Series.ListSeriesAsync(new() { Parent = $"{Beigan}/communities/-", Filter = filter, MinPosition = pool.Journal.Head })).Series.Select(series => series.Name);

    private async Task<V1.Series> Begin(string skill, string rule, int aheadHours, bool samePeople = false)
    {
        var request = Creation(skill, rule, aheadHours);
        request.Series.SamePeople = samePeople;
        return await pool.Series.CreateSeriesAsync(request);
    }

    private CreateSeriesRequest Creation(string skill, string rule, int aheadHours) => new()
    {
        Parent = Home,
        Series = new() { Each = pool.NewDemand(reach: 1, skill: $"skills/{skill}"), Rule = rule, PostAheadMinutes = aheadHours * 60 },
        RequestId = NewId(),
    };

    /// <summary>Waits until an occurrence was posted or refused.</summary>
    private async Task<Occurrence> Occurred(V1.Series series, int number)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var head = pool.Journal.Head;
            var now = await pool.Series.GetSeriesAsync(new() { Name = series.Name });
            if (now.Occurrences.FirstOrDefault(occurrence => occurrence.Number == number) is { } occurrence)
            {
                return occurrence;
            }

            await pool.Journal.WaitBeyond(head, patience.Token);
        }
    }

    private async Task<Demand> Proposed(string demand) => await pool.Until(await pool.Demands.GetDemandAsync(new() { Name = demand }), now => now.Proposals.Count == 1);
}
