using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Values;

namespace Pool.Gateway.Requests;

/// <summary>What every write carries, read off its request.</summary>
public static class Commands
{
    /// <param name="actor">Who acts, a resource name.</param>
    /// <param name="home">The community in the resource name; null where there is none.</param>
    public static Command Of(
        IMessage request, string requestId, string actor, ServerCallContext context, CommunityId? home = null, string etag = "")
    {
        if (requestId.Length == 0)
        {
            throw new RefusedException(RefusalReason.FieldRequired, "request_id");
        }

        if (!Guid.TryParseExact(requestId, "D", out var id) || id == Guid.Empty)
        {
            throw new RefusedException(RefusalReason.RequestIdInvalid, "request_id");
        }

        // gRPC gives "no deadline" as the end of time.
        var deadline = context.Deadline == DateTime.MaxValue ? (DateTimeOffset?)null : new(context.Deadline.ToUniversalTime());
        return new(id, Fingerprint(request), actor, home, Version(etag), deadline);
    }

    /// <summary>A stream's version as an etag.</summary>
    public static string Etag(long version) => version.ToString(CultureInfo.InvariantCulture);

    /// <summary>An id for what a client did not name, the same for the same request.</summary>
    public static string IdFrom(string requestId, string prefix) => $"{prefix}-{requestId.Replace("-", "", StringComparison.Ordinal)}"[..Math.Min(40, prefix.Length + 33)];

    private static long? Version(string etag) => etag.Length == 0
        ? null
        : long.TryParse(etag.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw new RefusedException(RefusalReason.FieldInvalid, "etag", "as it was returned");

    /// <summary>A hash of the request's kind and content; equal requests have equal ones.</summary>
    private static long Fingerprint(IMessage request)
    {
        var name = request.Descriptor.FullName;
        var bytes = new byte[name.Length + request.CalculateSize()];
        System.Text.Encoding.ASCII.GetBytes(name, bytes);
        request.WriteTo(bytes.AsSpan(name.Length));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }
}
