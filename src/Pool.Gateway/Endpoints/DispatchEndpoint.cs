using Grpc.Core;
using Microsoft.Extensions.Options;
using Pool.Actors;
using Pool.Demands;
using Pool.Gateway.Availability;
using Pool.Gateway.Errors;
using Pool.Gateway.Requests;
using Pool.Gateway.Resources;
using Pool.Hosting;
using Pool.Streets;
using Pool.V1;
using Pool.Values;
using Pool.Views;

namespace Pool.Gateway.Endpoints;

internal sealed class DispatchEndpoint(IGrainFactory grains, Lists lists, IOptions<PoolOptions> options, Drain drain) : DispatchService.DispatchServiceBase
{
    private static readonly TimeSpan LongestQuestion = TimeSpan.FromSeconds(1);

    private const string ParentForm = "streets/{street}/communities/{community}/demands/{demand}";

    private static readonly FilterField[] FilterFields =
    [
        FilterField.Enum<ProposalStatus>("state", ViewColumns.State, DemandsReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.EnumDescriptor>("ProposalState")),
        FilterField.Code("partner", ViewColumns.Partner),
    ];

    public override async Task<ListProposalsResponse> ListProposals(ListProposalsRequest request, ServerCallContext context)
    {
        var parent = ResourceNames.Parent("parent", request.Parent, ParentForm);
        ResourceNames.CheckParent("parent", parent[0], parent[1], ParentForm);
        var list = new ListRequest(
            "proposals", request.PageSize, request.PageToken, request.MinPosition,
            Lists.Under(parent, ViewColumns.Street, ViewColumns.Community, ViewColumns.Demand).Concat(Filters.Read(request.Filter, FilterFields)));
        var (items, next) = await lists.Read<ListedProposal>(list, context);
        return new()
        {
            Proposals = { items.Select(item => DemandResource.Write(item.Value.Community, item.Value.Demand, item.Value.Proposal)) },
            NextPageToken = next,
        };
    }

