using System.Net;
using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>A partner's own calendar in, its bookings out. The clock stands at Monday 2026-11-23, 08:00 in Shanghai.</summary>
public sealed class CalendarTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task Busy_times_are_read_in_the_zone_that_they_are_in_and_rules_are_followed_for_a_year()
    {
        var partner = await pool.AddPartner(Home, "diary-keeper", await Skill("diary-keeping"));
        var read = await Import(partner, $"""
            BEGIN:VCALENDAR
            VERSION:2.0
            BEGIN:VEVENT
            UID:utc
            DTSTART:20261123T020000Z
            DTEND:20261123T030000Z
            END:VEVENT
            BEGIN:VEVENT
            UID:beijing
            DTSTART;TZID=Asia/Shanghai:20261124T100000
            DTEND;TZID=Asia/Shanghai:20261124T120000
            END:VEVENT
            BEGIN:VEVENT
            UID:floating, touching the one before
            DTSTART:20261124T120000
            DURATION:PT1H
            END:VEVENT
            BEGIN:VEVENT
            UID:a whole day
            DTSTART;VALUE=DATE:20261126
            END:VEVENT
            BEGIN:VEVENT
            UID:over
            DTSTART:20261120T020000Z
            DTEND:20261120T030000Z
            END:VEVENT
            BEGIN:VEVENT
            UID:free
            DTSTART:20261127T020000Z
            DTEND:20261127T030000Z
            TRANSP:TRANSPARENT
            END:VEVENT
            BEGIN:VEVENT
            UID:cancelled
            DTSTART:20261127T020000Z
            DTEND:20261127T030000Z
            STATUS:CANCELLED
            END:VEVENT
            END:VCALENDAR
            """);
        Assert.Equal(
            [("2026-11-23T02:00", "2026-11-23T03:00"), ("2026-11-24T02:00", "2026-11-24T05:00"), ("2026-11-25T16:00", "2026-11-26T16:00")],
            read.Busy.Select(Told));

        // The next one replaces the last.
        var weekly = await Import(partner, "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:w\nDTSTART:20260105T020000Z\nDTEND:20260105T030000Z\nRRULE:FREQ=WEEKLY\nEND:VEVENT\nEND:VCALENDAR");
        Assert.Equal(("2026-11-23T02:00", "2026-11-23T03:00"), Told(weekly.Busy[0]));
        Assert.Equal(53, weekly.Busy.Count);
    }

    [Fact]
    public async Task Nobody_is_asked_for_a_time_at_which_the_own_calendar_says_busy()
    {
        var skill = await Skill("busy-by-diary");
        var partner = await pool.AddPartner(Home, "diary-holder", skill);
        var demand = pool.NewDemand(reach: 0, skill: skill);
        await Import(partner, "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:day\nDTSTART;VALUE=DATE:20261123\nEND:VEVENT\nEND:VCALENDAR");
        var waiting = await pool.Post(demand);
        await pool.Until(waiting, now => now.RetryTime is not null);

        await Import(partner, "BEGIN:VCALENDAR\nEND:VCALENDAR");
        Assert.Equal(partner, (await pool.Until(waiting, now => now.Proposals.Count == 1)).Proposals[0].Partner);
    }

    [Theory]
    [InlineData("no zone of this world", "CALENDAR_UNREADABLE", "DTSTART;TZID=Nowhere/Land:20261201T010000\nDTEND;TZID=Nowhere/Land:20261201T020000")]
    [InlineData("free or busy", "CALENDAR_UNREADABLE", "DTSTART:20261201T010000Z\nEND:VEVENT\nBEGIN:VFREEBUSY\nUID:b\nFREEBUSY:20261201T010000Z/PT1H\nEND:VFREEBUSY\nBEGIN:VEVENT\nDTSTART:20261201T010000Z")]
    [InlineData("no date", "CALENDAR_UNREADABLE", "DTSTART:soon")]
    [InlineData("no end", "CALENDAR_UNREADABLE", "DTSTART:20261201T010000Z\nDTEND:banana")]
    [InlineData("no length", "CALENDAR_UNREADABLE", "DTSTART:20261201T010000Z\nDURATION:banana")]
    [InlineData("two rules", "CALENDAR_UNREADABLE", "DTSTART:20261201T010000Z\nDTEND:20261201T010001Z\nRRULE:FREQ=DAILY\nRRULE:FREQ=SECONDLY")]
    [InlineData("never", "CALENDAR_UNREADABLE", "DTSTART:20261201T010000Z\nDTEND:20261201T010001Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")]
    [InlineData("every second since 1970", "CALENDAR_TOO_LARGE", "DTSTART:19700101T010000Z\nDTEND:19700101T010001Z\nRRULE:FREQ=SECONDLY")]
    [InlineData("every second of no day", "CALENDAR_TOO_LARGE", "DTSTART:20261201T010000Z\nDTEND:20261201T010001Z\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30")]
    [InlineData("all the time unblocked", "CALENDAR_TOO_LARGE", "TRANSP:TRANSPARENT\nDTSTART:20261201T010000Z\nDTEND:20261201T010001Z\nRRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=0,1,2,3,4;BYSECOND=0,1,2,3")]
    [InlineData("every second", "CALENDAR_TOO_LARGE", "DTSTART:20261201T010000Z\nDTEND:20261201T010001Z\nRRULE:FREQ=SECONDLY")]
    [InlineData("every hour", "CALENDAR_TOO_LARGE", "DTSTART:20261201T010000Z\nDTEND:20261201T011000Z\nRRULE:FREQ=HOURLY")]
    public async Task A_text_that_says_nothing_or_too_much_is_refused(string what, string reason, string lines)
    {
        var partner = await pool.AddPartner(Home, $"refused-{what.Replace(' ', '-')}", await Skill($"refused-{what.Replace(' ', '-')}"));
        await pool.Refuses(StatusCode.InvalidArgument, reason, "ics", headers => pool.Partners.ImportCalendarAsync(
            new() { Name = partner, Ics = $"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x\n{lines}\nEND:VEVENT\nEND:VCALENDAR", RequestId = NewId() }, headers).ResponseAsync);
    }

    [Fact]
    public async Task Bookings_are_a_feed_that_calendar_programs_subscribe_to()
    {
        var life = await Life.Accepted(pool, "booked-out");
        using var http = new HttpClient { BaseAddress = new(pool.Addresses.Http) };
        var feed = await http.GetAsync($"/v1/{life.Partner}/bookings.ics");

        Assert.Equal((HttpStatusCode.OK, "text/calendar"), (feed.StatusCode, feed.Content.Headers.ContentType?.MediaType));
        var text = (await feed.Content.ReadAsStringAsync()).Replace("\r\n ", "", StringComparison.Ordinal);
        Assert.Contains("\r\nX-WR-CALNAME:partner-", text, StringComparison.Ordinal);
        Assert.Contains("\r\nSUMMARY:Care for an hour\r\n", text, StringComparison.Ordinal);
        Assert.Contains("\r\nSTATUS:CONFIRMED\r\n", text, StringComparison.Ordinal);
        Assert.Contains("\r\nDTSTART:20261123T010000Z\r\n", text, StringComparison.Ordinal);
        Assert.Equal(text, (await pool.Partners.ExportBookingsAsync(new() { Name = life.Partner })).Data.ToStringUtf8().Replace("\r\n ", "", StringComparison.Ordinal));

        // What goes out comes in again: another pool's bookings are busy times here.
        var other = await pool.AddPartner(Other, "booked-elsewhere", await Skill("booked-elsewhere"));
        Assert.Equal([("2026-11-23T01:00", "2026-11-23T02:00")], (await Import(other, text)).Busy.Select(Told));
    }

    [Fact]
    public Task The_feed_of_a_partner_under_another_community_is_not_found() => pool.Refuses(StatusCode.NotFound, "PARTNER_NOT_FOUND", null, headers =>
        pool.Partners.ExportBookingsAsync(new() { Name = $"{Other}/partners/nobody-here" }, headers).ResponseAsync);

    private static (string, string) Told(AwayTime busy) => ($"{busy.StartTime.ToDateTime():yyyy-MM-ddTHH:mm}", $"{busy.EndTime.ToDateTime():yyyy-MM-ddTHH:mm}");

    private async Task<Partner> Import(string partner, string ics) =>
        await pool.Partners.ImportCalendarAsync(new() { Name = partner, Ics = ics, RequestId = NewId() });

    private async Task<string> Skill(string code)
    {
        await pool.AddSkill(code);
        return $"skills/{code}";
    }
}
