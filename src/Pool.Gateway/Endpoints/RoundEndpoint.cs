using Grpc.Core;
using Pool.Actors;
using Pool.Gateway.Requests;
using Pool.Gateway.Resources;
using Pool.Hosting;
using Pool.V1;

namespace Pool.Gateway.Endpoints;

internal sealed class RoundEndpoint(IGrainFactory grains) : RoundService.RoundServiceBase
{
    public override Task<V1.Round> GetRound(GetRoundRequest request, ServerCallContext context) =>
        Answer(grains.Round(ResourceNames.Round("name", request.Name)).Get(), context);

    public override Task<V1.Round> RunRound(RunRoundRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var street = reading.Of(ResourceNames.Round, "name", request.Name);
        return Answer(grains.Round(street).Run(reading.Command(request.RequestId, request.Name, etag: request.Etag)), context);
    }

    private static async Task<V1.Round> Answer(Task<Answer<Rounds.Round>> answering, ServerCallContext context)
    {
        var (round, version) = await answering.For(context);
        return RoundResource.Write(round, version);
    }
}
