using Pool.Actors;
using Pool.Demands;
using Pool.Hosting;
using Pool.Values;
using Xunit;

namespace Pool.Grains.Tests;

/// <summary>Commands that come while a demand carries a step.</summary>
[Collection(nameof(Appends))]
public sealed class DemandGrainTests : IAsyncLifetime
{
    private readonly GrainPool _pool = new();

    public ValueTask InitializeAsync() => _pool.InitializeAsync();

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    [Fact]
    public async Task A_hold_that_comes_when_the_demand_is_cancelled_is_given_back()
    {
        await _pool.AddCarers("carer-one");
        var posted = new TaskCompletionSource<IDemandGrain>();
        var cancelling = new TaskCompletionSource<Task<Answer<Demand>>>();
        var decided = new ManualResetEventSlim();
        using var appends = new Appends(method =>
        {
            if (method.EndsWith("TryHold", StringComparison.Ordinal))
            {
                cancelling.SetResult(Task.Run(async () => await (await posted.Task).Cancel(GrainPool.Home, "", GrainPool.NewCommand())));
                decided.Wait(GrainPool.Patience);
            }
            else if (method.EndsWith("Cancel", StringComparison.Ordinal))
            {
                decided.Set();
            }
        });

        posted.SetResult(await _pool.Post(seats: 1));
        var answer = await await cancelling.Task;

        Assert.Equal(DemandStatus.Cancelled, answer.Value!.Status);
        await _pool.Recorded("partner/carer-one", "partner.hold-dropped");
        Assert.Empty((await _pool.Grains.Partner(PartnerId.Parse("carer-one")).Get()).Value!.Calendar.Reservations);
    }

    [Fact]
    public async Task A_claim_that_is_sent_again_before_it_is_decided_is_answered_the_same_though_its_offer_is_withdrawn_meanwhile()
    {
        await _pool.AddCarers("carer-one");
        var demand = await _pool.Post(seats: 1, DispatchMode.Claim);
        var (offer, command, again) = (new OfferId(PartnerId.Parse("carer-one"), "care"), GrainPool.NewCommand(), new TaskCompletionSource<Task<Answer<Demand>>>());
        using var appends = new Appends(method =>
        {
            if (method.EndsWith("TryHold", StringComparison.Ordinal))
            {
                Task.Run(SendAgain).Wait(GrainPool.Patience);
            }
        });

        var answer = await demand.Claim(offer, GrainPool.Home, 1, false, command);
        var second = await await again.Task;

        Assert.Null(answer.Refusal);
        Assert.Equal((null, answer.Version, answer.Position), (second.Refusal, second.Version, second.Position));

        async Task SendAgain()
        {
            await _pool.Grains.Offer(offer).Withdraw(GrainPool.NewCommand());
            again.SetResult(demand.Claim(offer, GrainPool.Home, 1, false, command));

            // It asks the street when the demand has answered, has its answer when the street has, and decides before the demand answers again.
            await demand.Get();
            await _pool.Grains.Street(GrainPool.Home.Street).Get();
            await demand.Get();
        }
    }

    [Fact]
    public async Task A_proposal_expires_in_time_while_the_demand_is_still_being_woken_for_the_first_time()
    {
        await _pool.AddCarers("carer-one", "carer-two");
        var (posted, expired, holds) = (new TaskCompletionSource<string>(), new TaskCompletionSource<bool>(), 0);
        using var appends = new Appends(method =>
        {
            if (method.EndsWith("TryHold", StringComparison.Ordinal) && ++holds == 2)
            {
                // The first seat is proposed, and the turn that proposed it holds somebody's time for the second.
                _pool.Clock.Advance(TimeSpan.FromMinutes(16));
                expired.SetResult(Task.Run(Expired).Wait(GrainPool.Patience));
            }
        });

        posted.SetResult($"demand/{(await (await _pool.Post(seats: 2)).Get()).Value!.Id}");

        Assert.True(await expired.Task);

        async Task Expired()
        {
            var stream = await posted.Task;
            using var patience = new CancellationTokenSource(GrainPool.Patience);
            for (var head = _pool.Journal.Head; (await _pool.Journal.ReadStream(stream, 0)).All(happened => happened.Type != "demand.proposal-expired"); head = _pool.Journal.Head)
            {
                await _pool.Journal.WaitBeyond(head, patience.Token);
            }
        }
    }

    [Fact]
    public async Task A_hold_that_comes_when_another_seat_has_opened_is_proposed_that_seat()
    {
        await _pool.AddCarers("carer-one", "carer-two");
        var posted = new TaskCompletionSource<IDemandGrain>();
        var declining = new TaskCompletionSource<Task<Answer<Demand>>>();
        var (decided, holds) = (new ManualResetEventSlim(), 0);
        using var appends = new Appends(method =>
        {
            if (method.EndsWith("Decline", StringComparison.Ordinal))
            {
                decided.Set();
            }
            else if (method.EndsWith("TryHold", StringComparison.Ordinal) && ++holds == 2)
            {
                declining.SetResult(Task.Run(async () => await Decline(await posted.Task)));
                decided.Wait(GrainPool.Patience);
            }
        });

        posted.SetResult(await _pool.Post(seats: 2));
        Assert.Null((await await declining.Task).Refusal);

        await _pool.Recorded($"demand/{(await (await posted.Task).Get()).Value!.Id}", "demand.queued");
        var proposals = (await (await posted.Task).Get()).Value!.Proposals;
        Assert.Equal([(1, ProposalStatus.Declined), (1, ProposalStatus.Pending)], proposals.Select(proposal => (proposal.People, proposal.Status)));
    }

    private static async Task<Answer<Demand>> Decline(IDemandGrain demand)
    {
        var proposed = (await demand.Get()).Value!.Proposal(1);
        return await demand.Decline(1, proposed.Proposed, DeclineReason.NoTime, "", GrainPool.NewCommand());
    }
}
