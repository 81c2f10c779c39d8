using Grpc.Core;
using Pool.Actors;
using Pool.Demands;
using Pool.Gateway.Errors;
using Pool.Gateway.Requests;
using Pool.Gateway.Resources;
using Pool.Hosting;
using Pool.V1;
using Pool.Values;
using Pool.Views;

namespace Pool.Gateway.Endpoints;

internal sealed class DemandEndpoint(IGrainFactory grains, Lists lists) : DemandService.DemandServiceBase
{
    private const string ParentForm = "streets/{street}/communities/{community}";

    private static readonly FilterField[] FilterFields =
    [
        FilterField.Enum<DemandStatus>("state", ViewColumns.State, DemandsReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.EnumDescriptor>("DemandState")),
        FilterField.Code("skill", ViewColumns.Skill),
        FilterField.Enum<Demands.DispatchMode>("dispatch_mode", ViewColumns.Mode, DemandsReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.EnumDescriptor>("DispatchMode")),
    ];

    public override async Task<V1.Demand> PostDemand(PostDemandRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var community = reading.Of(ResourceNames.Community, "parent", request.Parent);
        var terms = DemandResource.Terms(reading, community, reading.Required("demand", request.Demand));
        var command = reading.Command(request.RequestId, request.Parent);
        var (demand, version) = await grains.Community(community).PostDemand(terms, command).For(context);
        return DemandResource.Write(demand, version);
    }

    public override async Task<V1.DemandPreview> PreviewDemand(PreviewDemandRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var community = reading.Of(ResourceNames.Community, "parent", request.Parent);
        var terms = DemandResource.Terms(reading, community, reading.Required("demand", request.Demand));
        reading.End();
        var (preview, _) = await grains.Community(community).PreviewDemand(new(Guid.NewGuid()), terms).For(context);
        return ExplanationResource.Write(preview, Languages.Of(context.GetHttpContext().Request));
    }

    public override async Task<V1.Demand> GetDemand(GetDemandRequest request, ServerCallContext context)
    {
        var (home, id) = ResourceNames.Demand("name", request.Name);
        var (demand, version) = await grains.Demand(id).Get().For(context);
        return demand.Community == home ? DemandResource.Write(demand, version) : throw Missing(id);
    }

    public override async Task<ListDemandsResponse> ListDemands(ListDemandsRequest request, ServerCallContext context)
    {
        var parent = ResourceNames.Parent("parent", request.Parent, ParentForm);
        ResourceNames.CheckParent("parent", parent[0], parent[1], ParentForm);
        var list = new ListRequest(
            "demands", request.PageSize, request.PageToken, request.MinPosition,
            Lists.Under(parent, ViewColumns.Street, ViewColumns.Community).Concat(Filters.Read(request.Filter, FilterFields)));
        var (items, next) = await lists.Read<Demands.Demand>(list, context);
        return new() { Demands = { items.Select(item => DemandResource.Write(item.Value, item.Version)) }, NextPageToken = next };
    }

    public override async Task<V1.Demand> UpdateDemand(UpdateDemandRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var changed = reading.Required("demand", request.Demand);
        var (home, id) = reading.Of(ResourceNames.Demand, "demand.name", changed.Name);
        var patch = reading.Of(() => DemandResource.Patch(reading, changed, request.UpdateMask));
        var command = reading.Command(request.RequestId, () => ResourceNames.Of(home.Street), home, changed.Etag);
        var (demand, version) = await grains.Demand(id).Change(patch, command).For(context);
        return DemandResource.Write(demand, version);
    }

    public override async Task<V1.Demand> CancelDemand(CancelDemandRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, id) = reading.Of(ResourceNames.Demand, "name", request.Name);
        var community = reading.Of(ResourceNames.Community, "community", request.Community);
        var command = reading.Command(request.RequestId, request.Community, home, request.Etag);
        var (demand, version) = await grains.Demand(id).Cancel(community, request.Reason, command).For(context);
        return DemandResource.Write(demand, version);
    }

    public override async Task<DemandExplanation> ExplainDemand(ExplainDemandRequest request, ServerCallContext context)
    {
        var (home, id) = ResourceNames.Demand("name", request.Name);
        var (explanation, version) = await grains.Demand(id).Explain().For(context);
        return explanation.Demand.Community == home
            ? ExplanationResource.Write(explanation, version, Languages.Of(context.GetHttpContext().Request))
            : throw Missing(id);
    }

    private static RefusedException Missing(DemandId id) => new(Refusal.Of(RefusalReason.DemandNotFound, id.Text));
}
