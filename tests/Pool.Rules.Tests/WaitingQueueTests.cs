using Pool.Demands;
using Pool.Matching;
using Pool.Streets;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>Who is called when somebody becomes free, and in which order.</summary>
public sealed class WaitingQueueTests
{
    private readonly WaitingQueue _queue = new(asOf: 7);

    private readonly StreetHints _hints = new();

    private readonly Street _street = SomeStreet.Of(
        SomeStreet.Profile(Some.Street, Some.OtherStreet), SomeStreet.Index([Some.Offer(Some.Partner)], [SomeStreet.Facts(Some.Partner.Text)]));

    private readonly Dictionary<DemandId, string> _names = [];

    [Fact]
    public void The_oldest_urgent_demand_is_first_and_none_is_behind_for_ever()
    {
        Enter("routine of three days ago", Urgency.Routine, hoursAgo: 73);
        Enter("urgent of now", Urgency.Urgent, hoursAgo: 0);
        Enter("urgent of an hour ago", Urgency.Urgent, hoursAgo: 1);
        Enter("routine of now", Urgency.Routine, hoursAgo: 0);
        Enter("emergency of now", Urgency.Emergency, hoursAgo: 0);
        Assert.Equal(
            ["routine of three days ago", "emergency of now", "urgent of an hour ago", "urgent of now", "routine of now"],
            Called(Some.Partner));
    }

    [Fact]
    public void Only_those_are_called_whom_the_partner_fits()
    {
        Enter("another skill", query: query => query with { Skill = SkillCode.Parse("gardening") });
        Enter("a higher level", query: query => query with { MinLevel = 5 });
        Enter("asked before", query: query => query with { Asked = [Some.Partner] });
        Enter("of another community that reaches no farther", query: query => query with { Home = Some.Neighbour, Ring = 0 });
        Enter("of another community", query: query => query with { Home = Some.Neighbour });
        Enter("of home");
        Assert.Equal(["of another community", "of home"], Called(Some.Partner));
        Assert.Empty(Called(Some.Stranger));
    }

    [Fact]
    public void Whose_calendar_refused_is_called_for_when_it_has_time_since_and_not_before()
    {
        _queue.Free(Some.Partner);
        Enter("refused", query: query => query with { Tried = [Some.Offer(Some.Partner).Offer] });
        Assert.Empty(Called(Some.Partner));
        _queue.Free(Some.Partner);
        Assert.Equal(["refused"], Called(Some.Partner));
        _hints.Calendars[Some.Partner] = new([Some.Window], Some.Hour);
        Assert.Empty(Called(Some.Partner));
    }

    [Fact]
    public void Who_searches_again_by_itself_is_called_no_more()
    {
        Enter("late");
        Assert.Empty(_queue.For(Some.Partner, _street, _hints, Some.Now.AddMinutes(15)));
        Assert.True(_queue.IsEmpty);
    }

    private void Enter(string name, Urgency urgency = Urgency.Routine, int hoursAgo = 0, Func<RingQuery, RingQuery>? query = null)
    {
        var id = DemandId.Parse($"00000000-0000-0000-0000-{_names.Count + 1:d12}");
        _names[id] = name;
        var asked = Some.Posted().Ring(1);
        _queue.Enter(new(id, urgency, Some.Now.AddHours(-hoursAgo), _queue.AsOf, Some.Now.AddMinutes(15), query?.Invoke(asked) ?? asked));
    }

    private IEnumerable<string> Called(PartnerId partner) =>
        _queue.For(partner, _street, _hints, Some.Now).Select(waiting => _names[waiting.Demand]);
}
