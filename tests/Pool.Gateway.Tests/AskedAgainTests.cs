using Google.Protobuf.WellKnownTypes;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>What came to nothing once must not stand in the way of the next attempt. They have a pool of their own, because the clock moves for everybody.</summary>
public sealed class AskedAgainTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task A_lent_partner_that_was_busy_is_proposed_when_it_is_free_again()
    {
        var borrower = await Borrower.Of(pool, "330109701");
        await pool.AddSkill("harp-tuning");
        var partner = await pool.AddPartner(Far, "harpist", "skills/harp-tuning");
        var posted = await Task.WhenAll(pool.Post(OneHour("harp-tuning"), borrower.Community), pool.Post(OneHour("harp-tuning"), borrower.Community));
        var seen = await Task.WhenAll(posted.Select(one => pool.Until(one, now => now.Proposals.Count == 1 || now.RetryTime is not null)));
        var (lucky, waiting) = (seen.Single(now => now.Proposals.Count == 1), seen.Single(now => now.Proposals.Count == 0));
        await pool.Dispatch.DeclineProposalAsync(new() { Name = lucky.Proposals[0].Name, Partner = partner, Reason = DeclineReason.NoTime, RequestId = NewId() });

        Assert.Equal(partner, (await pool.Until(waiting, now => now.Proposals.Count == 1)).Proposals[0].Partner);
    }

    [Fact]
    public async Task A_claim_with_a_stale_etag_holds_nothing_and_the_next_one_has_the_seat()
    {
        var life = await Life.Published(pool, "lute-tuning");
        var claim = new ClaimSeatsRequest { Name = life.Proposal()[..^"/proposals/1".Length], Offer = $"{life.Partner}/offers/offer-1", Etag = "\"77\"", RequestId = NewId() };
        Assert.Equal("ETAG_MISMATCH", await Refusals.Of(() => pool.Dispatch.ClaimSeatsAsync(claim).ResponseAsync));
        Assert.Empty((await pool.Partners.GetPartnerAsync(new() { Name = life.Partner })).Reservations);

        (claim.Etag, claim.RequestId) = ("", NewId());
        Assert.Equal(life.Partner, (await pool.Dispatch.ClaimSeatsAsync(claim)).Proposals[0].Partner);
    }

    [Fact]
    public async Task The_same_claim_many_times_at_once_has_one_answer()
    {
        var life = await Life.Published(pool, "drum-tuning");
        var claim = new ClaimSeatsRequest { Name = life.Proposal()[..^"/proposals/1".Length], Offer = $"{life.Partner}/offers/offer-1", RequestId = NewId() };
        Task<Demand>[] claiming;
        using (pool.HoldJournal())
        {
            claiming = [.. Enumerable.Range(0, 6).Select(_ => pool.Dispatch.ClaimSeatsAsync(claim).ResponseAsync)];
        }

        var answers = await Task.WhenAll(claiming);
        Assert.All(answers, answer => Assert.Equal(answers[0].Proposals[0].Name, Assert.Single(answer.Proposals).Name));
        Assert.Single((await pool.Partners.GetPartnerAsync(new() { Name = life.Partner })).Reservations);
    }

    [Fact]
    public async Task Seats_that_are_served_together_have_one_slot_whoever_claims_them_at_once()
    {
        await pool.AddSkill("lion-dancing");
        var partners = await Task.WhenAll(Enumerable.Range(0, 4).Select(number => pool.AddPartner(Home, $"lion-{number}", "skills/lion-dancing")));
        var demand = pool.NewDemand(seats: 4, skill: "skills/lion-dancing");
        (demand.DispatchMode, demand.AllOrNone) = (DispatchMode.Claim, true);
        foreach (var late in partners[..2])
        {
            var away = new AwayTime { StartTime = demand.WindowStartTime, EndTime = demand.WindowStartTime + Duration.FromTimeSpan(TimeSpan.FromHours(1)) };
            await pool.Partners.SetAvailabilityAsync(new() { Name = late, Availability = new() { Away = { away } }, RequestId = NewId() });
        }

        var posted = await pool.Post(demand);
        Task<string?>[] claiming;
        using (pool.HoldJournal())
        {
            claiming = [.. partners.Select(partner => Refusals.Of(() => pool.Dispatch.ClaimSeatsAsync(new() { Name = posted.Name, Offer = $"{partner}/offers/offer-1", RequestId = NewId() }).ResponseAsync))];
        }

        var refused = await Task.WhenAll(claiming);
        var claimed = await pool.Demands.GetDemandAsync(new() { Name = posted.Name });
        Assert.Single(claimed.Proposals.Select(proposal => proposal.StartTime).Distinct());
        Assert.Equal(refused.Count(reason => reason is null), claimed.Proposals.Count);
        Assert.All(refused, reason => Assert.True(reason is null or "OFFER_DOES_NOT_FIT", reason));
    }

    [Fact]
    public async Task A_demand_that_waits_beyond_its_last_start_is_called_for_until_then()
    {
        await pool.AddSkill("gong-striking");
        var demand = pool.NewDemand(reach: 1, skill: "skills/gong-striking");
        var now = pool.Clock.GetUtcNow();
        (demand.WindowStartTime, demand.WindowEndTime) = (Timestamp.FromDateTimeOffset(now.AddMinutes(5)), Timestamp.FromDateTimeOffset(now.AddMinutes(65)));
        var posted = await pool.Post(demand);
        var waiting = await pool.Until(posted, seen => seen.RetryTime is not null);
        Assert.True(waiting.RetryTime.ToDateTimeOffset() > now.AddMinutes(5));

        var partner = await pool.AddPartner(Home, "gong-striker", "skills/gong-striking");
        Assert.Equal(partner, (await pool.Until(posted, seen => seen.Proposals.Count == 1)).Proposals[0].Partner);
    }

    [Fact]
    public async Task A_round_finds_a_partner_who_is_away_for_the_first_week_of_a_long_window()
    {
        await pool.AddSkill("flag-sewing");
        var partner = await pool.AddPartner(Home, "flag-sewer", "skills/flag-sewing");
        var now = pool.Clock.GetUtcNow();
        var away = new AwayTime { StartTime = Timestamp.FromDateTimeOffset(now), EndTime = Timestamp.FromDateTimeOffset(now.AddDays(8)) };
        await pool.Partners.SetAvailabilityAsync(new() { Name = partner, Availability = new() { Away = { away } }, RequestId = NewId() });
        var demand = pool.NewDemand(reach: 1, skill: "skills/flag-sewing");
        (demand.DispatchMode, demand.WindowEndTime) = (DispatchMode.Round, Timestamp.FromDateTimeOffset(now.AddDays(20)));
        var posted = await pool.Until(await pool.Post(demand), seen => seen.RetryTime is not null);
        await pool.Rounds.RunRoundAsync(new() { Name = $"{Beigan}/round", RequestId = NewId() });

        var proposed = await pool.Until(posted, seen => seen.Proposals.Count == 1);
        Assert.True(proposed.Proposals[0].StartTime.ToDateTimeOffset() >= now.AddDays(8));
    }

    /// <summary>A demand for one certain hour, within reach of the neighbouring streets.</summary>
    private Demand OneHour(string skill)
    {
        var demand = pool.NewDemand(reach: 2, skill: $"skills/{skill}");
        demand.WindowStartTime = demand.WindowEndTime - Duration.FromTimeSpan(TimeSpan.FromHours(1));
        return demand;
    }
}
