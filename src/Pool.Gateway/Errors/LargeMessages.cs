using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Pool.Actors;
using Pool.Hosting;

namespace Pool.Gateway.Errors;

/// <summary>
/// gRPC refuses a message over the limit before any interceptor sees it, with a bare status. This adds the details that
/// every other refusal has, so that a client finds the reason in the same place.
/// </summary>
internal static class LargeMessages
{
    private const string StatusTrailer = "grpc-status";
    private const string DetailsTrailer = "grpc-status-details-bin";

    public static void UseLargeMessageDetails(this IApplicationBuilder app)
    {
        var limit = app.ApplicationServices.GetRequiredService<IOptions<PoolOptions>>().Value.MaxMessageBytes;
        app.Use(async (context, next) =>
        {
            await next(context);
            if (context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers is not { IsReadOnly: false } trailers || trailers.ContainsKey(DetailsTrailer))
            {
                return;
            }

            // Where nothing was written the status stands in the headers ("trailers only").
            var headers = context.Response.HasStarted ? trailers : context.Response.Headers;
            if (headers[StatusTrailer] == $"{(int)StatusCode.ResourceExhausted}")
            {
                var refusal = Refusal.Of(RefusalReason.MessageTooLarge, $"{limit}");
                headers[DetailsTrailer] = Convert.ToBase64String(RefusalStatus.Of(refusal, Languages.Of(context.Request)).ToByteArray());
            }
        });
    }
}
