using Grpc.Core;
using Pool.V1;

namespace Pool.Silo.Demo;

/// <summary>
/// The people of the morning: partners who accept, decline or let a proposal expire, serve and report; communities who
/// confirm and rate. They learn of everything from their street's watch; what is published there, some claim.
/// </summary>
internal sealed class People(DemoClient client, IReadOnlyList<RosterPartner> roster, IReadOnlyList<SampleTreaty> treaties, MorningClock clock, Random random, CancellationToken over)
{
    private const double Accepts = 0.75;
    private const double Declines = 0.15;

    /// <summary>How many partners come forward for a published demand.</summary>
    private const int Comers = 5;

    private int _accepted;
    private int _declined;
    private int _rated;

    public int Accepted => _accepted;

    public int Declined => _declined;

    public int Rated => _rated;

    /// <summary>Follows one street's dispatches until the morning is over.</summary>
    public async Task Follow(string street)
    {
        for (var cursor = -1L; !over.IsCancellationRequested;)
        {
            try
            {
                using var watch = client.Dispatch.WatchDispatches(new() { Parent = $"streets/{street}", Cursor = cursor }, cancellationToken: over);
                await foreach (var news in watch.ResponseStream.ReadAllAsync(over))
                {
                    cursor = news.Cursor;
                    if (news.Event == "demand.proposal-made")
                    {
                        _ = Answer(news.Demand, news.Demand.Proposals[news.Proposal - 1], Draw());
                    }

                    if (news.Event == "demand.queued")
                    {
                        _ = Approve(street);
                    }

                    if (news is { Event: "demand.posted", Demand.DispatchMode: DispatchMode.Claim })
                    {
                        ComeForward(news.Demand, street);
                    }
                }
            }
            catch (RpcException ended) when (over.IsCancellationRequested || ended.StatusCode == StatusCode.Unavailable)
            {
                // The morning is over, or a gateway is: another tells what comes behind the cursor.
            }
        }
    }

    /// <summary>The clerks of streets farther away, who are asked for every loan, look up what this street asks of them, and approve it.</summary>
    private Task Approve(string borrower) => Unless(async () =>
    {
        foreach (var treaty in treaties.Where(treaty => treaty.NeedsApproval && treaty.Borrower == borrower))
        {
            foreach (var request in (await client.Treaties.GetTreatyAsync(new() { Name = treaty.Name })).LoanRequests)
            {
                await client.Treaties.ApproveLoanAsync(new() { Name = request.Name, RequestId = client.RequestId() });
            }
        }
    });

    /// <summary>Partners of the street who have the skill claim a seat, or a place on the waiting list.</summary>
    private void ComeForward(Demand demand, string street)
    {
        var able = roster.Where(partner => partner.Community.Street == street)
            .SelectMany(partner => partner.Offers.Select(offer => (partner, offer)))
            .Where(pair => $"skills/{pair.offer.Skill}" == demand.Skill && pair.offer.Level >= demand.MinLevel)
            .OrderBy(_ => Draw())
            .Take(Comers);
        foreach (var (partner, offer) in able)
        {
            _ = Unless(async () =>
            {
                await Wait(TimeSpan.FromMinutes(1 + (Draw() * 20)));
                var name = $"{DemoClient.Name(partner)}/offers/{offer.Id}";
                var claimed = await client.Dispatch.ClaimSeatsAsync(new() { Name = demand.Name, Offer = name, JoinWaitingList = true, RequestId = client.RequestId() });
                if (claimed.Proposals.SingleOrDefault(made => made.Offer == name) is { Assignment: not null } has)
                {
                    Interlocked.Increment(ref _accepted);
                    await Serve(claimed, has);
                }
            });
        }
    }

    private Task Answer(Demand demand, Proposal proposal, double mood) => Unless(async () =>
    {
        await Wait(TimeSpan.FromMinutes(1 + (Draw() * 4)));
        if (mood < Accepts)
        {
            var accepted = await client.Dispatch.AcceptProposalAsync(new() { Name = proposal.Name, Partner = proposal.Partner, RequestId = client.RequestId() });
            Interlocked.Increment(ref _accepted);
            await Serve(accepted, accepted.Proposals.Single(made => made.Name == proposal.Name));
        }
        else if (mood < Accepts + Declines)
        {
            await client.Dispatch.DeclineProposalAsync(new()
            {
                Name = proposal.Name,
                Partner = proposal.Partner,
                Reason = (DeclineReason)(1 + (int)(Draw() * 5)),
                RequestId = client.RequestId(),
            });
            Interlocked.Increment(ref _declined);
        }
    });

    /// <summary>Does something unless the morning ends before, or it comes too late.</summary>
    private async Task Unless(Func<Task> what)
    {
        try
        {
            await what();
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The morning is over; what is left stays as it is.
        }
        catch (RpcException late) when (late.StatusCode == StatusCode.FailedPrecondition)
        {
            // The answer came too late, as answers do.
        }
        catch (RpcException ended) when (over.IsCancellationRequested)
        {
            _ = ended;
        }
    }

    /// <summary>Serves when the booked time comes, and reports; the community confirms and rates.</summary>
    private async Task Serve(Demand demand, Proposal proposal)
    {
        var assignment = proposal.Assignment.Name;
        var community = demand.Name[..demand.Name.IndexOf("/demands", StringComparison.Ordinal)];
        await Wait(proposal.StartTime.ToDateTimeOffset() - clock.GetUtcNow());
        await client.Dispatch.StartAssignmentAsync(new() { Name = assignment, Partner = proposal.Partner, RequestId = client.RequestId() });
        await Wait(proposal.EndTime.ToDateTimeOffset() - clock.GetUtcNow());
        var served = demand.DurationMinutes;
        await client.Dispatch.CompleteAssignmentAsync(new() { Name = assignment, Partner = proposal.Partner, Minutes = served, RequestId = client.RequestId() });
        await Wait(TimeSpan.FromMinutes(2));
        await client.Dispatch.ConfirmAssignmentAsync(new()
        {
            Name = assignment,
            Community = community,
            Minutes = Math.Max(1, served - (int)(Draw() * 10)),
            RequestId = client.RequestId(),
        });
        await client.Dispatch.RateAssignmentAsync(new()
        {
            Name = assignment,
            Community = community,
            Stars = 3 + (int)(Draw() * 3),
            RequestId = client.RequestId(),
        });
        Interlocked.Increment(ref _rated);
    }

    private Task Wait(TimeSpan time) => Task.Delay(time < TimeSpan.Zero ? TimeSpan.Zero : time, clock, over);

    private double Draw()
    {
        lock (random)
        {
            return random.NextDouble();
        }
    }
}
