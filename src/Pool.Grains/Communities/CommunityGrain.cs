using Pool.Actors;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.Skills;
using Pool.Streets;
using Pool.Values;

namespace Pool.Communities;

[GrainType("community")]
internal sealed class CommunityGrain(ActorServices services)
    : EventSourcedGrain<Community, CommunityEvent>(services), ICommunityGrain
{
    /// <summary>Skills never change once they are in the catalogue, so a community asks for each only once.</summary>
    private readonly Dictionary<SkillCode, Skill> _skills = [];

    private CommunityId Id => CommunityId.Parse(this.GetPrimaryKeyString());

    public async Task<Answer<Community>> Open(string name, Command command)
    {
        var street = await GrainFactory.GetGrain<IStreetGrain>(Id.Street.Text).Get();
        return street.Refusal is { } refusal ? refusal : await Decide(command, (community, now) => CommunityRules.Open(community, Id, name, now));
    }

    public Task<Answer<Community>> Rename(string name, Command command) =>
        Decide(command, (community, now) => CommunityRules.Rename(community, Id, name, now));

    public Task<Answer<Community>> Get() => Read();

    public async Task<Answer<Demand>> PostDemand(DemandTerms terms, Command command)
    {
        var community = await Get();
        if (community.Refusal is { } missing)
        {
            return missing;
        }

        var demand = new DemandId(command.RequestId);
        if (!_skills.TryGetValue(terms.Skill, out var skill))
        {
            var known = await GrainFactory.GetGrain<ISkillCatalogueGrain>(SkillCatalogue.Key).Get(terms.Skill);
            if (known.Refusal is { } unknown)
            {
                return unknown with { Fields = ["demand.skill"] };
            }

            _skills[terms.Skill] = skill = known.Value!;
        }

        if (Late(command) is { } late)
        {
            return late;
        }

        var decision = DemandRules.Post(demand, Id, terms, skill.RequiresCertificate, Now);
        if (decision.Refusal is { } refusal)
        {
            // A retry may come when the window has passed; what was answered then is the answer still.
            var earlier = await GrainFactory.GetGrain<IDemandGrain>(demand.Text).RecallPosting(command);
            return earlier.Refusal is { Reason: RefusalReason.AlreadyExists } ? refusal : earlier;
        }

        return await Journal.Begin<Demand, DemandEvent>($"demand/{demand}", decision.Events[0], command)
            ?? await GrainFactory.GetGrain<IDemandGrain>(demand.Text).RecallPosting(command);
    }
}
