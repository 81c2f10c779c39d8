using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>One connected trace from the RPC through the actors to the journal; timers link to it.</summary>
public sealed class TraceTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task One_trace_runs_from_the_rpc_to_the_journal_and_a_timer_links_to_it()
    {
        // Taken at their start: the wake-up itself ends only after the step that the test has seen.
        var begun = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Pool" or "Microsoft.Orleans.Application" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = begun.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await pool.AddPartner(Home, "traced");
        var call = pool.Demands.PostDemandAsync(new() { Parent = Home, Demand = pool.NewDemand(), RequestId = NewId() });
        var posted = await call;
        var trace = call.GetTrailers().GetValue("trace-id");
        await pool.Until(posted, demand => demand.Proposals.Count == 1);
        pool.Clock.Advance(TimeSpan.FromMinutes(16));
        await pool.Until(posted, demand => demand.Proposals is [{ State: ProposalState.ProposalExpired }, ..]);

        var explained = await pool.Demands.ExplainDemandAsync(new() { Name = posted.Name });
        Assert.Equal(trace, explained.History.Single(entry => entry.Event == "demand.posted").TraceId);
        Assert.Equal(trace, explained.History.Single(entry => entry.Event == "demand.proposal-made").TraceId);
        var expiry = explained.History.Single(entry => entry.Event == "demand.proposal-expired").TraceId;
        Assert.NotEqual(trace, expiry);
        var appends = begun.Where(activity => activity.OperationName == "journal append" && activity.TraceId.ToHexString() == trace).ToList();
        Assert.Contains(appends, append => Equals(append.GetTagItem("pool.stream"), $"demand/{posted.Name[^36..]}"));
        Assert.Contains(appends, append => Equals(append.GetTagItem("pool.stream"), "partner/traced"));
        var wakes = begun.Where(activity => activity.TraceId.ToHexString() == expiry).ToList();
        Assert.Contains(wakes, wake => wake.Links.Any(link => link.Context.TraceId.ToHexString() == trace));
    }

    [Fact]
    public async Task A_list_and_a_refusal_name_their_trace_as_well()
    {
        var list = pool.Demands.ListDemandsAsync(new() { Parent = Home });
        await list;
        Assert.Equal(32, list.GetTrailers().GetValue("trace-id")?.Length);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await pool.Demands.GetDemandAsync(new() { Name = "nowhere" }));
        Assert.Equal(32, refused.Trailers.GetValue("trace-id")?.Length);
    }
}
