using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>People who act at the same moment: the outcome is one of those named, and nothing is held in vain. They have a pool of their own, because the clock moves for everybody.</summary>
public sealed class RaceTests(TestPool pool) : IClassFixture<TestPool>
{
    private const int Times = 20;

    [Fact]
    public async Task A_cancellation_and_an_acceptance_at_once_leave_a_cancelled_demand_with_its_time_given_back()
    {
        for (var time = 0; time < Times; time++)
        {
            var life = await Life.Proposed(pool, $"cancelled-{time}");
            var accepting = Refusals.Of(() => life.Accept([]));
            var cancelling = Refusals.Of(() => life.Cancel([]));
            Assert.Null(await cancelling);

            await life.Returned();
            var demand = await life.Until(demand => demand.State == DemandState.Cancelled);
            var outcome = (await accepting, demand.Proposals[0].State, demand.Proposals[0].Assignment?.ReleaseReason);
            Assert.True(
                outcome is (null, ProposalState.Accepted, ReleaseReason.DemandCancelled) or ("PROPOSAL_WITHDRAWN", ProposalState.Withdrawn, null), $"{outcome} is neither of the two.");
            Assert.Empty((await pool.Partners.GetPartnerAsync(new() { Name = life.Partner })).Reservations);
        }
    }

    [Fact]
    public async Task An_answer_at_the_moment_of_the_expiry_is_in_time_or_refused_and_never_both()
    {
        for (var time = 0; time < Times; time++)
        {
            var life = await Life.Proposed(pool, $"expired-{time}", demand => demand.Reach = 0);
            var proposed = await life.Until(demand => demand.Proposals.Count == 1);
            var accepting = Refusals.Of(() => life.Accept([]));
            pool.Clock.Advance(proposed.Proposals[0].ExpireTime.ToDateTimeOffset() - pool.Clock.GetUtcNow());

            var refused = await accepting;
            var demand = await life.Until(demand => demand.Proposals is [{ State: ProposalState.ProposalExpired } or { Assignment: not null }, ..]);
            var outcome = (refused, demand.Proposals[0].State);
            Assert.True(outcome is (null, ProposalState.Accepted) or ("PROPOSAL_EXPIRED", ProposalState.ProposalExpired), $"{outcome} is neither of the two.");
        }
    }

    [Fact]
    public async Task When_everybody_declines_everybody_was_asked_once_and_the_demand_waits_with_all_their_time_given_back()
    {
        const int Partners = 40;
        await pool.AddSkill("declined-by-all");
        var partners = await Task.WhenAll(Enumerable.Range(0, Partners).Select(number => pool.AddPartner(Home, $"decliner-{number}", "skills/declined-by-all")));
        var demand = pool.NewDemand(seats: 2, reach: 1, skill: "skills/declined-by-all");
        (demand.DispatchMode, demand.AskAtOnce) = (DispatchMode.Broadcast, 10);
        var posted = await pool.Post(demand);

        // Each answers as soon as it hears of its proposal, ten of them at a time.
        using var watch = pool.Dispatch.WatchDemand(new() { Name = posted.Name });
        var declining = new List<Task>();
        while (declining.Count < Partners && await watch.ResponseStream.MoveNext(CancellationToken.None))
        {
            if (watch.ResponseStream.Current is { Event: "demand.proposal-made" } made)
            {
                var proposal = made.Demand.Proposals[made.Proposal - 1];
                declining.Add(pool.Dispatch.DeclineProposalAsync(new() { Name = proposal.Name, Partner = proposal.Partner, Reason = DeclineReason.NoTime, RequestId = NewId() }).ResponseAsync);
            }
        }

        await Task.WhenAll(declining);
        var waiting = await pool.Until(posted, now => now.RetryTime is not null && now.Proposals.Count(proposal => proposal.State == ProposalState.Declined) == Partners);
        Assert.Equal(partners.Order(), waiting.Proposals.Select(proposal => proposal.Partner).Order());
        await pool.Recorded($"demand/{posted.Name[^36..]}", "demand.hold-returned", Partners);
        Assert.All(await Task.WhenAll(partners.Select(partner => pool.Partners.GetPartnerAsync(new() { Name = partner }).ResponseAsync)), partner => Assert.Empty(partner.Reservations));
    }
}
