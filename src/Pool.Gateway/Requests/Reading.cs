using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Values;

namespace Pool.Gateway.Requests;

/// <summary>
/// Reads one request, mostly a write, part by part, into values and a command. A part that cannot be read stands as its default until the
/// command ends the reading: it refuses with the lowest reason of all parts, wherever in the request they stand.
/// </summary>
internal sealed class Reading(IMessage request, ServerCallContext context)
{
    private Refusal? _fault;

    public T Of<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (RefusedException unreadable)
        {
            _fault = Check.Lowest(_fault, unreadable.Refusal);
            return default!;
        }
    }

    public TValue Of<TText, TValue>(Func<string, TText, TValue> read, string field, TText text) => Of(() => read(field, text));

    /// <summary>A message that must be there; an empty one stands for it until the reading ends.</summary>
    public T Required<T>(string field, T? message) where T : class, IMessage<T>, new() =>
        Of(() => message ?? throw new RefusedException(RefusalReason.FieldRequired, field)) ?? new();

    /// <summary>Ends the reading of what is no write.</summary>
    /// <exception cref="RefusedException">A part could not be read.</exception>
    public void End()
    {
        if (_fault is not null)
        {
            throw new RefusedException(_fault);
        }
    }

    /// <summary>Ends the reading: what every write carries, or a refusal.</summary>
    /// <param name="actor">Who acts, a resource name; asked only when everything could be read.</param>
    /// <param name="home">The community in the resource name; null where there is none.</param>
    /// <exception cref="RefusedException">A part could not be read.</exception>
    public Command Command(string requestId, Func<string> actor, CommunityId? home = null, string etag = "")
    {
        var id = Of(RequestIds.Read, "request_id", requestId);
        var version = Of(Etags.Read, "etag", etag);
        End();
        return new(id, Fingerprint(id), actor(), home, version, Deadline());
    }

    public Command Command(string requestId, string actor, CommunityId? home = null, string etag = "") => Command(requestId, () => actor, home, etag);

    /// <summary>When the client stops waiting, by the time that all processes share; gRPC counts it by this machine's.</summary>
    private DateTimeOffset? Deadline()
    {
        if (context.Deadline == DateTime.MaxValue)
        {
            // gRPC gives "no deadline" as the end of time.
            return null;
        }

        var wall = context.GetHttpContext().RequestServices.GetRequiredService<TimeProvider>();
        return wall.GetUtcNow() + (context.Deadline.ToUniversalTime() - TimeProvider.System.GetUtcNow().UtcDateTime);
    }

    /// <summary>A hash of the request's kind and content; equal requests have equal ones, however they write their id.</summary>
    private long Fingerprint(Guid id)
    {
        var (name, message, written) = (request.Descriptor.FullName, request, request.Descriptor.FindFieldByName("request_id").Accessor);
        if (!Equals(written.GetValue(request), id.ToString()))
        {
            message = request.Descriptor.Parser.ParseFrom(request.ToByteArray());
            written.SetValue(message, id.ToString());
        }

        var bytes = new byte[name.Length + message.CalculateSize()];
        Encoding.ASCII.GetBytes(name, bytes);
        message.WriteTo(bytes.AsSpan(name.Length));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }
}
