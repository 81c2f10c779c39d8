using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>Lists come from the views: filters, pages, and reading one's own writes.</summary>
public sealed class ListTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repetition()
    {
        var posted = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            posted.Add((await pool.Post(pool.NewDemand(reach: 0), Other)).Name);
        }

        var listed = new List<string>();
        var token = "";
        do
        {
            var page = await pool.Demands.ListDemandsAsync(new() { Parent = Other, PageSize = 2, PageToken = token, MinPosition = pool.Journal.Head });
            Assert.InRange(page.Demands.Count, 1, 2);
            listed.AddRange(page.Demands.Select(demand => demand.Name));
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        Assert.Equal(5, listed.Count);
        Assert.Equal(posted, listed.ToHashSet());
    }

    [Fact]
    public async Task A_list_that_names_a_position_shows_what_was_written_up_to_it()
    {
        var call = pool.Skills.CreateSkillAsync(new()
        {
            SkillId = "just-added",
            Skill = new Skill { NameZh = "新", NameEn = "new", Field = "new-field", DefaultWeightPercent = 100 },
            RequestId = NewId(),
        });
        await call;
        var position = long.Parse(call.GetTrailers().GetValue("pool-position")!, System.Globalization.CultureInfo.InvariantCulture);

        var list = await pool.Skills.ListSkillsAsync(new() { Filter = "field = \"new-field\"", MinPosition = position });

        Assert.Equal("skills/just-added", Assert.Single(list.Skills).Name);
        Assert.Equal(32, call.GetTrailers().GetValue("trace-id")!.Length);
    }

    [Fact]
    public async Task Filters_narrow_and_combine()
    {
        await pool.AddPartner(Home, "filter-team", capacity: 3);
        var suspended = await pool.AddPartner(Home, "filter-person");
        await pool.Partners.SuspendPartnerAsync(new() { Name = suspended, Reason = "on leave", RequestId = NewId() });

        async Task<IEnumerable<string>> Listed(string filter) => (await pool.Partners.ListPartnersAsync(
            new() { Parent = Home, Filter = filter, MinPosition = pool.Journal.Head })).Partners.Select(partner => partner.DisplayName);

        Assert.Equal(["filter-team"], await Listed("kind = TEAM"));
        Assert.Equal(["filter-person"], await Listed("suspended = true AND kind = PERSON"));
        Assert.Empty(await Listed("suspended = true AND kind = TEAM"));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("AAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAA")]
    public Task A_forged_page_token_is_refused(string token) => pool.Refuses(StatusCode.InvalidArgument, "PAGE_TOKEN_INVALID", "page_token", headers =>
        pool.Demands.ListDemandsAsync(new() { Parent = Home, PageToken = token }, headers).ResponseAsync);

    [Fact]
    public async Task A_page_token_of_another_list_is_refused()
    {
        var page = await pool.Skills.ListSkillsAsync(new() { PageSize = 1, MinPosition = pool.Journal.Head });

        await pool.Refuses(StatusCode.InvalidArgument, "PAGE_TOKEN_INVALID", "page_token", headers =>
            pool.Streets.ListStreetsAsync(new() { PageToken = page.NextPageToken }, headers).ResponseAsync);
    }

    [Theory]
    [InlineData("colour = red")]
    [InlineData("state = PURPLE")]
    [InlineData("state OPEN")]
    public Task A_filter_that_cannot_be_read_is_refused(string filter) => pool.Refuses(StatusCode.InvalidArgument, "FILTER_INVALID", "filter", headers =>
        pool.Demands.ListDemandsAsync(new() { Parent = Home, Filter = filter }, headers).ResponseAsync);

    [Fact]
    public Task A_page_over_its_limit_is_refused() => pool.Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "page_size", headers =>
        pool.Demands.ListDemandsAsync(new() { Parent = Home, PageSize = 1_001 }, headers).ResponseAsync);
}
