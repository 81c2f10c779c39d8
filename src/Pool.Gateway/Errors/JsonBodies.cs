using System.Diagnostics;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Pool.Actors;
using Pool.Gateway.Requests;
using Pool.Hosting;

namespace Pool.Gateway.Errors;

/// <summary>
/// Transcoding answers a JSON request that it cannot read before any interceptor sees it, without a reason. This bounds the
/// body as a gRPC message is bounded, and gives such an answer the reason and details that every other refusal has.
/// </summary>
internal static class JsonBodies
{
    private static readonly JsonFormatter Formatter = new(
        new JsonFormatter.Settings(formatDefaultValues: true, TypeRegistry.FromFiles(Google.Rpc.ErrorDetailsReflection.Descriptor)));

    public static void UseJsonRefusals(this IApplicationBuilder app)
    {
        var limit = app.ApplicationServices.GetRequiredService<IOptions<PoolOptions>>().Value.MaxMessageBytes;
        app.Use((context, next) =>
        {
            var method = context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method;
            return method?.Type == MethodType.Unary && !context.IsGrpc() ? Answer(context, next, limit) : next(context);
        });
    }

    private static async Task Answer(HttpContext context, RequestDelegate next, int limit)
    {
        var aborted = context.RequestAborted;
        if (context.Request.GetTypedHeaders().ContentType?.Charset is { HasValue: true } charset && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            await Refuse(context, StatusCodes.Status400BadRequest, Refusal.Of(RefusalReason.FieldInvalid, "a body is UTF-8"));
            return;
        }

        if (await Read(context, limit) is not { } body)
        {
            await Refuse(context, StatusCodes.Status429TooManyRequests, Refusal.Of(RefusalReason.MessageTooLarge, $"{limit}"));
            return;
        }

        var (client, answer) = (context.Response.Body, new MemoryStream());
        (context.Request.Body, context.Response.Body) = (body, answer);
        await next(context);
        context.Response.Body = client;

        // A request that could be read came to the interceptor, which names its trace whatever becomes of it.
        if (context.Response.StatusCode == StatusCodes.Status400BadRequest && !context.Response.Headers.ContainsKey(Answers.TraceTrailer))
        {
            await Refuse(context, StatusCodes.Status400BadRequest, Refusal.Of(RefusalReason.FieldInvalid, Fault(body, answer)));
            return;
        }

        answer.Position = 0;
        await answer.CopyToAsync(client, aborted);
    }

    /// <summary>The body; null when it is over the limit.</summary>
    private static async Task<MemoryStream?> Read(HttpContext context, int limit)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        if (context.Request.ContentLength > limit)
        {
            return null;
        }

        var body = new MemoryStream();
        var part = new byte[8 * 1024];
        while (await context.Request.Body.ReadAsync(part, context.RequestAborted) is var read and > 0)
        {
            if (body.Length + read > limit)
            {
                return null;
            }

            body.Write(part, 0, read);
        }

        body.Position = 0;
        return body;
    }

    /// <summary>What is wrong: where the body is no JSON, else what transcoding says of it.</summary>
    private static string Fault(MemoryStream body, MemoryStream answer)
    {
        if (body.Length > 0)
        {
            try
            {
                using var parsed = JsonDocument.Parse(body.ToArray());
            }
            catch (JsonException cause)
            {
                return $"no JSON at line {cause.LineNumber + 1}, byte {cause.BytePositionInLine + 1}";
            }
        }

        using var said = JsonDocument.Parse(answer.ToArray());
        return said.RootElement.GetProperty("message").GetString()?.TrimEnd('.') ?? "";
    }

    private static async Task Refuse(HttpContext context, int httpStatus, Refusal refusal)
    {
        var response = context.Response;
        response.Headers[Answers.TraceTrailer] = Activity.Current?.TraceId.ToHexString();
        (response.StatusCode, response.ContentType, response.ContentLength) = (httpStatus, "application/json; charset=utf-8", null);
        await response.WriteAsync(Formatter.Format(RefusalStatus.Of(refusal, Languages.Of(context.Request))), context.RequestAborted);
    }
}
