using Google.Protobuf.WellKnownTypes;
using Pool.Actors;
using Pool.Gateway.Errors;

namespace Pool.Gateway.Resources;

/// <summary>Timestamps on the wire and instants inside.</summary>
internal static class Instants
{
    public static DateTimeOffset Read(string field, Timestamp? at)
    {
        if (at is null)
        {
            throw new RefusedException(RefusalReason.FieldRequired, field);
        }

        try
        {
            return at.ToDateTimeOffset();
        }
        catch (InvalidOperationException)
        {
            throw new RefusedException(RefusalReason.FieldInvalid, field, "a timestamp between the years 1 and 9999");
        }
    }

    public static Timestamp Write(DateTimeOffset at) => Timestamp.FromDateTimeOffset(at);

    public static Timestamp? Write(DateTimeOffset? at) => at is { } instant ? Write(instant) : null;
}
