using Pool.Partners;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

public sealed class CalendarTests
{
    private static readonly DateTimeOffset Morning = Some.Now.AddDays(1);

    [Fact]
    public void A_partner_is_full_where_reservations_take_all_its_people_together()
    {
        var calendar = Taken((0, 3, 1), (1, 2, 1), (2, 4, 2));

        Assert.Equal([Hours(1, 4)], calendar.Full(2, Some.Now));
        Assert.Equal([Hours(2, 3)], calendar.Full(3, Some.Now));
        Assert.Empty(calendar.Full(4, Some.Now));
        Assert.Equal([Hours(0, 4)], calendar.Full(1, Some.Now));
    }

    [Fact]
    public void Who_leaves_as_another_comes_leaves_no_gap_and_takes_no_more_people()
    {
        var calendar = Taken((0, 1, 1), (1, 2, 1), (0, 2, 1));

        Assert.Equal([Hours(0, 2)], calendar.Full(2, Some.Now));
        Assert.Empty(calendar.Full(3, Some.Now));
    }

    [Fact]
    public void An_ended_hold_is_remembered_for_thirty_days_and_not_for_ever()
    {
        var old = Enumerable.Range(0, 100).Aggregate(Calendar.Empty, (calendar, hold) => calendar.End(Hold(hold), Some.Now.AddMinutes(hold)));
        Assert.Equal(100, old.Ended.Count);

        var late = Enumerable.Range(100, 100).Aggregate(old, (calendar, hold) => calendar.End(Hold(hold), Some.Now.AddDays(31)));

        Assert.Equal(Enumerable.Range(100, 100).Select(Hold).OrderBy(hold => hold.Text), late.Ended.Keys.OrderBy(hold => hold.Text));
    }

    private static Calendar Taken(params (int From, int To, int People)[] reservations) => reservations.Index().Aggregate(Calendar.Empty, (calendar, taken) => calendar.With(
        new(Hold(taken.Index), new OfferId(Some.Partner, "advice"), Hours(taken.Item.From, taken.Item.To), null, taken.Item.People, 0, Some.Now)));

    private static HoldId Hold(int number) => new(new DemandId(new Guid(number + 1, 0, 0, new byte[8])), 1);

    private static TimeWindow Hours(int from, int to) => new(Morning.AddHours(from), Morning.AddHours(to));
}
