using Grpc.Core;
using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Gateway.Requests;
using Pool.Gateway.Resources;
using Pool.Hosting;
using Pool.Series;
using Pool.V1;
using Pool.Views;

namespace Pool.Gateway.Endpoints;

internal sealed class SeriesEndpoint(IGrainFactory grains, Lists lists) : SeriesService.SeriesServiceBase
{
    private const string ParentForm = "streets/{street}/communities/{community}";

    private static readonly FilterField[] FilterFields = [FilterField.Bool("running", ViewColumns.State)];

    public override async Task<V1.Series> CreateSeries(CreateSeriesRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var community = reading.Of(ResourceNames.Community, "parent", request.Parent);
        var terms = SeriesResource.Terms(reading, community, reading.Required("series", request.Series));
        var command = reading.Command(request.RequestId, request.Parent);
        return await Answer(grains.Series(new(command.RequestId)).Begin(community, terms, command), context);
    }

    public override async Task<V1.Series> GetSeries(GetSeriesRequest request, ServerCallContext context)
    {
        var (home, id) = ResourceNames.Series("name", request.Name);
        var (series, version) = await grains.Series(id).Get().For(context);
        return series.Community == home ? SeriesResource.Write(series, version) : throw new RefusedException(Refusal.Of(RefusalReason.SeriesNotFound, id.Text));
    }

    public override async Task<ListSeriesResponse> ListSeries(ListSeriesRequest request, ServerCallContext context)
    {
        var parent = ResourceNames.Parent("parent", request.Parent, ParentForm);
        ResourceNames.CheckParent("parent", parent[0], parent[1], ParentForm);
        var list = new ListRequest(
            "series", request.PageSize, request.PageToken, request.MinPosition,
            Lists.Under(parent, ViewColumns.Street, ViewColumns.Community).Concat(Filters.Read(request.Filter, FilterFields)));
        var (items, next) = await lists.Read<DemandSeries>(list, context);
        return new() { Series = { items.Select(item => SeriesResource.Write(item.Value, item.Version)) }, NextPageToken = next };
    }

    public override async Task<V1.Series> EndSeries(EndSeriesRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, id) = reading.Of(ResourceNames.Series, "name", request.Name);
        var command = reading.Command(request.RequestId, () => ResourceNames.Of(home), home, request.Etag);
        return await Answer(grains.Series(id).End(request.Reason, command), context);
    }

    private static async Task<V1.Series> Answer(Task<Answer<DemandSeries>> answering, ServerCallContext context)
    {
        var (series, version) = await answering.For(context);
        return SeriesResource.Write(series, version);
    }
}
