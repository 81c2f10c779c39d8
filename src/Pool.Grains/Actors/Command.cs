using Pool.Values;

namespace Pool.Actors;

/// <summary>What a client's write carries besides its content.</summary>
/// <param name="RequestId">The client's id: the same id has one effect and one answer.</param>
/// <param name="Fingerprint">A hash of the request's content: the same id with another one is refused.</param>
/// <param name="Actor">Who acts, as a resource name; recorded with every event.</param>
/// <param name="Home">The community in the resource name that the client used; another actor's is not found under it.</param>
/// <param name="Etag">The version that the client last saw, or null where it does not care.</param>
/// <param name="Deadline">When the client stops waiting, by the clock that all processes of the pool share: nothing is decided after it. Null: never.</param>
[GenerateSerializer, Immutable, Alias("pool.Command")]
public sealed record Command(
    [property: Id(0)] Guid RequestId,
    [property: Id(1)] long Fingerprint,
    [property: Id(2)] string Actor,
    [property: Id(3)] CommunityId? Home = null,
    [property: Id(4)] long? Etag = null,
    [property: Id(5)] DateTimeOffset? Deadline = null);

/// <summary>An actor's answer: a value as of a version of its stream and a position of the journal, or a refusal.</summary>
[GenerateSerializer, Immutable, Alias("pool.Answer`1")]
public readonly record struct Answer<T>(
    [property: Id(0)] T? Value,
    [property: Id(1)] Refusal? Refusal,
    [property: Id(2)] long Version,
    [property: Id(3)] long Position)
{
    public static Answer<T> Of(T value, long version = 0, long position = 0) => new(value, null, version, position);

    public static implicit operator Answer<T>(Refusal refusal) => new(default, refusal, 0, 0);

    public static implicit operator Answer<T>(RefusalReason reason) => Actors.Refusal.Of(reason);

    /// <summary>The same answer with its value seen through <paramref name="view"/>.</summary>
    public Answer<TOther> Select<TOther>(Func<T, TOther> view) =>
        Refusal is null ? new(view(Value!), null, Version, Position) : new(default, Refusal, 0, 0);
}
