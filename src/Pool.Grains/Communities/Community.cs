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
    public static Decision<CommunityEvent> Open(Community community, CommunityId id, string name, DateTimeOffset now)
    {
        if (Check.Text("community.display_name", name, Limits.NameLength) is { } refusal)
        {
            return refusal;
        }

        return community.Exists ? Refusal.Of(RefusalReason.AlreadyExists, id.Text) : new CommunityOpened(now, id, name);
    }

    public static Decision<CommunityEvent> Rename(Community community, CommunityId id, string name, DateTimeOffset now)
    {
        if (!community.Exists)
        {
            return Refusal.Of(RefusalReason.CommunityNotFound, id.Text);
        }

        return Check.Text("community.display_name", name, Limits.NameLength) is { } refusal ? refusal : new CommunityRenamed(now, name);
    }
}
