using Grpc.Core;
using Pool.Actors;
using Pool.Communities;
using Pool.Gateway.Errors;
using Pool.Gateway.Requests;
using Pool.V1;
using Pool.Values;
using Pool.Views;

namespace Pool.Gateway.Endpoints;

internal sealed class CommunityEndpoint(IGrainFactory grains, Lists lists) : CommunityService.CommunityServiceBase
{
    private const string ParentForm = "streets/{street}";

    public override async Task<V1.Community> CreateCommunity(CreateCommunityRequest request, ServerCallContext context)
    {
        var street = ResourceNames.Street("parent", request.Parent);
        var command = Commands.Of(request, request.RequestId, request.Parent, context);
        if (!CommunityId.TryParse(request.CommunityId, out var id))
        {
            throw new RefusedException(RefusalReason.FieldInvalid, "community_id", "twelve digits");
        }

        if (id.Street != street)
        {
            throw new RefusedException(RefusalReason.CommunityNotInStreet, "community_id", street.Text);
        }

        var community = request.Community ?? throw new RefusedException(RefusalReason.FieldRequired, "community");
        return await Answer(Grain(id).Open(community.DisplayName, command), context);
    }

    public override Task<V1.Community> GetCommunity(GetCommunityRequest request, ServerCallContext context) =>
        Answer(Grain(ResourceNames.Community("name", request.Name)).Get(), context);

    public override async Task<ListCommunitiesResponse> ListCommunities(ListCommunitiesRequest request, ServerCallContext context)
    {
        var street = ResourceNames.Parent("parent", request.Parent, ParentForm)[0];
        ResourceNames.CheckParent("parent", street, null, ParentForm);
        IEnumerable<ListCondition> narrowed = street is null ? [] : [new(ViewColumns.Street, street)];
        var list = new ListRequest(
            "communities", request.PageSize, request.PageToken, request.MinPosition, narrowed.Concat(Filters.Read(request.Filter)));
        var (items, next) = await lists.Read<Communities.Community>(list, context);
        return new() { Communities = { items.Select(item => Write(item.Value, item.Version)) }, NextPageToken = next };
    }

    public override Task<V1.Community> UpdateCommunity(UpdateCommunityRequest request, ServerCallContext context)
    {
        var community = request.Community ?? throw new RefusedException(RefusalReason.FieldRequired, "community");
        var id = ResourceNames.Community("community.name", community.Name);
        _ = new UpdateMask(request.UpdateMask, "display_name");
        return Answer(Grain(id).Rename(community.DisplayName, Commands.Of(request, request.RequestId, community.Name, context, etag: community.Etag)), context);
    }

    private static V1.Community Write(Communities.Community community, long version) =>
        new() { Name = ResourceNames.Of(community.Id), DisplayName = community.Name, Etag = Commands.Etag(version) };

    private static async Task<V1.Community> Answer(Task<Answer<Communities.Community>> answering, ServerCallContext context)
    {
        var (community, version) = await answering.For(context);
        return Write(community, version);
    }

    private ICommunityGrain Grain(CommunityId id) => grains.GetGrain<ICommunityGrain>(id.Text);
}
