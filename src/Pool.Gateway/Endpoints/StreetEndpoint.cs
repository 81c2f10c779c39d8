using Grpc.Core;
using Pool.Actors;
using Pool.Gateway.Requests;
using Pool.Gateway.Resources;
using Pool.Hosting;
using Pool.Streets;
using Pool.V1;
using Pool.Values;

namespace Pool.Gateway.Endpoints;

internal sealed class StreetEndpoint(IGrainFactory grains, Lists lists) : StreetService.StreetServiceBase
{
    private const int UsualHorizonDays = 30;

    public override async Task<V1.Street> CreateStreet(CreateStreetRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var id = reading.Of(() => ResourceNames.Id<StreetId>("street_id", request.StreetId, "nine digits"));
        var street = reading.Required("street", request.Street);
        var neighbours = reading.Of(() => StreetResource.Neighbours(street));
        var policy = reading.Of(() => StreetResource.Policy(street.Policy));
        var holidays = reading.Of(() => StreetResource.Holidays(street));
        var command = reading.Command(request.RequestId, $"streets/{request.StreetId}");
        return await Answer(grains.Street(id).Open(street.DisplayName, neighbours, policy, holidays, command), context);
    }

    public override Task<V1.Street> GetStreet(GetStreetRequest request, ServerCallContext context) =>
        Answer(grains.Street(ResourceNames.Street("name", request.Name)).Get(), context);

    public override async Task<ListStreetsResponse> ListStreets(ListStreetsRequest request, ServerCallContext context)
    {
        var list = new ListRequest("streets", request.PageSize, request.PageToken, request.MinPosition, Filters.Read(request.Filter));
        var (items, next) = await lists.Read<Streets.Street>(list, context);
        return new() { Streets = { items.Select(item => StreetResource.Write(item.Value.Profile!, item.Version)) }, NextPageToken = next };
    }

    public override Task<V1.Street> UpdateStreet(UpdateStreetRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var street = reading.Required("street", request.Street);
        var id = reading.Of(ResourceNames.Street, "street.name", street.Name);
        var patch = reading.Of(() =>
        {
            var mask = new UpdateMask(request.UpdateMask, street, "display_name", "neighbours", "policy", "holidays");
            return new StreetPatch(
                mask.Text("display_name", street.DisplayName),
                mask.Value("neighbours", () => StreetResource.Neighbours(street)),
                mask.Has("policy") ? StreetResource.Policy(street.Policy) : null,
                mask.Value("holidays", () => StreetResource.Holidays(street)));
        });
        return Answer(grains.Street(id).Change(patch, reading.Command(request.RequestId, street.Name, etag: street.Etag)), context);
    }

    public override Task<V1.Street> SetTreaty(SetTreatyRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var lender = reading.Of(ResourceNames.Street, "name", request.Name);
        var borrower = reading.Of(ResourceNames.Street, "borrower", request.Borrower);
        var terms = reading.Of(() => TreatyResource.Terms(request.Terms));
        var command = reading.Command(request.RequestId, request.Name, etag: request.Etag);
        return Answer(grains.Lender(lender).SetTreaty(borrower, request.Open, terms, command), context);
    }

    public override async Task<V1.GapForecast> ForecastGaps(ForecastGapsRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var street = reading.Of(ResourceNames.Street, "parent", request.Parent);
        var skill = reading.Of(ResourceNames.Skill, "skill", request.Skill);
        reading.End();
        var (forecast, _) = await grains.Street(street).ForecastGaps(skill, request.HorizonDays == 0 ? UsualHorizonDays : request.HorizonDays).For(context);
        return StreetResource.Write(forecast);
    }

    private static async Task<V1.Street> Answer(Task<Answer<StreetProfile>> answering, ServerCallContext context)
    {
        var (street, version) = await answering.For(context);
        return StreetResource.Write(street, version);
    }
}
