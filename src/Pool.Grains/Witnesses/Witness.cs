using System.Collections.Immutable;
using Pool.Actors;
using Pool.Proofs;
using Pool.Values;

namespace Pool.Witnesses;

public abstract record WitnessEvent(DateTimeOffset At) : IEvent;

/// <summary>A street has seen how far another's log is: from here on it signs nothing that does not go on from there.</summary>
/// <param name="Witness">The street that has seen it.</param>
[Alias("witness.log-seen")]
public sealed record LogSeen(DateTimeOffset At, StreetId Witness, StreetId Street, SeenLog Seen) : WitnessEvent(At);

/// <summary>What a witness has seen of a log last.</summary>
/// <param name="Key">The log's verifier key, as it was when it was seen first.</param>
[GenerateSerializer, Immutable, Alias("pool.SeenLog")]
public sealed record SeenLog([property: Id(0)] string Key, [property: Id(1)] long Size, [property: Id(2)] MerkleHash Root);

/// <summary>A street as the witness of other streets' logs (C2SP tlog-witness): what it has seen of each.</summary>
[GenerateSerializer, Immutable, Alias("pool.Witness")]
public sealed record Witness : IActorState<Witness, WitnessEvent>
{
    public static Witness Empty { get; } = new();

    public static RefusalReason Missing => RefusalReason.StreetNotFound;

    [Id(0)] public StreetId? Street { get; init; }

    [Id(1)] public ImmutableDictionary<StreetId, SeenLog> Logs { get; init; } = ImmutableDictionary<StreetId, SeenLog>.Empty;

    public bool Exists => Street is not null;

    public StreetId? Office => Street;

    public CommunityId? Home => null;

    public DateTimeOffset? DueAt => null;

    public Witness Evolve(WitnessEvent happened) => happened switch
    {
        LogSeen seen => this with { Street = seen.Witness, Logs = Logs.SetItem(seen.Street, seen.Seen) },
        _ => throw new InvalidOperationException($"A witness does not know {happened.GetType().Name}."),
    };
}
