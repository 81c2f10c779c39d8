using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>A watch tells everything of its street once, across reconnects.</summary>
[Collection(SlowWatch.OneAtATime)]
public sealed class WatchTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task A_watch_that_resumes_at_its_cursor_misses_and_repeats_nothing()
    {
        var (from, posted) = (pool.Journal.Head, new List<string>());
        for (var i = 0; i < 3; i++)
        {
            var demand = await pool.Post(pool.NewDemand(reach: 0));
            await pool.Until(demand, waiting => waiting.RetryTime is not null);
            posted.Add(demand.Name);
        }

        var whole = await Read(cursor: from, until: pool.Journal.Head);
        var half = whole.Count / 2;
        var resumed = await Read(whole[half - 1].Cursor, pool.Journal.Head);

        Assert.Equal(posted, whole.Where(news => news.Event == "demand.posted").Select(news => news.Demand.Name));
        Assert.Equal(whole.Select(news => news.Cursor).Order().Distinct(), whole.Select(news => news.Cursor));
        Assert.Equal(whole[half..], resumed);
    }

    [Fact]
    public async Task A_watch_sees_only_its_own_street()
    {
        var demand = await pool.Post(pool.NewDemand(reach: 0), Far);
        await pool.Until(demand, waiting => waiting.RetryTime is not null);

        Assert.DoesNotContain(await Read(0, pool.Journal.Head), news => news.Demand.Name == demand.Name);
    }

    [Fact]
    public async Task A_demands_watch_tells_of_it_alone_and_goes_on_from_its_cursor()
    {
        var life = await Life.Proposed(pool, "watched-alone");
        await pool.Post(pool.NewDemand(reach: 0));
        await life.Accept([]);
        var name = life.Assignment[..life.Assignment.IndexOf("/assignments", StringComparison.Ordinal)];

        var seen = await Read(cursor => pool.Dispatch.WatchDemand(new() { Name = name, Cursor = cursor }), 0, pool.Journal.Head);
        Assert.Equal("demand.posted", seen[0].Event);
        Assert.Contains(seen, news => news.Event == "demand.proposal-accepted");
        Assert.All(seen, news => Assert.Equal(name, news.Demand.Name));
        var made = seen.FindIndex(news => news.Event == "demand.proposal-made");
        Assert.Equal(seen[(made + 1)..], await Read(cursor => pool.Dispatch.WatchDemand(new() { Name = name, Cursor = cursor }), seen[made].Cursor, seen[^1].Cursor));
    }

    [Fact]
    public async Task A_partners_inbox_has_what_it_is_asked_by_any_street_and_what_becomes_of_it()
    {
        await pool.AddSkill("inbox-reading");
        var partner = await pool.AddPartner(Home, "inbox-owner", "skills/inbox-reading");
        await pool.AddPartner(Home, "inbox-stranger", "skills/inbox-reading");
        var far = pool.NewDemand(skill: "skills/inbox-reading");
        await pool.Streets.SetTreatyAsync(new() { Name = Beigan, Borrower = Xintang, Open = true, RequestId = NewId() });
        var posted = await pool.Post(far, Far);
        var proposal = (await pool.Until(posted, now => now.Proposals.Count == 1)).Proposals[0];
        Assert.Equal(partner, proposal.Partner);
        await pool.Dispatch.DeclineProposalAsync(new() { Name = proposal.Name, Partner = partner, Reason = DeclineReason.TooFar, RequestId = NewId() });
        await pool.Until(posted, now => now.Proposals.Count == 2);

        var inbox = await Read(cursor => pool.Dispatch.WatchProposals(new() { Parent = partner, Cursor = cursor }), 0, pool.Journal.Head);
        Assert.Equal(["demand.proposal-made", "demand.proposal-declined", "demand.hold-returned"], inbox.Select(news => news.Event));
        Assert.All(inbox, news => Assert.Equal((posted.Name, 1), (news.Demand.Name, news.Proposal)));
    }

    [Fact]
    public async Task A_watch_tells_of_the_named_events_alone_and_goes_on_past_the_others()
    {
        var from = pool.Journal.Head;
        var posted = await pool.Post(pool.NewDemand(reach: 0));
        await pool.Until(posted, waiting => waiting.RetryTime is not null);

        var told = await Read(cursor => pool.Dispatch.WatchDispatches(new() { Parent = Beigan, Cursor = cursor, Events = { "demand.queued" } }), from, pool.Journal.Head);
        var ofDemand = await Read(cursor => pool.Dispatch.WatchDemand(new() { Name = posted.Name, Cursor = cursor, Events = { "demand.posted", "demand.queued" } }), from, pool.Journal.Head);

        Assert.Equal(["demand.queued"], told.Where(news => news.Demand.Name == posted.Name).Select(news => news.Event));
        Assert.All(told, news => Assert.Equal("demand.queued", news.Event));
        Assert.Equal(["demand.posted", "demand.queued"], ofDemand.Select(news => news.Event));
    }

    [Fact]
    public Task A_watch_of_an_event_that_does_not_exist_is_refused() => pool.Refuses(StatusCode.InvalidArgument, "FIELD_INVALID", "events", async headers =>
    {
        using var watch = pool.Dispatch.WatchDispatches(new() { Parent = Beigan, Events = { "demand.posted", "demand.lost" } }, headers);
        await watch.ResponseStream.MoveNext();
    });

    [Fact]
    public async Task A_watch_of_what_is_not_there_is_refused()
    {
        await pool.AddSkill("far-away");
        var partner = await pool.AddPartner(Home, "not-over-there", "skills/far-away");
        await pool.Refuses(StatusCode.NotFound, "PARTNER_NOT_FOUND", null, headers =>
            First(pool.Dispatch.WatchProposals(new() { Parent = partner.Replace(Home, Other, StringComparison.Ordinal) }, headers)));
        await pool.Refuses(StatusCode.NotFound, "DEMAND_NOT_FOUND", null, headers =>
            First(pool.Dispatch.WatchDemand(new() { Name = $"{Home}/demands/{NewId()}" }, headers)));

        static async Task First(AsyncServerStreamingCall<DispatchEvent> watch) => await watch.ResponseStream.MoveNext();
    }

    [Fact]
    public async Task A_thousand_watchers_are_all_told_the_same()
    {
        const int Watchers = 1_000;
        var from = pool.Journal.Head;
        var watches = Enumerable.Range(0, Watchers).Select(_ => pool.Dispatch.WatchDispatches(new() { Parent = Beigan, Cursor = from })).ToList();
        await Task.WhenAll(watches.Select(watch => watch.ResponseStream.MoveNext()));
        var demand = await pool.Post(pool.NewDemand(reach: 0));
        await pool.Until(demand, waiting => waiting.RetryTime is not null);

        var told = await Task.WhenAll(watches.Select(watch => Read(watch, pool.Journal.Head)));
        Assert.Contains(told[0], news => news.Event == "demand.posted");
        Assert.All(told, news => Assert.Equal(told[0], news));
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_cut_off_and_goes_on_from_its_cursor_without_a_gap()
    {
        var own = new TestPool { WatchPatience = TimeSpan.FromMilliseconds(500) };
        await own.InitializeAsync();
        try
        {
            await SlowWatch.Fill(own);
            var news = new List<DispatchEvent>();
            Assert.Equal("WATCH_TOO_SLOW", await Refusals.Of(() => SlowWatch.Read(own, [], news)));
            var rest = await Read(cursor => own.Dispatch.WatchDispatches(new() { Parent = Beigan, Cursor = cursor }), news[^1].Cursor, own.Journal.Head);
            var whole = await Read(cursor => own.Dispatch.WatchDispatches(new() { Parent = Beigan, Cursor = cursor }), 0, own.Journal.Head);

            Assert.NotEmpty(rest);
            Assert.Equal(whole, news.Where(told => told.Event.Length > 0).Concat(rest));
        }
        finally
        {
            await own.DisposeAsync();
        }
    }

    [Fact]
    public Task A_cursor_beyond_the_journal_is_refused() => pool.Refuses(StatusCode.InvalidArgument, "CURSOR_INVALID", "cursor", async headers =>
    {
        using var watch = pool.Dispatch.WatchDispatches(new() { Parent = Beigan, Cursor = long.MaxValue }, headers);
        await watch.ResponseStream.MoveNext();
    });

    /// <summary>The news after a cursor, up to the first checkpoint that is at least at a position.</summary>
    private Task<List<DispatchEvent>> Read(long cursor, long until) =>
        Read(from => pool.Dispatch.WatchDispatches(new() { Parent = Beigan, Cursor = from }), cursor, until);

    private static Task<List<DispatchEvent>> Read(Func<long, AsyncServerStreamingCall<DispatchEvent>> watch, long cursor, long until) => Read(watch(cursor), until);

    private static async Task<List<DispatchEvent>> Read(AsyncServerStreamingCall<DispatchEvent> watching, long until)
    {
        using var watch = watching;
        var news = new List<DispatchEvent>();
        await foreach (var told in watch.ResponseStream.ReadAllAsync())
        {
            if (told.Event.Length > 0)
            {
                news.Add(told);
            }

            if (told.Cursor >= until)
            {
                return news;
            }
        }

        return news;
    }
}
