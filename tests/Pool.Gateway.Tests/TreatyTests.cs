using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>What Xintang lends, under which terms, and how it gets it back.</summary>
public sealed class TreatyTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task A_loan_is_authorised_before_the_partner_is_asked_and_counted_when_it_was_served()
    {
        var borrower = await Borrower.Of(pool, "330109801", new() { MinutesPerQuarter = 100 });
        var posted = await borrower.Proposed("bell-ringing");
        var account = await borrower.Account();
        Assert.Equal((60, 0, "2026Q4"), (account.MinutesUnderWay, account.MinutesServed, account.Quarter));
        // Forty minutes are left: nobody is lent for an hour.
        var second = await pool.Until(await borrower.PostAgain("bell-ringing"), now => now.RetryTime is not null);
        Assert.Equal(("QuotaUsed", "ExtendTreaty"), await borrower.Explained(second));

        await Serve(borrower, posted, minutes: 70);
        account = await borrower.Account();
        Assert.Equal((0, 70, 70), (account.MinutesUnderWay, account.MinutesServed, account.MinutesServedThisQuarter));
        await borrower.Sign(new() { MinutesPerQuarter = 130 }, []);
        await pool.Until(second, now => now.Proposals.Count == 1);
        Assert.Equal(60, (await borrower.Account()).MinutesUnderWay);
    }

    [Fact]
    public async Task A_service_that_was_shorter_leaves_minutes_for_whoever_waits()
    {
        var borrower = await Borrower.Of(pool, "330109815", new() { MinutesPerQuarter = 100 });
        var posted = await borrower.Proposed("pot-mending");
        var second = await pool.Until(await borrower.PostAgain("pot-mending"), now => now.RetryTime is not null);

        await Serve(borrower, posted, minutes: 30);

        await pool.Until(second, now => now.Proposals.Count == 1);
    }

    [Fact]
    public async Task Time_that_is_given_back_can_be_lent_again()
    {
        var borrower = await Borrower.Of(pool, "330109802", new() { MinutesPerQuarter = 60 });
        var declined = await borrower.Proposed("bell-founding");
        await pool.Dispatch.DeclineProposalAsync(new() { Name = declined.Proposals[0].Name, Partner = declined.Proposals[0].Partner, Reason = DeclineReason.NoTime, RequestId = NewId() });
        await pool.Recorded($"demand/{declined.Name[^36..]}", "demand.hold-returned", times: 1);
        Assert.Equal(0, (await borrower.Account()).MinutesUnderWay);
        await pool.Until(await borrower.PostAgain("bell-founding"), now => now.Proposals.Count == 1);
    }

    [Fact]
    public async Task The_clerk_approves_a_loan_and_the_demand_goes_on_at_once()
    {
        var borrower = await Borrower.Of(pool, "330109803", new() { NeedsApproval = true });
        var posted = await pool.Until(await borrower.Post("kite-flying"), now => now.RetryTime is not null);
        var request = await borrower.Asked();
        Assert.Equal((posted.Name, "partner-kite-flying/offer-1", "skills/kite-flying", 60L), (request.Demand, request.Offer, request.Skill, request.Minutes));

        Assert.Equal(request, Assert.Single((await pool.Treaties.ListLoanRequestsAsync(new() { Parent = borrower.Treaty })).LoanRequests));
        Assert.Contains(request, (await pool.Treaties.ListLoanRequestsAsync(new() { Parent = $"{Xintang}/treaties/-" })).LoanRequests);

        Assert.Empty((await borrower.Approve(request.Name, [])).LoanRequests);
        await pool.Until(posted, now => now.Proposals.Count == 1);
    }

    [Fact]
    public async Task A_loan_that_is_declined_is_not_asked_for_again()
    {
        var borrower = await Borrower.Of(pool, "330109804", new() { NeedsApproval = true });
        var posted = await pool.Until(await borrower.Post("kite-making"), now => now.RetryTime is not null);
        await pool.AddPartner(Far, "another-kite-maker", "skills/kite-making");
        await pool.AddPartner(Far, "a-third-kite-maker", "skills/kite-making");
        await borrower.Decline((await borrower.Asked()).Name, []);
        // The clerk is asked for the next at once, and for one at a time.
        await pool.Recorded($"demand/{posted.Name[^36..]}", "demand.queued", times: 2);
        await borrower.Decline((await borrower.Asked()).Name, []);
        await pool.Recorded($"demand/{posted.Name[^36..]}", "demand.queued", times: 3);
        await borrower.Decline((await borrower.Asked()).Name, []);
        pool.Clock.Advance(TimeSpan.FromMinutes(16));
        await pool.Recorded($"demand/{posted.Name[^36..]}", "demand.queued", times: 4);
        Assert.Equal(("LoanDeclined", ""), await borrower.Explained(posted));
        Assert.Empty((await borrower.Account()).LoanRequests);
    }

    [Fact]
    public async Task A_street_lends_no_more_than_it_trusts_until_something_is_lent_in_return()
    {
        var borrower = await Borrower.Of(pool, "330109805", new() { TrustLimitMinutes = 60 });
        await Serve(borrower, await borrower.Proposed("lute-making"), minutes: 60);
        var second = await pool.Until(await borrower.PostAgain("lute-making"), now => now.RetryTime is not null);
        Assert.Equal(("TrustUsed", "ExtendTreaty"), await borrower.Explained(second));

        await LendBack(borrower, "lute-playing");
        Assert.Equal(60, (await borrower.Account()).MinutesLentBack);
        pool.Clock.Advance(TimeSpan.FromMinutes(16));
        await pool.Until(second, now => now.Proposals.Count == 1);
    }

    [Fact]
    public async Task A_recall_takes_back_what_has_not_begun_and_lets_run_what_has()
    {
        var borrower = await Borrower.Of(pool, "330109806");
        var (asked, accepted, begun) = (await borrower.Proposed("drum-making"), await borrower.Proposed("drum-playing"), await borrower.Proposed("drum-tuning"));
        foreach (var demand in new[] { accepted, begun })
        {
            await pool.Dispatch.AcceptProposalAsync(new() { Name = demand.Proposals[0].Name, Partner = demand.Proposals[0].Partner, RequestId = NewId() });
        }

        await pool.Dispatch.StartAssignmentAsync(new() { Name = $"{begun.Name}/assignments/1", Partner = begun.Proposals[0].Partner, RequestId = NewId() });
        var street = await pool.Treaties.RecallTreatyAsync(new() { Name = borrower.Treaty, Reason = "a flood", RequestId = NewId() });

        Assert.False(street.Treaties.Single(treaty => treaty.Borrower == borrower.Street).Open);
        await pool.Until(asked, now => now.Proposals is [{ State: ProposalState.Withdrawn }]);
        var released = await pool.Until(accepted, now => now.Proposals is [{ Assignment.State: AssignmentState.Released }]);
        Assert.Equal(ReleaseReason.LoanRecalled, released.Proposals[0].Assignment.ReleaseReason);
        await pool.Recorded($"demand/{accepted.Name[^36..]}", "demand.hold-returned", times: 1);
        await pool.Recorded($"demand/{asked.Name[^36..]}", "demand.hold-returned", times: 1);
        Assert.Equal(60, (await borrower.Account()).MinutesUnderWay);
        await Finish(borrower, begun, minutes: 60);
        Assert.Equal((0, 60), ((await borrower.Account()).MinutesUnderWay, (await borrower.Account()).MinutesServed));
    }

    [Fact]
    public async Task Home_hours_and_holidays_close_a_street()
    {
        // The pool's clock stands on a Monday; the demand's window is that day.
        var monday = new Hours { Day = V1.DayOfWeek.Monday, Start = "00:00", End = "24:00" };
        var borrower = await Borrower.Of(pool, "330109807", new() { HomeHours = { monday }, Skills = { "skills/elder-care" } });
        Assert.Equal(monday, Assert.Single((await borrower.Account()).Treaty.Terms.HomeHours));
        var posted = await pool.Until(await borrower.Post("sedan-carrying"), now => now.RetryTime is not null);
        Assert.Equal("SkillNotLent", (await borrower.Explained(posted)).Reasons);

        await borrower.Sign(new(), []);
        await pool.Until(posted, now => now.Proposals.Count == 1);
        var local = TimeZoneInfo.ConvertTimeBySystemTimeZoneId(pool.Clock.GetUtcNow(), "Asia/Shanghai");
        var days = Enumerable.Range(0, 2).Select(day => local.AddDays(day).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)).ToList();
        var changed = await pool.Streets.UpdateStreetAsync(new() { Street = new() { Name = Xintang, Holidays = { days } }, RequestId = NewId() });
        Assert.Equal(days, changed.Holidays);
        var holiday = await pool.Until(await borrower.Post("sedan-making"), now => now.RetryTime is not null);
        Assert.Equal("Holiday", (await borrower.Explained(holiday)).Reasons);
        await pool.Offers.UpdateOfferAsync(new()
        {
            Offer = new() { Name = $"{Far}/partners/partner-sedan-making/offers/offer-1", ServesOnHolidays = true },
            UpdateMask = FieldMask.FromString("serves_on_holidays"),
            RequestId = NewId(),
        });
        await pool.Until(holiday, now => now.Proposals.Count == 1);
        await pool.Streets.UpdateStreetAsync(new() { Street = new() { Name = Xintang }, UpdateMask = FieldMask.FromString("holidays"), RequestId = NewId() });
        await pool.Refuses(StatusCode.InvalidArgument, "FIELD_INVALID", "street.holidays", headers =>
            pool.Streets.UpdateStreetAsync(new() { Street = new() { Name = Xintang, Holidays = { "2026-02-30" } }, RequestId = NewId() }, headers).ResponseAsync);
    }

    [Fact]
    public async Task A_treaty_is_tried_on_the_demands_of_last_month_before_it_is_signed()
    {
        var borrower = await Borrower.Of(pool, "330109808");
        await pool.Streets.SetTreatyAsync(new() { Name = Xintang, Borrower = borrower.Street, Open = false, RequestId = NewId() });
        await pool.Until(await borrower.Post("flute-making", seats: 3), now => now.RetryTime is not null);
        var before = pool.Journal.Head;
        await pool.Demands.ListDemandsAsync(new() { Parent = borrower.Community, MinPosition = before });

        var everything = await pool.Treaties.RehearseTreatyAsync(new() { Name = borrower.Treaty });
        Assert.Equal((1, 3, 2), (everything.Demands, everything.Seats, everything.Ring));
        Assert.Equal((0, 3, 100.0), (everything.WithoutTreaty.SeatsFilled, everything.WithTreaty.SeatsFilled, everything.WithTreaty.FillPercent));
        Assert.Equal(new RehearsedServices { Street = Xintang, Seats = 3, Minutes = 180 }, Assert.Single(everything.WithTreaty.Services));
        Assert.Equal(60, everything.WithTreaty.WaitingMinutes);
        var two = await pool.Treaties.RehearseTreatyAsync(new() { Name = borrower.Treaty, Terms = new() { MinutesPerQuarter = 120 } });
        Assert.Equal(2, two.WithTreaty.SeatsFilled);

        Assert.Equal(before, pool.Journal.Head);
        await pool.Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "days", headers => pool.Treaties.RehearseTreatyAsync(new() { Name = borrower.Treaty, Days = 93 }, headers).ResponseAsync);
        await pool.Refuses(StatusCode.InvalidArgument, "TREATY_WITH_ITSELF", "borrower", headers => pool.Treaties.RehearseTreatyAsync(new() { Name = $"{Xintang}/treaties/{Xintang[^9..]}" }, headers).ResponseAsync);
        await pool.Refuses(StatusCode.NotFound, "SKILL_NOT_FOUND", "terms.skills", headers => borrower.Sign(new() { Skills = { "skills/alchemy" } }, headers));
    }

    private async Task Serve(Borrower borrower, Demand demand, int minutes)
    {
        await pool.Dispatch.AcceptProposalAsync(new() { Name = demand.Proposals[0].Name, Partner = demand.Proposals[0].Partner, RequestId = NewId() });
        await pool.Dispatch.StartAssignmentAsync(new() { Name = $"{demand.Name}/assignments/1", Partner = demand.Proposals[0].Partner, RequestId = NewId() });
        await Finish(borrower, demand, minutes);
    }

    private async Task Finish(Borrower borrower, Demand demand, int minutes)
    {
        var assignment = $"{demand.Name}/assignments/1";
        await pool.Dispatch.CompleteAssignmentAsync(new() { Name = assignment, Partner = demand.Proposals[0].Partner, Minutes = minutes, RequestId = NewId() });
        await pool.Dispatch.ConfirmAssignmentAsync(new() { Name = assignment, Community = borrower.Community, Minutes = minutes, RequestId = NewId() });
        await pool.Until(demand, now => now.Proposals is [{ Assignment.State: AssignmentState.Settled }]);
    }

    /// <summary>Xintang has an hour of a partner of the street that it lends to.</summary>
    private async Task LendBack(Borrower borrower, string skill)
    {
        await pool.Streets.SetTreatyAsync(new() { Name = borrower.Street, Borrower = Xintang, Open = true, RequestId = NewId() });
        await pool.Streets.UpdateStreetAsync(new() { Street = new() { Name = Xintang, Neighbours = { Beigan, borrower.Street } }, UpdateMask = FieldMask.FromString("neighbours"), RequestId = NewId() });
        await pool.AddSkill(skill);
        await pool.AddPartner(borrower.Community, $"partner-{skill}", $"skills/{skill}");
        var demand = await pool.Until(await pool.Post(pool.NewDemand(reach: 2, skill: $"skills/{skill}"), Far), now => now.Proposals.Count == 1);
        var (assignment, partner) = ($"{demand.Name}/assignments/1", demand.Proposals[0].Partner);
        await pool.Dispatch.AcceptProposalAsync(new() { Name = demand.Proposals[0].Name, Partner = partner, RequestId = NewId() });
        await pool.Dispatch.StartAssignmentAsync(new() { Name = assignment, Partner = partner, RequestId = NewId() });
        await pool.Dispatch.CompleteAssignmentAsync(new() { Name = assignment, Partner = partner, Minutes = 60, RequestId = NewId() });
        await pool.Dispatch.ConfirmAssignmentAsync(new() { Name = assignment, Community = Far, Minutes = 60, RequestId = NewId() });
        await pool.Until(demand, now => now.Proposals is [{ Assignment.State: AssignmentState.Settled }]);
    }
}
