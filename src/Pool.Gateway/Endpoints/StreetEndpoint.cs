using Grpc.Core;
using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Gateway.Requests;
using Pool.Gateway.Resources;
using Pool.Streets;
using Pool.V1;
using Pool.Values;

namespace Pool.Gateway.Endpoints;

internal sealed class StreetEndpoint(IGrainFactory grains, Lists lists) : StreetService.StreetServiceBase
{
    public override async Task<V1.Street> CreateStreet(CreateStreetRequest request, ServerCallContext context)
    {
        var command = Commands.Of(request, request.RequestId, $"streets/{request.StreetId}", context);
        if (!StreetId.TryParse(request.StreetId, out var id))
        {
            throw new RefusedException(RefusalReason.FieldInvalid, "street_id", "nine digits");
        }

        var street = request.Street ?? throw new RefusedException(RefusalReason.FieldRequired, "street");
        return await Answer(Grain(id).Open(street.DisplayName, StreetResource.Neighbours(street), StreetResource.Policy(street.Policy), command), context);
    }

    public override Task<V1.Street> GetStreet(GetStreetRequest request, ServerCallContext context) =>
        Answer(Grain(ResourceNames.Street("name", request.Name)).Get(), context);

    public override async Task<ListStreetsResponse> ListStreets(ListStreetsRequest request, ServerCallContext context)
    {
        var list = new ListRequest("streets", request.PageSize, request.PageToken, request.MinPosition, Filters.Read(request.Filter));
        var (items, next) = await lists.Read<Streets.Street>(list, context);
        return new() { Streets = { items.Select(item => StreetResource.Write(item.Value.Profile!, item.Version)) }, NextPageToken = next };
    }

    public override Task<V1.Street> UpdateStreet(UpdateStreetRequest request, ServerCallContext context)
    {
        var street = request.Street ?? throw new RefusedException(RefusalReason.FieldRequired, "street");
        var id = ResourceNames.Street("street.name", street.Name);
        var mask = new UpdateMask(request.UpdateMask, "display_name", "neighbours", "policy");
        var patch = new StreetPatch(
            mask.Text("display_name", street.DisplayName),
            mask.Value("neighbours", () => StreetResource.Neighbours(street)),
            mask.Has("policy") ? StreetResource.Policy(street.Policy) : null);
        return Answer(Grain(id).Change(patch, Commands.Of(request, request.RequestId, street.Name, context, etag: street.Etag)), context);
    }

    public override Task<V1.Street> SetTreaty(SetTreatyRequest request, ServerCallContext context)
    {
        var (lender, borrower) = (ResourceNames.Street("name", request.Name), ResourceNames.Street("borrower", request.Borrower));
        var command = Commands.Of(request, request.RequestId, request.Name, context, etag: request.Etag);
        return Answer(Grain(lender).SetTreaty(borrower, request.Open, command), context);
    }

    private static async Task<V1.Street> Answer(Task<Answer<StreetProfile>> answering, ServerCallContext context)
    {
        var (street, version) = await answering.For(context);
        return StreetResource.Write(street, version);
    }

    private IStreetGrain Grain(StreetId id) => grains.GetGrain<IStreetGrain>(id.Text);
}
