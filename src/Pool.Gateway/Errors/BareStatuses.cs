using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Pool.Actors;
using Pool.Hosting;

namespace Pool.Gateway.Errors;

/// <summary>
/// gRPC itself ends a call whose message is over the limit or whose deadline passes, with a bare status and without the
/// interceptor. This adds the details that every other refusal has, so that a client finds the reason in the same place.
/// </summary>
internal static class BareStatuses
{
    private const string StatusHeader = "grpc-status";
    private const string DetailsHeader = "grpc-status-details-bin";
    private const string PushbackHeader = "grpc-retry-pushback-ms";
    private const string TimeoutHeader = "grpc-timeout";

    public static void UseStatusDetails(this IApplicationBuilder app)
    {
        var limit = app.ApplicationServices.GetRequiredService<IOptions<PoolOptions>>().Value.MaxMessageBytes;
        app.Use((context, next) =>
        {
            if (context.IsGrpc())
            {
                // The message's own limit holds; the body has five bytes more.
                context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;

                CountShortTimeout(context.Request.Headers);

                // A status without an answer stands in the headers ("trailers only").
                context.Response.OnStarting(() =>
                {
                    Explain(context, limit);
                    return Task.CompletedTask;
                });
            }

            return next(context);
        });
    }

    /// <summary>Whether a request comes as gRPC, not as JSON.</summary>
    public static bool IsGrpc(this HttpContext context) =>
        context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true;

    /// <summary>
    /// A client whose deadline has passed already sends the shortest timeout. gRPC's server counts in 100 ns, and takes
    /// what it rounds to nothing for no deadline at all.
    /// </summary>
    private static void CountShortTimeout(IHeaderDictionary headers)
    {
        var timeout = headers[TimeoutHeader].ToString();
        if (timeout.Length > 1 && long.TryParse(timeout.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var amount)
            && (amount == 0 || (timeout[^1] == 'n' && amount < TimeSpan.NanosecondsPerTick)))
        {
            headers[TimeoutHeader] = "1u";
        }
    }

    private static void Explain(HttpContext context, int limit)
    {
        var headers = context.Response.Headers;
        if (headers.ContainsKey(DetailsHeader) || !int.TryParse(headers[StatusHeader], out var status))
        {
            return;
        }

        var refusal = (StatusCode)status switch
        {
            StatusCode.ResourceExhausted => Refusal.Of(RefusalReason.MessageTooLarge, $"{limit}"),
            StatusCode.DeadlineExceeded => Refusal.Of(RefusalReason.DeadlineExceeded),
            _ => null,
        };
        if (refusal?.Reason == RefusalReason.MessageTooLarge)
        {
            // Unlike a door that is full it will refuse this message for ever: clients that retry by the status must not.
            headers[PushbackHeader] = "-1";
        }

        if (refusal is not null)
        {
            headers[DetailsHeader] = Convert.ToBase64String(RefusalStatus.Of(refusal, Languages.Of(context.Request)).ToByteArray());
        }
    }
}
