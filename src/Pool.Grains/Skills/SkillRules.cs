using Pool.Actors;
using Pool.Values;

namespace Pool.Skills;

public static class SkillRules
{
    public const int LeastWeightPercent = 10;

    public const int MostWeightPercent = 1_000;

    /// <summary>A new skill, once: codes are permanent.</summary>
    public static Decision<SkillEvent> Add(SkillCatalogue catalogue, Skill skill, DateTimeOffset now)
    {
        var refusal = Check.Lowest(
            Check.Text("skill.name_zh", skill.NameZh, Limits.NameLength),
            Check.Text("skill.name_en", skill.NameEn, Limits.NameLength),
            Check.Text("skill.field", skill.Field, Limits.NameLength),
            Check.Range("skill.default_weight_percent", skill.DefaultWeightPercent, LeastWeightPercent, MostWeightPercent),
            catalogue.Skills.ContainsKey(skill.Code) ? Refusal.Of(RefusalReason.AlreadyExists, skill.Code.Text) : null);
        return refusal is null ? new SkillAdded(now, skill) : refusal;
    }
}
