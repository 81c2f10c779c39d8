using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>Requests with two faults: the lower reason is given, whichever actor finds it.</summary>
public sealed class PrecedenceTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public Task A_request_id_that_is_none_comes_before_a_malformed_name() => Invalid("REQUEST_ID_INVALID", "request_id", headers =>
        pool.Demands.PostDemandAsync(new() { Parent = "streets/x", Demand = pool.NewDemand(), RequestId = "x" }, headers));

    [Fact]
    public Task A_missing_request_id_comes_before_a_community_of_another_street() => Invalid("FIELD_REQUIRED", "request_id", headers =>
        pool.Demands.PostDemandAsync(new() { Parent = $"{Xintang}/communities/330109002051", Demand = pool.NewDemand() }, headers));

    [Fact]
    public Task A_malformed_skill_comes_before_a_missing_window() => Invalid("NAME_INVALID", "demand.skill", headers =>
        Post(demand => { demand.Skill = "elder-care"; demand.WindowStartTime = null; }, headers));

    [Fact]
    public Task Seats_out_of_range_come_before_an_unknown_skill() => Invalid("VALUE_OUT_OF_RANGE", "demand.seats", headers =>
        Post(demand => { demand.Skill = "skills/alchemy"; demand.Seats = 0; }, headers));

    [Fact]
    public Task Seats_out_of_range_come_before_an_unknown_community() => Invalid("VALUE_OUT_OF_RANGE", "demand.seats", headers =>
        Post(demand => demand.Seats = 0, headers, $"{Beigan}/communities/330109002999"));

    [Fact]
    public Task An_unknown_skill_comes_before_an_unknown_community() => pool.Refuses(StatusCode.NotFound, "SKILL_NOT_FOUND", "demand.skill", headers =>
        Post(demand => demand.Skill = "skills/alchemy", headers, $"{Beigan}/communities/330109002999").ResponseAsync);

    [Fact]
    public async Task A_reused_request_id_comes_before_an_unknown_skill()
    {
        await pool.AddSkill("dowsing");
        var request = new PostDemandRequest { Parent = Home, Demand = pool.NewDemand(skill: "skills/dowsing"), RequestId = NewId() };
        var posted = await pool.Demands.PostDemandAsync(request);
        await pool.Until(posted, demand => demand.RetryTime is not null);
        request.Demand.Skill = "skills/alchemy";

        await Invalid("REQUEST_ID_REUSED", "request_id", headers => pool.Demands.PostDemandAsync(request, headers));
    }

    [Fact]
    public async Task A_text_over_its_limit_comes_before_a_stale_etag()
    {
        await pool.AddSkill("astrology");
        var posted = await pool.Post(pool.NewDemand(skill: "skills/astrology"));
        await pool.Until(posted, demand => demand.RetryTime is not null);

        await Invalid("TEXT_TOO_LONG", "reason", headers => pool.Demands.CancelDemandAsync(
            new() { Name = posted.Name, Community = Home, Reason = new string('x', 2_001), Etag = "1", RequestId = NewId() }, headers));
    }

    [Fact]
    public Task A_missing_reason_comes_before_an_unknown_partner() => Invalid("FIELD_REQUIRED", "reason", headers =>
        pool.Partners.SuspendPartnerAsync(new() { Name = $"{Home}/partners/nobody", RequestId = NewId() }, headers));

    [Fact]
    public Task A_missing_name_of_a_skill_comes_before_one_over_its_limit() => Invalid("FIELD_REQUIRED", "skill.name_en", headers =>
        pool.Skills.CreateSkillAsync(new() { SkillId = "two-faults", Skill = new Skill { NameZh = new string('长', 101), Field = "care", DefaultWeightPercent = 100 }, RequestId = NewId() }, headers));

    [Fact]
    public async Task A_level_out_of_range_comes_before_an_unknown_skill_of_a_certificate()
    {
        var partner = await pool.AddPartner(Home, "two-faults");

        await Invalid("VALUE_OUT_OF_RANGE", "certificate.level", headers => pool.Partners.CertifyPartnerAsync(
            new()
            {
                Name = partner,
                Certificate = new Certificate { Skill = "skills/alchemy", Level = 9, Issuer = "district", ExpireTime = Timestamp.FromDateTimeOffset(pool.Clock.GetUtcNow().AddDays(1)) },
                RequestId = NewId(),
            },
            headers));
    }

    [Fact]
    public async Task A_name_that_is_missing_comes_before_a_partner_that_exists()
    {
        await pool.AddPartner(Home, "exists-already");

        await Invalid("FIELD_REQUIRED", "partner.display_name", headers => pool.Partners.CreatePartnerAsync(
            new()
            {
                Parent = Home,
                PartnerId = "exists-already",
                Partner = new Partner { Kind = PartnerKind.Person, Circle = Circle.Service, Mode = PartnerMode.PublicBenefit },
                RequestId = NewId(),
            },
            headers));
    }

    private AsyncUnaryCall<Demand> Post(Action<Demand> spoil, Metadata headers, string parent = Home)
    {
        var demand = pool.NewDemand();
        spoil(demand);
        return pool.Demands.PostDemandAsync(new() { Parent = parent, Demand = demand, RequestId = NewId() }, headers);
    }

    private Task Invalid<T>(string reason, string field, Func<Metadata, AsyncUnaryCall<T>> call) =>
        pool.Refuses(StatusCode.InvalidArgument, reason, field, headers => call(headers).ResponseAsync);
}
