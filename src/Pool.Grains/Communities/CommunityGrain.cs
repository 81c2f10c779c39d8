using Pool.Actors;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Skills;
using Pool.Values;

namespace Pool.Communities;

[GrainType("community")]
internal sealed class CommunityGrain(ActorServices services)
    : EventSourcedGrain<Community, CommunityEvent>(services), ICommunityGrain
{
    private readonly ActorServices _services = services;

    /// <summary>Skills never change once they are in the catalogue, so a community asks for each only once.</summary>
    private readonly Dictionary<SkillCode, Skill> _skills = [];

    private CommunityId Id => CommunityId.Parse(this.GetPrimaryKeyString());

    public async Task<Answer<Community>> Open(string name, Command command)
    {
        var street = await GrainFactory.Street(Id.Street).Get();
        return await Decide(command, (community, now) => CommunityRules.Open(community, Id, name, street.Refusal, now));
    }

    public Task<Answer<Community>> Rename(string name, Command command) =>
        Decide(command, (community, now) => CommunityRules.Rename(community, Id, name, now));

    public Task<Answer<Community>> Get() => Read();

    public async Task<Answer<Demand>> PostDemand(DemandTerms terms, Command command)
    {
        var (home, skill, payer, earlier) = (await Get(), await Skill(terms.Skill), await Payer(terms), await Earlier(terms));
        var demand = new DemandId(command.RequestId);
        var decision = DemandRules.Post(demand, Id, terms, skill, Check.Lowest(Late(command), home.Refusal), payer, earlier, Now);
        if (decision.Refusal is { } refusal)
        {
            // A retry may come when the window has passed; what was answered then is the answer still.
            var recalled = await GrainFactory.Demand(demand).RecallPosting(command);
            return recalled.Refusal is { Reason: RefusalReason.AlreadyExists } ? refusal : recalled;
        }

        return await _services.Begin<Demand, DemandEvent>($"demand/{demand}", decision.Events[0], command)
            ?? await GrainFactory.Demand(demand).RecallPosting(command);
    }

    public async Task<Answer<DemandPreview>> PreviewDemand(DemandId demand, DemandTerms terms)
    {
        var (home, skill, payer, earlier) = (await Get(), await Skill(terms.Skill), await Payer(terms), await Earlier(terms));
        var decision = DemandRules.Post(demand, Id, DemandRules.AskedInOrder(terms), skill, home.Refusal, payer, earlier, Now);
        return decision is { Refusal: null, Events: [DemandPosted posted] }
            ? Answer<DemandPreview>.Of(await GrainFactory.Demand(demand).Preview(Id, posted.Terms, posted.RequiresCertificate, posted.People))
            : decision.Refusal!;
    }

    /// <summary>What the ledger says against the account that is to pay; null where it may, or the community's fund does.</summary>
    private async ValueTask<Refusal?> Payer(DemandTerms terms) =>
        terms.Payer is { } account ? await GrainFactory.Ledger(Id.Street).MayPay(account, "demand.payer") : null;

    /// <summary>The demand whose people are wanted; null where anybody is.</summary>
    private async ValueTask<Answer<Demand>?> Earlier(DemandTerms terms) =>
        terms.SameAs is { } earlier ? await GrainFactory.Demand(earlier).Get() : default(Answer<Demand>?);

    private async ValueTask<Answer<Skill>> Skill(SkillCode code)
    {
        if (!_skills.TryGetValue(code, out var skill))
        {
            var known = await GrainFactory.Skills().Get(code);
            if (known.Refusal is { } unknown)
            {
                return unknown with { Fields = ["demand.skill"] };
            }

            _skills[code] = skill = known.Value!;
        }

        return Answer<Skill>.Of(skill);
    }
}
