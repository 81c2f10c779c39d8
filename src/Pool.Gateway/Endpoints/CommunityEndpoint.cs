using Grpc.Core;
using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Gateway.Requests;
using Pool.Hosting;
using Pool.V1;
using Pool.Values;
using Pool.Views;

namespace Pool.Gateway.Endpoints;

internal sealed class CommunityEndpoint(IGrainFactory grains, Lists lists) : CommunityService.CommunityServiceBase
{
    private const string ParentForm = "streets/{street}";

    public override async Task<V1.Community> CreateCommunity(CreateCommunityRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var street = reading.Of(ResourceNames.Street, "parent", request.Parent);
        var id = reading.Of(() => Id(street, request.CommunityId));
        var community = reading.Required("community", request.Community);
        var command = reading.Command(request.RequestId, request.Parent);
        return await Answer(grains.Community(id).Open(community.DisplayName, command), context);
    }

    public override Task<V1.Community> GetCommunity(GetCommunityRequest request, ServerCallContext context) =>
        Answer(grains.Community(ResourceNames.Community("name", request.Name)).Get(), context);

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
        var reading = new Reading(request, context);
        var community = reading.Required("community", request.Community);
        var id = reading.Of(ResourceNames.Community, "community.name", community.Name);
        _ = reading.Of(() => new UpdateMask(request.UpdateMask, community, "display_name"));
        return Answer(grains.Community(id).Rename(community.DisplayName, reading.Command(request.RequestId, community.Name, etag: community.Etag)), context);
    }

    private static CommunityId Id(StreetId street, string text)
    {
        var id = ResourceNames.Id<CommunityId>("community_id", text, "twelve digits");
        return street == default || id.Street == street ? id : throw new RefusedException(RefusalReason.CommunityNotInStreet, "community_id", street.Text);
    }

    private static V1.Community Write(Communities.Community community, long version) =>
        new() { Name = ResourceNames.Of(community.Id), DisplayName = community.Name, Etag = Etags.Write(version) };

    private static async Task<V1.Community> Answer(Task<Answer<Communities.Community>> answering, ServerCallContext context)
    {
        var (community, version) = await answering.For(context);
        return Write(community, version);
    }
}
