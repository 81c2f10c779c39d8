using Pool.Actors;
using Pool.Gateway.Errors;

namespace Pool.Gateway.Requests;

/// <summary>The client's own id of a write (AIP-155): a UUID, new for every request, the same for its retries.</summary>
internal static class RequestIds
{
    public static Guid Read(string field, string requestId)
    {
        if (requestId.Length == 0)
        {
            throw new RefusedException(RefusalReason.FieldRequired, field);
        }

        return Guid.TryParseExact(requestId, "D", out var id) && id != Guid.Empty
            ? id
            : throw new RefusedException(RefusalReason.RequestIdInvalid, field);
    }

    /// <summary>An id for what a client did not name, the same for the same request; "" where its request id cannot be read.</summary>
    public static string IdFrom(string requestId, string prefix) =>
        Guid.TryParseExact(requestId, "D", out var id) ? $"{prefix}-{id:N}" : "";
}
