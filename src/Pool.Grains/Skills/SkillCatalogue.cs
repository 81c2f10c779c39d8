using System.Collections.Immutable;
using Pool.Actors;
using Pool.Values;

namespace Pool.Skills;

/// <summary>A skill (技能) of the catalogue.</summary>
/// <param name="DefaultWeightPercent">The credit weight of one minute, in percent: 100 for elder care, 400 for a lawyer.</param>
/// <param name="RequiresCertificate">Whether a partner needs a valid certificate to serve it.</param>
[GenerateSerializer, Immutable, Alias("pool.Skill")]
public sealed record Skill(
    [property: Id(0)] SkillCode Code,
    [property: Id(1)] string NameZh,
    [property: Id(2)] string NameEn,
    [property: Id(3)] string Field,
    [property: Id(4)] int DefaultWeightPercent,
    [property: Id(5)] bool RequiresCertificate);

public abstract record SkillEvent(DateTimeOffset At) : IEvent;

[Alias("skill.added")]
public sealed record SkillAdded(DateTimeOffset At, Skill Skill) : SkillEvent(At);

/// <summary>The one catalogue of skills that all streets share.</summary>
[GenerateSerializer, Immutable, Alias("pool.SkillCatalogue")]
public sealed record SkillCatalogue : IActorState<SkillCatalogue, SkillEvent>
{
    /// <summary>The key of the catalogue's actor.</summary>
    public const string Key = "skills";

    public static SkillCatalogue Empty { get; } = new();

    public static RefusalReason Missing => RefusalReason.SkillNotFound;

    [Id(0)] public ImmutableDictionary<SkillCode, Skill> Skills { get; init; } = ImmutableDictionary<SkillCode, Skill>.Empty;

    public bool Exists => true;

    public StreetId? Office => null;

    public CommunityId? Home => null;

    public DateTimeOffset? DueAt => null;

    public SkillCatalogue Evolve(SkillEvent happened) => happened switch
    {
        SkillAdded added => this with { Skills = Skills.Add(added.Skill.Code, added.Skill) },
        _ => throw new InvalidOperationException($"The catalogue does not know {happened.GetType().Name}."),
    };
}
