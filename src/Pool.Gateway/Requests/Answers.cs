using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Pool.Actors;
using Pool.Gateway.Availability;
using Pool.Gateway.Errors;

namespace Pool.Gateway.Requests;

/// <summary>Hands an actor's answer to the client.</summary>
internal static class Answers
{
    /// <summary>The journal position as of which the answer is given; lists take it as <c>min_position</c>.</summary>
    public const string PositionTrailer = "pool-position";

    /// <summary>The W3C trace id of the call.</summary>
    public const string TraceTrailer = "trace-id";

    /// <summary>The value, or the refusal as an exception; a trailer says as of which position.</summary>
    public static async Task<(T Value, long Version)> For<T>(this Task<Answer<T>> answering, ServerCallContext context)
    {
        var answer = await Admission.Wait(answering, context);
        if (answer.Refusal is { } refusal)
        {
            throw new RefusedException(refusal);
        }

        Tell(context, PositionTrailer, answer.Position.ToString(CultureInfo.InvariantCulture));
        return (answer.Value!, answer.Version);
    }

    /// <summary>Says in which trace the call runs, however it ends.</summary>
    public static void Trace(ServerCallContext context)
    {
        if (Activity.Current is { } activity)
        {
            Tell(context, TraceTrailer, activity.TraceId.ToHexString());
        }
    }

    /// <summary>Trailers reach gRPC clients; JSON clients read the same as headers.</summary>
    private static void Tell(ServerCallContext context, string key, string value)
    {
        context.ResponseTrailers.Add(key, value);
        var http = context.GetHttpContext();
        if (!http.IsGrpc())
        {
            http.Response.Headers[key] = value;
        }
    }
}
