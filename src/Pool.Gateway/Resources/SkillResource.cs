using Pool.Gateway.Requests;
using Pool.Skills;

namespace Pool.Gateway.Resources;

internal static class SkillResource
{
    public static V1.Skill Write(Skill skill) => new()
    {
        Name = ResourceNames.Of(skill.Code),
        NameZh = skill.NameZh,
        NameEn = skill.NameEn,
        Field = skill.Field,
        DefaultWeightPercent = skill.DefaultWeightPercent,
        RequiresCertificate = skill.RequiresCertificate,
    };
}
