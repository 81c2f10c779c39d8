using Pool.Actors;
using Pool.Values;

namespace Pool.Communities;

public abstract record CommunityEvent(DateTimeOffset At) : IEvent;

[Alias("community.opened")]
public sealed record CommunityOpened(DateTimeOffset At, CommunityId Community, string Name) : CommunityEvent(At);

[Alias("community.renamed")]
public sealed record CommunityRenamed(DateTimeOffset At, string Name) : CommunityEvent(At);

/// <summary>A community (社区): it posts demands and certifies partners.</summary>
[GenerateSerializer, Immutable, Alias("pool.Community")]
public sealed record Community : IActorState<Community, CommunityEvent>
{
    public static Community Empty { get; } = new();

    public static RefusalReason Missing => RefusalReason.CommunityNotFound;

    [Id(0)] public CommunityId Id { get; init; }

    [Id(1)] public string Name { get; init; } = "";

    public bool Exists => Name.Length > 0;

    public StreetId? Office => Exists ? Id.Street : null;

    public CommunityId? Home => null;

    public DateTimeOffset? DueAt => null;

    public Community Evolve(CommunityEvent happened) => happened switch
    {
        CommunityOpened opened => this with { Id = opened.Community, Name = opened.Name },
        CommunityRenamed renamed => this with { Name = renamed.Name },
        _ => throw new InvalidOperationException($"A community does not know {happened.GetType().Name}."),
    };
}

public static class CommunityRules
{
    /// <param name="street">What the street says against it; null where it exists.</param>
    public static Decision<CommunityEvent> Open(Community community, CommunityId id, string name, Refusal? street, DateTimeOffset now)
    {
        var refusal = Check.Lowest(
            street,
            Check.Text("community.display_name", name, Limits.NameLength),
            community.Exists ? Refusal.Of(RefusalReason.AlreadyExists, id.Text) : null);
        return refusal is null ? new CommunityOpened(now, id, name) : refusal;
    }

    public static Decision<CommunityEvent> Rename(Community community, CommunityId id, string name, DateTimeOffset now)
    {
        var refusal = Check.Lowest(
            Check.Text("community.display_name", name, Limits.NameLength),
            community.Exists ? null : Refusal.Of(RefusalReason.CommunityNotFound, id.Text));
        return refusal is null ? new CommunityRenamed(now, name) : refusal;
    }
}
