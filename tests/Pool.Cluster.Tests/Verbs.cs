using Pool.V1;

namespace Pool.Cluster.Tests;

/// <summary>What the people of a demand do next about each of its proposals, as they see it.</summary>
public static class Verbs
{
    /// <summary>The next request for each proposal that somebody has something to do about.</summary>
    public static IEnumerable<Request> For(Demand demand, Seeds seeds) => demand.Proposals
        .Select(proposal => Next(demand, proposal, seeds) is { } request
            ? request with { Proposal = proposal.Name, Claim = $"{proposal.Name} {proposal.State} {proposal.Assignment?.State}" }
            : null)
        .OfType<Request>();

    private static Request? Next(Demand demand, Proposal proposal, Seeds seeds)
    {
        var chance = seeds.Next(100);
        return proposal switch
        {
            { State: ProposalState.Pending } => chance switch
            {
                < 5 => null,
                < 25 => Request.Of(seeds, "decline", id => new DeclineProposalRequest
                {
                    Name = proposal.Name,
                    Partner = proposal.Partner,
                    Reason = DeclineReason.NoTime,
                    RequestId = id,
                }, (channel, request) => new DispatchService.DispatchServiceClient(channel).DeclineProposalAsync(request).ResponseAsync),
                _ => Request.Of(seeds, "accept", id => new AcceptProposalRequest { Name = proposal.Name, Partner = proposal.Partner, RequestId = id },
                    (channel, request) => new DispatchService.DispatchServiceClient(channel).AcceptProposalAsync(request).ResponseAsync),
            },
            { Assignment.State: AssignmentState.AssignmentAccepted } => Ahead(demand, proposal, seeds, chance),
            { Assignment.State: AssignmentState.Started } => Request.Of(seeds, "complete", id => new CompleteAssignmentRequest
            {
                Name = proposal.Assignment.Name,
                Partner = proposal.Partner,
                Minutes = 50 + (chance / 5),
                RequestId = id,
            }, (channel, request) => new DispatchService.DispatchServiceClient(channel).CompleteAssignmentAsync(request).ResponseAsync),
            { Assignment.State: AssignmentState.Completed } => Request.Of(seeds, "confirm", id => new ConfirmAssignmentRequest
            {
                Name = proposal.Assignment.Name,
                Community = CommunityOf(demand),
                // One in five reports something else entirely, which is a dispute.
                Minutes = chance < 20 ? 200 : 60,
                RequestId = id,
            }, (channel, request) => new DispatchService.DispatchServiceClient(channel).ConfirmAssignmentAsync(request).ResponseAsync),
            { Assignment.State: AssignmentState.Disputed } => Request.Of(seeds, "resolve", id => new ResolveDisputeRequest
            {
                Name = proposal.Assignment.Name,
                Minutes = 60,
                Note = "The clerk asked both.",
                RequestId = id,
            }, (channel, request) => new DispatchService.DispatchServiceClient(channel).ResolveDisputeAsync(request).ResponseAsync),
            { Assignment: { State: AssignmentState.Confirmed or AssignmentState.Settled, Stars: 0 } } => Request.Of(seeds, "rate", id => new RateAssignmentRequest
            {
                Name = proposal.Assignment.Name,
                Community = CommunityOf(demand),
                Stars = 1 + (chance / 20),
                RequestId = id,
            }, (channel, request) => new DispatchService.DispatchServiceClient(channel).RateAssignmentAsync(request).ResponseAsync),
            _ => null,
        };
    }

    /// <summary>Most services start; some are given back, missed by somebody, or cancelled with their demand.</summary>
    private static Request Ahead(Demand demand, Proposal proposal, Seeds seeds, int chance) => chance switch
    {
        < 6 => Request.Of(seeds, "give back", id => new CancelAssignmentRequest
        {
            Name = proposal.Assignment.Name,
            Partner = proposal.Partner,
            RequestId = id,
        }, (channel, request) => new DispatchService.DispatchServiceClient(channel).CancelAssignmentAsync(request).ResponseAsync),
        < 9 => Request.Of(seeds, "no-show", id => new ReportNoShowRequest
        {
            Name = proposal.Assignment.Name,
            Community = CommunityOf(demand),
            RequestId = id,
        }, (channel, request) => new DispatchService.DispatchServiceClient(channel).ReportNoShowAsync(request).ResponseAsync),
        < 15 => Request.Of(seeds, "cancel", id => new CancelDemandRequest { Name = demand.Name, Community = CommunityOf(demand), RequestId = id },
            (channel, request) => new DemandService.DemandServiceClient(channel).CancelDemandAsync(request).ResponseAsync),
        _ => Request.Of(seeds, "start", id => new StartAssignmentRequest { Name = proposal.Assignment.Name, Partner = proposal.Partner, RequestId = id },
            (channel, request) => new DispatchService.DispatchServiceClient(channel).StartAssignmentAsync(request).ResponseAsync),
    };

    private static string CommunityOf(Demand demand) => demand.Name[..demand.Name.IndexOf("/demands/", StringComparison.Ordinal)];
}
