using System.Globalization;
using System.Text.Json;

namespace Pool.Auditing;

/// <summary>A row of the journal, its payload as plain JSON.</summary>
public sealed record JournalRow(
    long Position, string Stream, long Version, string? Street, string Type, string Actor, string? CommandId, long Fingerprint, JsonElement Payload)
{
    /// <summary>The kind of actor whose stream it is.</summary>
    public string Kind => Stream[..Stream.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>The actor's key without its kind.</summary>
    public string Key => Stream[(Stream.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>When it happened, as the event itself says; the column has only milliseconds.</summary>
    public DateTimeOffset At => Instant("at");

    /// <summary>The later of two instants: the silos that wrote them may have different clocks.</summary>
    public DateTimeOffset LaterOf(DateTimeOffset before) => At > before ? At : before;

    public int Number => Payload.GetProperty("number").GetInt32();

    public DateTimeOffset Instant(string property) => Payload.GetProperty(property).GetDateTimeOffset();

    public string Text(string property) => Payload.GetProperty(property).GetString()!;

    public override string ToString() => $"{Type} at position {Position} ({Stream}, version {Version})";
}

/// <summary>How the auditor writes instants into its sentences.</summary>
public static class Sentence
{
    public static string Of(DateTimeOffset instant) => instant.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
