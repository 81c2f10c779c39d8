using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Pool.Actors;
using Pool.Demands;
using Pool.Values;

namespace Pool.Series;

/// <summary>What a community asks for again and again.</summary>
/// <param name="Each">What each occurrence asks for; its window is where the first may lie: the rule counts from its start.</param>
/// <param name="Rule">When it occurs: an RRULE without its name (RFC 5545, section 3.3.10), for example <c>FREQ=WEEKLY;BYDAY=MO;COUNT=10</c>, by the pool's zone.</param>
/// <param name="PostAhead">How long before its window begins each demand is posted; 0 to 92 days.</param>
/// <param name="SamePeople">Whether each wants the people of the latest one before it that somebody has a seat of.</param>
[GenerateSerializer, Immutable, Alias("pool.SeriesTerms")]
public sealed record SeriesTerms(
    [property: Id(0)] DemandTerms Each, [property: Id(1)] string Rule, [property: Id(2)] Minutes PostAhead, [property: Id(3)] bool SamePeople);

/// <summary>One occurrence of a series.</summary>
/// <param name="Number">Counts from 1.</param>
/// <param name="Start">When its window begins.</param>
/// <param name="Demand">The demand that was posted for it; null where that was refused.</param>
/// <param name="Refused">Why it was refused; null where it was posted.</param>
[GenerateSerializer, Immutable, Alias("pool.Occurrence")]
public sealed record Occurrence(
    [property: Id(0)] int Number, [property: Id(1)] DateTimeOffset Start, [property: Id(2)] DemandId? Demand, [property: Id(3)] RefusalReason? Refused);

public abstract record SeriesEvent(DateTimeOffset At) : IEvent;

/// <param name="NextStart">When the window of the first occurrence begins.</param>
[Alias("series.begun")]
public sealed record SeriesBegun(DateTimeOffset At, SeriesId Series, CommunityId Community, SeriesTerms Terms, DateTimeOffset NextStart) : SeriesEvent(At);

/// <summary>A demand was posted for an occurrence.</summary>
/// <param name="NextStart">When the window of the next occurrence begins; null after the last.</param>
[Alias("series.occurrence-posted")]
public sealed record OccurrencePosted(DateTimeOffset At, int Number, DemandId Demand, DateTimeOffset? NextStart) : SeriesEvent(At);

/// <summary>No demand can be posted for an occurrence; the series goes on with the next.</summary>
/// <param name="NextStart">When the window of the next occurrence begins; null after the last.</param>
[Alias("series.occurrence-refused")]
public sealed record OccurrenceRefused(DateTimeOffset At, int Number, RefusalReason Reason, DateTimeOffset? NextStart) : SeriesEvent(At);

/// <summary>The community needs it no longer; demands that were posted stay.</summary>
[Alias("series.ended")]
public sealed record SeriesEnded(DateTimeOffset At, string Why) : SeriesEvent(At);

/// <summary>A recurring demand: each occurrence becomes a demand of its own.</summary>
[GenerateSerializer, Immutable, Alias("pool.DemandSeries")]
public sealed record DemandSeries : IActorState<DemandSeries, SeriesEvent>
{
    /// <summary>Occurrences that are kept; the older ones are demands like all others.</summary>
    private const int OccurrencesKept = 50;

    public static DemandSeries Empty { get; } = new();

    public static RefusalReason Missing => RefusalReason.SeriesNotFound;

    [Id(0)] public SeriesId Id { get; init; }

    [Id(1)] public CommunityId Community { get; init; }

    [Id(2)] public SeriesTerms? Terms { get; init; }

    [Id(3)] public DateTimeOffset BegunAt { get; init; }

    /// <summary>The last ones, the newest last.</summary>
    [Id(4)] public ImmutableArray<Occurrence> Occurrences { get; init; } = [];

    /// <summary>How many there were.</summary>
    [Id(5)] public int Last { get; init; }

    /// <summary>When the window of the next occurrence begins; null when there is none.</summary>
    [Id(6)] public DateTimeOffset? NextStart { get; init; }

    /// <summary>When the community ended it; null before.</summary>
    [Id(7)] public DateTimeOffset? EndedAt { get; init; }

    public bool Exists => Terms is not null;

    public StreetId? Office => Exists ? Community.Street : null;

    public CommunityId? Home => Exists ? Community : null;

    /// <summary>Whether demands are still to be posted.</summary>
    public bool IsRunning => EndedAt is null && NextStart is not null;

    /// <summary>When the next demand is posted.</summary>
    public DateTimeOffset? DueAt => EndedAt is null && NextStart is { } start ? start - Terms!.PostAhead.ToTimeSpan() : null;

    /// <summary>The demand of an occurrence, whose id follows from the series: posted twice it is one.</summary>
    public DemandId DemandOf(int number)
    {
        Span<byte> name = stackalloc byte[20];
        Id.Value.TryWriteBytes(name);
        BinaryPrimitives.WriteInt32LittleEndian(name[16..], number);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(name, hash);
        return new(new Guid(hash[..16]));
    }

    public DemandSeries Evolve(SeriesEvent happened) => happened switch
    {
        SeriesBegun begun => this with
        {
            Id = begun.Series,
            Community = begun.Community,
            Terms = begun.Terms,
            BegunAt = begun.At,
            NextStart = begun.NextStart,
        },
        OccurrencePosted posted => With(new(posted.Number, NextStart!.Value, posted.Demand, null)) with { NextStart = posted.NextStart },
        OccurrenceRefused refused => With(new(refused.Number, NextStart!.Value, null, refused.Reason)) with { NextStart = refused.NextStart },
        SeriesEnded ended => this with { EndedAt = ended.At },
        _ => throw new InvalidOperationException($"A series does not know {happened.GetType().Name}."),
    };

    private DemandSeries With(Occurrence occurrence) => this with
    {
        Last = occurrence.Number,
        Occurrences = [.. Occurrences.TakeLast(OccurrencesKept - 1), occurrence],
    };
}
