using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>A watch tells everything of its street once, across reconnects.</summary>
public sealed class WatchTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task A_watch_that_resumes_at_its_cursor_misses_and_repeats_nothing()
    {
        var posted = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var demand = await pool.Post(pool.NewDemand(reach: 0));
            await pool.Until(demand, waiting => waiting.RetryTime is not null);
            posted.Add(demand.Name);
        }

        var whole = await Read(cursor: 0, until: pool.Journal.Head);
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
    public Task A_cursor_beyond_the_journal_is_refused() => pool.Refuses(StatusCode.InvalidArgument, "CURSOR_INVALID", "cursor", async headers =>
    {
        using var watch = pool.Dispatch.WatchDispatches(new() { Parent = Beigan, Cursor = long.MaxValue }, headers);
        await watch.ResponseStream.MoveNext();
    });

    /// <summary>The news after a cursor, up to the first checkpoint that is at least at a position.</summary>
    private async Task<List<DispatchEvent>> Read(long cursor, long until)
    {
        using var watch = pool.Dispatch.WatchDispatches(new() { Parent = Beigan, Cursor = cursor });
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
