using System.Globalization;
using Pool.Actors;
using Pool.Gateway.Errors;

namespace Pool.Gateway.Requests;

/// <summary>A stream's version as an etag (AIP-154).</summary>
internal static class Etags
{
    public static string Write(long version) => version.ToString(CultureInfo.InvariantCulture);

    /// <summary>The version that an etag stands for; null where the client gave none.</summary>
    public static long? Read(string field, string etag)
    {
        if (etag.Length == 0)
        {
            return null;
        }

        return long.TryParse(etag.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw new RefusedException(RefusalReason.FieldInvalid, field, "as it was returned");
    }
}
