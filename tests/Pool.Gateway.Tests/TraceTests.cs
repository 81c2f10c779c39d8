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
        var begun = new ConcurrentBag<Activity>();
        using var listener = Listen(begun);
        await pool.AddPartner(Home, "traced");
        var call = pool.Demands.PostDemandAsync(new() { Parent = Home, Demand = pool.NewDemand(), RequestId = NewId() });
        var posted = await call;
        var trace = call.GetTrailers().GetValue("trace-id");
        await pool.Until(posted, demand => demand.Proposals.Count == 1);
        pool.Clock.Advance(TimeSpan.FromMinutes(16));
        await pool.Until(posted, demand => demand.Proposals is [{ State: ProposalState.ProposalExpired }, ..]);

        var explained = await pool.Demands.ExplainDemandAsync(new() { Name = posted.Name });
        Assert.Equal(trace, explained.History.Single(entry => entry.Event == "demand.posted").TraceId);
        Assert.Equal(trace, explained.History.First(entry => entry.Event == "demand.proposal-made").TraceId);
        // Another partner of the community may have been asked by now.
        var expiry = explained.History.First(entry => entry.Event == "demand.proposal-expired").TraceId;
        Assert.NotEqual(trace, expiry);
        // A call of an actor has one span, the actor's.
        Assert.Single(begun, activity => activity.OperationName == "IPartnerGrain/TryHold" && activity.TraceId.ToHexString() == trace);
        Assert.DoesNotContain(begun, activity => activity.Kind == ActivityKind.Client);
        var appends = begun.Where(activity => activity.OperationName == "journal append" && activity.TraceId.ToHexString() == trace).ToList();
        Assert.Contains(appends, append => Equals(append.GetTagItem("pool.stream"), $"demand/{posted.Name[^36..]}"));
        Assert.Contains(appends, append => Equals(append.GetTagItem("pool.stream"), "partner/traced"));
        var wakes = begun.Where(activity => activity.TraceId.ToHexString() == expiry).ToList();
        Assert.Contains(wakes, wake => wake.Links.Any(link => link.Context.TraceId.ToHexString() == trace));
    }

    [Fact]
    public async Task What_a_client_does_later_links_to_the_trace_that_posted_the_demand()
    {
        var begun = new ConcurrentBag<Activity>();
        using var listener = Listen(begun);
        await pool.AddPartner(Home, "linked");
        var posting = pool.Demands.PostDemandAsync(new() { Parent = Home, Demand = pool.NewDemand(), RequestId = NewId() });
        var posted = await posting;
        var proposed = await pool.Until(posted, demand => demand.Proposals.Count == 1);

        var accepting = pool.Dispatch.AcceptProposalAsync(new() { Name = proposed.Proposals[0].Name, Partner = proposed.Proposals[0].Partner, RequestId = NewId() });
        await accepting;

        var (first, later) = (posting.GetTrailers().GetValue("trace-id"), accepting.GetTrailers().GetValue("trace-id"));
        Assert.NotEqual(first, later);
        var appends = begun.Where(activity => activity.OperationName == "journal append" && activity.TraceId.ToHexString() == later
            && Equals(activity.GetTagItem("pool.stream"), $"demand/{posted.Name[^36..]}")).ToList();
        Assert.Equal(2, appends.Count); // the acceptance and the booking
        Assert.All(appends, append => Assert.Equal(first, Assert.Single(append.Links).Context.TraceId.ToHexString()));
    }

    [Fact]
    public async Task Events_tell_the_trace_of_their_call_where_nobody_records_it()
    {
        var begun = new ConcurrentBag<Activity>();
        using var listener = Listen(begun, ActivitySamplingResult.PropagationData);
        await pool.AddPartner(Home, "unrecorded");
        var posting = pool.Demands.PostDemandAsync(new() { Parent = Home, Demand = pool.NewDemand(), RequestId = NewId() });
        var posted = await posting;
        var proposed = await pool.Until(posted, demand => demand.Proposals.Count == 1);

        var accepting = pool.Dispatch.AcceptProposalAsync(new() { Name = proposed.Proposals[0].Name, Partner = proposed.Proposals[0].Partner, RequestId = NewId() });
        await accepting;

        var history = (await pool.Demands.ExplainDemandAsync(new() { Name = posted.Name })).History;
        var (first, later) = (posting.GetTrailers().GetValue("trace-id"), accepting.GetTrailers().GetValue("trace-id"));
        Assert.Equal(first, history.Single(entry => entry.Event == "demand.posted").TraceId);
        Assert.Equal(first, history.Single(entry => entry.Event == "demand.proposal-made").TraceId);
        Assert.Equal(later, history.Single(entry => entry.Event == "demand.proposal-accepted").TraceId);
        Assert.DoesNotContain(begun, activity => activity.OperationName.StartsWith("IDemandGrain/", StringComparison.Ordinal));
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

    /// <summary>Takes spans at their start: a wake-up ends only after the step that a test has seen.</summary>
    private static ActivityListener Listen(ConcurrentBag<Activity> begun, ActivitySamplingResult sampled = ActivitySamplingResult.AllDataAndRecorded)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Pool" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => sampled,
            ActivityStarted = begun.Add,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
