using Pool.Actors;
using Pool.EventSourcing;
using Pool.Values;

namespace Pool.Skills;

[GrainType("catalogue")]
internal sealed class SkillCatalogueGrain(ActorServices services)
    : EventSourcedGrain<SkillCatalogue, SkillEvent>(services), ISkillCatalogueGrain
{
    public async Task<Answer<Skill>> Add(Skill skill, Command command) =>
        (await Decide(command, (state, now) => SkillRules.Add(state, skill, now))).Select(state => state.Skills[skill.Code]);

    public async Task<Answer<Skill>> Get(SkillCode code)
    {
        var answer = await Read();
        return answer.Value!.Skills.TryGetValue(code, out var skill)
            ? answer.Select(_ => skill)
            : Refusal.Of(RefusalReason.SkillNotFound, code.Text);
    }
}
