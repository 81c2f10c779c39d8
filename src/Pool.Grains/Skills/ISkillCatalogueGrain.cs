using Pool.Actors;
using Pool.EventSourcing;
using Pool.Values;

namespace Pool.Skills;

[Alias("pool.ISkillCatalogueGrain")]
public interface ISkillCatalogueGrain : IActorGrain
{
    [Alias("Add")]
    Task<Answer<Skill>> Add(Skill skill, Command command);

    [Alias("Get")]
    Task<Answer<Skill>> Get(SkillCode code);
}
