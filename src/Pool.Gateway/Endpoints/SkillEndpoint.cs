using Grpc.Core;
using Pool.Gateway.Requests;
using Pool.Gateway.Resources;
using Pool.Hosting;
using Pool.V1;
using Pool.Values;
using Pool.Views;

namespace Pool.Gateway.Endpoints;

internal sealed class SkillEndpoint(IGrainFactory grains, Lists lists) : SkillService.SkillServiceBase
{
    public override async Task<V1.Skill> CreateSkill(CreateSkillRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var code = reading.Of(() => ResourceNames.Id<SkillCode>("skill_id", request.SkillId, TextValue.SlugForm));
        var skill = reading.Required("skill", request.Skill);
        var command = reading.Command(request.RequestId, $"skills/{request.SkillId}");
        var added = new Skills.Skill(code, skill.NameZh, skill.NameEn, skill.Field, skill.DefaultWeightPercent, skill.RequiresCertificate);
        return SkillResource.Write((await grains.Skills().Add(added, command).For(context)).Value);
    }

    public override async Task<V1.Skill> GetSkill(GetSkillRequest request, ServerCallContext context) =>
        SkillResource.Write((await grains.Skills().Get(ResourceNames.Skill("name", request.Name)).For(context)).Value);

    public override async Task<ListSkillsResponse> ListSkills(ListSkillsRequest request, ServerCallContext context)
    {
        var filter = Filters.Read(request.Filter, new FilterField("field", ViewColumns.Field, text => text));
        var (items, next) = await lists.Read<Skills.Skill>(new("skills", request.PageSize, request.PageToken, request.MinPosition, filter), context);
        return new() { Skills = { items.Select(item => SkillResource.Write(item.Value)) }, NextPageToken = next };
    }
}
