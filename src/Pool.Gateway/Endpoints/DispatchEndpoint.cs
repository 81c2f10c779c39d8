using System.Collections.Immutable;
using Grpc.Core;
using Pool.Actors;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.Gateway.Errors;
using Pool.Gateway.Requests;
using Pool.Gateway.Resources;
using Pool.Hosting;
using Pool.V1;
using Pool.Values;
using Pool.Views;

namespace Pool.Gateway.Endpoints;

internal sealed class DispatchEndpoint(IGrainFactory grains, Lists lists, Watches watches) : DispatchService.DispatchServiceBase
{
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
        return Answer(grains.Demand(demand).Accept(number, partner, command), context);
    }

    public override Task<V1.Demand> DeclineProposal(DeclineProposalRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Proposal, "name", request.Name);
        var partner = reading.Of(ResourceNames.Partner, "partner", request.Partner);
        var command = reading.Command(request.RequestId, request.Partner, home, request.Etag);
        return Answer(grains.Demand(demand).Decline(number, partner, (Demands.DeclineReason)request.Reason, request.Note, command), context);
    }

    public override Task<V1.Demand> ClaimSeats(ClaimSeatsRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand) = reading.Of(ResourceNames.Demand, "name", request.Name);
        var (community, offer) = reading.Of(ResourceNames.Offer, "offer", request.Offer);
        var command = reading.Command(request.RequestId, () => ResourceNames.Of(community, offer.Partner), home, request.Etag);
        return Answer(grains.Demand(demand).Claim(offer, community, request.People == 0 ? 1 : request.People, request.JoinWaitingList, command), context);
    }

    public override Task<V1.Demand> SwapAssignment(SwapAssignmentRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Assignment, "name", request.Name);
        var partner = reading.Of(ResourceNames.Partner, "partner", request.Partner);
        var (community, successor) = reading.Of(ResourceNames.Offer, "offer", request.Offer);
        var command = reading.Command(request.RequestId, request.Partner, home, request.Etag);
        return Answer(grains.Demand(demand).Swap(number, partner, successor, community, command), context);
    }

    public override Task<V1.Demand> StartAssignment(StartAssignmentRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Assignment, "name", request.Name);
        var partner = reading.Of(ResourceNames.Partner, "partner", request.Partner);
        var command = reading.Command(request.RequestId, request.Partner, home, request.Etag);
        return Answer(grains.Demand(demand).Start(number, partner, command), context);
    }

    public override Task<V1.Demand> CompleteAssignment(CompleteAssignmentRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Assignment, "name", request.Name);
        var partner = reading.Of(ResourceNames.Partner, "partner", request.Partner);
        var command = reading.Command(request.RequestId, request.Partner, home, request.Etag);
        return Answer(grains.Demand(demand).Complete(number, partner, new(request.Minutes), command), context);
    }

    public override Task<V1.Demand> ConfirmAssignment(ConfirmAssignmentRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Assignment, "name", request.Name);
        var community = reading.Of(ResourceNames.Community, "community", request.Community);
        var command = reading.Command(request.RequestId, request.Community, home, request.Etag);
        return Answer(grains.Demand(demand).Confirm(number, community, new(request.Minutes), command), context);
    }

    public override Task<V1.Demand> DisputeAssignment(DisputeAssignmentRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Assignment, "name", request.Name);
        var community = reading.Of(ResourceNames.Community, "community", request.Community);
        var command = reading.Command(request.RequestId, request.Community, home, request.Etag);
        return Answer(grains.Demand(demand).Dispute(number, community, request.Note, command), context);
    }

    public override Task<V1.Demand> ResolveDispute(ResolveDisputeRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Assignment, "name", request.Name);
        var command = reading.Command(request.RequestId, () => ResourceNames.Of(home.Street), home, request.Etag);
        return Answer(grains.Demand(demand).Resolve(number, new(request.Minutes), request.Note, command), context);
    }

    public override Task<V1.Demand> CorrectAssignment(CorrectAssignmentRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Assignment, "name", request.Name);
        var command = reading.Command(request.RequestId, () => ResourceNames.Of(home.Street), home, request.Etag);
        return Answer(grains.Demand(demand).Correct(number, new(request.Minutes), request.Note, command), context);
    }

    public override Task<V1.Demand> RateAssignment(RateAssignmentRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Assignment, "name", request.Name);
        var community = reading.Of(ResourceNames.Community, "community", request.Community);
        var command = reading.Command(request.RequestId, request.Community, home, request.Etag);
        return Answer(grains.Demand(demand).Rate(number, community, request.Stars, request.Comment, command), context);
    }

    public override Task<V1.Demand> CancelAssignment(CancelAssignmentRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, demand, number) = reading.Of(ResourceNames.Assignment, "name", request.Name);
        var partner = reading.Of(ResourceNames.Partner, "partner", request.Partner);
        var command = reading.Command(request.RequestId, request.Partner, home, request.Etag);
        return Answer(grains.Demand(demand).GiveBack(number, partner, request.Note, command), context);
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
        return Answer(grains.Demand(demand).NoShow(number, partner, community, request.Note, command), context);
    }

    public override async Task WatchDispatches(WatchDispatchesRequest request, IServerStreamWriter<DispatchEvent> responseStream, ServerCallContext context)
    {
        var (street, events) = (ResourceNames.Street("parent", request.Parent), Events(request.Events));
        await grains.Street(street).Get().For(context);
        await watches.Tell(new(Street: street) { Events = events }, request.Cursor, responseStream, context);
    }

    public override async Task WatchDemand(WatchDemandRequest request, IServerStreamWriter<DispatchEvent> responseStream, ServerCallContext context)
    {
        var ((home, id), events) = (ResourceNames.Demand("name", request.Name), Events(request.Events));
        var (demand, _) = await grains.Demand(id).Get().For(context);
        await watches.Tell(
            demand.Community == home ? new(home.Street, id) { Events = events } : throw new RefusedException(Refusal.Of(RefusalReason.DemandNotFound, id.Text)), request.Cursor, responseStream, context);
    }

    public override async Task WatchProposals(WatchProposalsRequest request, IServerStreamWriter<DispatchEvent> responseStream, ServerCallContext context)
    {
        var (named, events) = (ResourceNames.Partner("parent", request.Parent), Events(request.Events));
        var (partner, _) = await grains.Partner(named.Partner).Get().For(context);
        await watches.Tell(
            partner.Community == named.Home ? new(Partner: partner.Id) { Events = events } : throw new RefusedException(Refusal.Of(RefusalReason.PartnerNotFound, named.Partner.Text)),
            request.Cursor, responseStream, context);
    }

    private static ImmutableArray<string> Events(IEnumerable<string> named) =>
        [.. named.Distinct().Select(name => EventCatalogue<DemandEvent>.Has(name) ? name : throw new RefusedException(Refusal.At("events", RefusalReason.FieldInvalid, $"no event of a demand is called {name}")))];

    private static async Task<V1.Demand> Answer(Task<Answer<Demands.Demand>> answering, ServerCallContext context)
    {
        var (demand, version) = await answering.For(context);
        return DemandResource.Write(demand, version);
    }
}