    public override Task<V1.Demand> AcceptProposal(AcceptProposalRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Proposal, "name", request.Name);
        var partner = reading.Of(ResourceNames.Partner, "partner", request.Partner);
        var command = reading.Command(request.RequestId, request.Partner, home, request.Etag);
        return Answer(Grain(demand).Accept(number, partner, command), context);
    }

    public override Task<V1.Demand> DeclineProposal(DeclineProposalRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Proposal, "name", request.Name);
        var partner = reading.Of(ResourceNames.Partner, "partner", request.Partner);
        var command = reading.Command(request.RequestId, request.Partner, home, request.Etag);
        return Answer(Grain(demand).Decline(number, partner, (Demands.DeclineReason)request.Reason, request.Note, command), context);
    }

    public override Task<V1.Demand> ClaimSeats(ClaimSeatsRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand) = reading.Of(ResourceNames.Demand, "name", request.Name);
        var (community, offer) = reading.Of(ResourceNames.Offer, "offer", request.Offer);
        var command = reading.Command(request.RequestId, () => ResourceNames.Of(community, offer.Partner), home, request.Etag);
        return Answer(Grain(demand).Claim(offer, community, request.People == 0 ? 1 : request.People, request.JoinWaitingList, command), context);
    }

    public override Task<V1.Demand> SwapAssignment(SwapAssignmentRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Assignment, "name", request.Name);
        var partner = reading.Of(ResourceNames.Partner, "partner", request.Partner);
        var (community, successor) = reading.Of(ResourceNames.Offer, "offer", request.Offer);
        var command = reading.Command(request.RequestId, request.Partner, home, request.Etag);
        return Answer(Grain(demand).Swap(number, partner, successor, community, command), context);
    }

    public override Task<V1.Demand> StartAssignment(StartAssignmentRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Assignment, "name", request.Name);
        var partner = reading.Of(ResourceNames.Partner, "partner", request.Partner);
        var command = reading.Command(request.RequestId, request.Partner, home, request.Etag);
        return Answer(Grain(demand).Start(number, partner, command), context);
    }

    public override Task<V1.Demand> CompleteAssignment(CompleteAssignmentRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Assignment, "name", request.Name);
        var partner = reading.Of(ResourceNames.Partner, "partner", request.Partner);
        var command = reading.Command(request.RequestId, request.Partner, home, request.Etag);
        return Answer(Grain(demand).Complete(number, partner, new(request.Minutes), command), context);
    }

    public override Task<V1.Demand> ConfirmAssignment(ConfirmAssignmentRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Assignment, "name", request.Name);
        var community = reading.Of(ResourceNames.Community, "community", request.Community);
        var command = reading.Command(request.RequestId, request.Community, home, request.Etag);
        return Answer(Grain(demand).Confirm(number, community, new(request.Minutes), command), context);
    }

    public override Task<V1.Demand> DisputeAssignment(DisputeAssignmentRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Assignment, "name", request.Name);
        var community = reading.Of(ResourceNames.Community, "community", request.Community);
        var command = reading.Command(request.RequestId, request.Community, home, request.Etag);
        return Answer(Grain(demand).Dispute(number, community, request.Note, command), context);
    }

    public override Task<V1.Demand> ResolveDispute(ResolveDisputeRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Assignment, "name", request.Name);
        var command = reading.Command(request.RequestId, () => ResourceNames.Of(home.Street), home, request.Etag);
        return Answer(Grain(demand).Resolve(number, new(request.Minutes), request.Note, command), context);
    }

    public override Task<V1.Demand> RateAssignment(RateAssignmentRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Assignment, "name", request.Name);
        var community = reading.Of(ResourceNames.Community, "community", request.Community);
        var command = reading.Command(request.RequestId, request.Community, home, request.Etag);
        return Answer(Grain(demand).Rate(number, community, request.Stars, request.Comment, command), context);
    }

    public override Task<V1.Demand> CancelAssignment(CancelAssignmentRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Assignment, "name", request.Name);
        var partner = reading.Of(ResourceNames.Partner, "partner", request.Partner);
        var command = reading.Command(request.RequestId, request.Partner, home, request.Etag);
        return Answer(Grain(demand).GiveBack(number, partner, request.Note, command), context);
    }

    public override Task<V1.Demand> ReportNoShow(ReportNoShowRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Assignment, "name", request.Name);
        var (partner, community, actor) = request.ReporterCase switch
        {
            ReportNoShowRequest.ReporterOneofCase.Partner =>
                ((RegisteredPartner?)reading.Of(ResourceNames.Partner, "partner", request.Partner), (CommunityId?)null, request.Partner),
            ReportNoShowRequest.ReporterOneofCase.Community => (null, reading.Of(ResourceNames.Community, "community", request.Community), request.Community),
            _ => reading.Of<(RegisteredPartner?, CommunityId?, string)>(() => throw new RefusedException(RefusalReason.FieldRequired, "reporter")),
        };
        var command = reading.Command(request.RequestId, actor, home, request.Etag);
        return Answer(Grain(demand).NoShow(number, partner, community, request.Note, command), context);
    }

    public override async Task WatchDispatches(WatchDispatchesRequest request, IServerStreamWriter<DispatchEvent> responseStream, ServerCallContext context)
    {
        var street = ResourceNames.Street("parent", request.Parent);
        await grains.GetGrain<IStreetGrain>(street.Text).Get().For(context);
        var feed = grains.GetGrain<IViewGrain>(0);
        var head = await feed.Head();
        var cursor = request.Cursor < 0 ? head : request.Cursor;
        if (cursor > head)
        {
            throw new RefusedException(RefusalReason.CursorInvalid, "cursor");
        }

        // A watch ends with its client or with the door; the client goes on from its cursor at the next one.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Over);
        try
        {
            await Watch(feed, street, cursor, responseStream, ending.Token);
        }
        catch (OperationCanceledException) when (drain.Over.IsCancellationRequested)
        {
            // The stream ends here.
        }
    }

    private async Task Watch(IViewGrain feed, StreetId street, long cursor, IServerStreamWriter<DispatchEvent> responseStream, CancellationToken ending)
    {
        // The first checkpoint tells at once that the watch stands, and from where. No write takes the token: one that is
        // cancelled would reset the stream, where a watch is to end in order.
        await responseStream.WriteAsync(new DispatchEvent { Cursor = cursor }, CancellationToken.None);
        var told = TimeProvider.System.GetTimestamp();
        while (!ending.IsCancellationRequested)
        {
            var quiet = TimeProvider.System.GetElapsedTime(told);
            var batch = await feed.NextDispatches(street, cursor, Patience(quiet)).WaitAsync(ending);
            cursor = batch.UpTo;
            foreach (var news in batch.News)
            {
                await responseStream.WriteAsync(Write(news), CancellationToken.None);
            }

            if (batch.News.IsEmpty && quiet >= options.Value.WatchCheckpoint)
            {
                await responseStream.WriteAsync(new DispatchEvent { Cursor = cursor }, CancellationToken.None);
            }

            if (!batch.News.IsEmpty || quiet >= options.Value.WatchCheckpoint)
            {
                told = TimeProvider.System.GetTimestamp();
            }
        }
    }

    /// <summary>How long the next question may wait for news: never so long that a lost silo would be noticed late.</summary>
    private TimeSpan Patience(TimeSpan quiet)
    {
        var left = options.Value.WatchCheckpoint - quiet;
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < LongestQuestion ? left : LongestQuestion;
    }

    private static DispatchEvent Write(DispatchNews news) => new()
    {
        Cursor = news.Position,
        Event = news.Event,
        Time = Instants.Write(news.At),
        Demand = DemandResource.Write(news.Demand, news.Version),
        Proposal = news.Proposal,
    };

    private static async Task<V1.Demand> Answer(Task<Answer<Demands.Demand>> answering, ServerCallContext context)
    {
        var (demand, version) = await answering.For(context);
        return DemandResource.Write(demand, version);
    }

    private IDemandGrain Grain(DemandId id) => grains.GetGrain<IDemandGrain>(id.Text);
}
