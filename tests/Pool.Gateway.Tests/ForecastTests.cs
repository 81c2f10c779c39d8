using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>Where a skill may come to lack somebody. They have a pool of their own, because the clock moves for everybody.</summary>
public sealed class ForecastTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task A_skill_that_one_person_has_is_a_risk_and_its_certificate_that_ends_another()
    {
        await pool.AddSkill("notarising", requiresCertificate: true);
        var notary = await pool.AddPartner(Home, "notary", "skills/notarising", certified: true);
        var alone = await Forecast("notarising", days: 60);

        Assert.Equal((1, notary), (alone.Partners, alone.OnlyPartner));
        Assert.Equal([1, 1, 1, 0, 0], alone.PartnersByLevel);
        Assert.Equal((notary, 3), (Assert.Single(alone.EndingCertificates).Partner, alone.EndingCertificates[0].Level));
        Assert.Empty((await Forecast("notarising", days: 29)).EndingCertificates);

        var second = await pool.AddPartner(Other, "second-notary", "skills/notarising", certified: true);
        Assert.Equal((2, ""), ((await Forecast("notarising", days: 29)).Partners, (await Forecast("notarising", days: 29)).OnlyPartner));
        await pool.Partners.SuspendPartnerAsync(new() { Name = second, Reason = "a complaint", RequestId = NewId() });
        Assert.Equal(notary, (await Forecast("notarising", days: 29)).OnlyPartner);
    }

    [Fact]
    public async Task Seats_that_wait_seats_that_were_missed_and_the_street_that_could_lend_are_told()
    {
        await pool.AddSkill("bell-founding");
        await pool.AddPartner(Far, "bell-founder", "skills/bell-founding");
        var demand = pool.NewDemand(seats: 3, reach: 1, skill: "skills/bell-founding");
        var posted = await pool.Post(demand);
        await pool.Until(posted, now => now.RetryTime is not null);
        await pool.Demands.ListDemandsAsync(new() { Parent = Home, MinPosition = pool.Journal.Head });

        var waiting = await Forecast("bell-founding", days: 1);
        Assert.Equal((0, "", 3, 0), (waiting.Partners, waiting.OnlyPartner, waiting.OpenSeats, waiting.MissedSeats));
        Assert.Equal(new NearestLender { Street = Xintang, Ring = 2, Partners = 1, Lends = true }, waiting.NearestLender);

        await pool.Streets.SetTreatyAsync(new() { Name = Xintang, Borrower = Beigan, Open = false, RequestId = NewId() });
        pool.Clock.Advance(TimeSpan.FromHours(10));
        await pool.Until(posted, now => now.State == DemandState.Expired);
        await pool.Demands.ListDemandsAsync(new() { Parent = Home, MinPosition = pool.Journal.Head });

        var missed = await Forecast("bell-founding", days: 1);
        Assert.Equal((0, 3), (missed.OpenSeats, missed.MissedSeats));
        Assert.False(missed.NearestLender.Lends);
        pool.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(0, (await Forecast("bell-founding", days: 1)).MissedSeats);
    }

    [Fact]
    public async Task A_forecast_of_what_is_not_there_is_refused()
    {
        await pool.Refuses(StatusCode.NotFound, "SKILL_NOT_FOUND", "skill", headers => Forecast("nobody-knows", days: 1, headers));
        await pool.Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "horizon_days", headers => Forecast("elder-care", days: 367, headers));
        await pool.Refuses(StatusCode.NotFound, "STREET_NOT_FOUND", null, headers =>
            pool.Streets.ForecastGapsAsync(new() { Parent = "streets/999999999", Skill = "skills/elder-care" }, headers).ResponseAsync);
        Assert.Null((await Forecast("legal-advice", days: 1)).NearestLender);
    }

    private async Task<GapForecast> Forecast(string skill, int days, Metadata? headers = null) =>
        await pool.Streets.ForecastGapsAsync(new() { Parent = Beigan, Skill = $"skills/{skill}", HorizonDays = days }, headers);
}
