using System.Text.Json.Serialization;

namespace Pool.Values;

/// <summary>A stretch of time, from its start up to but not including its end; both UTC, the end after the start.</summary>
[GenerateSerializer, Immutable, Alias("pool.TimeWindow")]
public readonly record struct TimeWindow([property: Id(0)] DateTimeOffset Start, [property: Id(1)] DateTimeOffset End)
{
    [JsonIgnore]
    public TimeSpan Length => End - Start;

    public bool Overlaps(TimeWindow other) => Start < other.End && other.Start < End;

    public bool Contains(TimeWindow other) => Start <= other.Start && other.End <= End;

    /// <summary>The window of the given length that begins at <paramref name="start"/>.</summary>
    public static TimeWindow From(DateTimeOffset start, Minutes length) => new(start, start + length.ToTimeSpan());

    public override string ToString() => $"{Start:yyyy-MM-dd HH:mm}/{End:yyyy-MM-dd HH:mm}";
}
