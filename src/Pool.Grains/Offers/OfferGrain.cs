using Pool.Actors;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Partners;
using Pool.Values;

namespace Pool.Offers;

[GrainType("offer")]
internal sealed class OfferGrain(ActorServices services) : EventSourcedGrain<Offer, OfferEvent>(services), IOfferGrain
{
    private OfferId Id => OfferId.Parse(this.GetPrimaryKeyString());

    public async Task<Answer<Offer>> Make(OfferTerms terms, Command command)
    {
        var facts = await Facts(terms.Skill);
        return await DecideAndList(command, (offer, now) => OfferRules.Make(offer, terms, facts, command.Home, now));
    }

    public async Task<Answer<Offer>> Change(OfferPatch patch, Command command)
    {
        var offer = await Get();
        var facts = offer.Refusal is { } missing ? missing : await Facts(patch.Skill ?? offer.Value!.Terms!.Skill);
        return await DecideAndList(command, (state, now) => OfferRules.Change(state, Id, patch, facts, now));
    }

    public Task<Answer<Offer>> Withdraw(Command command) =>
        DecideAndList(command, (offer, now) => OfferRules.Withdraw(offer, Id.Text, now));

    public Task<Answer<Offer>> Get() => Read();

    public Task<HoldOutcome> TryHold(HoldRequest request, Footing? footing) => Ask(request, footing, (partner, terms, passed) => partner.TryHold(terms, request, passed));

    public Task<HoldOutcome> WouldHold(HoldRequest request) => Ask(request, null, (partner, terms, _) => partner.WouldHold(terms, request));

    protected override bool OwesStep => State.OwesListing;

    protected override async Task CarryStep()
    {
        var (offer, revision) = (State, State.Revision);
        var street = GrainFactory.Street(offer.Community.Street);
        await (offer.Withdrawn ? street.Unlist(Id, revision) : street.List(offer.Terms!, revision));
        await Decide((state, now) => OfferRules.Listed(state, revision, now));
    }

    /// <summary>The client's answer leaves when the street's index knows, so that a demand posted next can find the offer.</summary>
    private async Task<Answer<Offer>> DecideAndList(Command command, Func<Offer, DateTimeOffset, Decision<OfferEvent>> decide) =>
        await Carried(await Decide(command, decide));

    private async Task<HoldOutcome> Ask(HoldRequest request, Footing? footing, Func<IPartnerGrain, OfferTerms, Footing?, Task<HoldOutcome>> ask)
    {
        var offer = State;
        await Durable();
        return OfferRules.Unfit(offer, request) is { } reason
            ? HoldOutcome.Refused(reason)
            : await PassOn(GrainFactory.Partner(Id.Partner), footing, (partner, passed) => ask(partner, offer.Terms!, passed));
    }

    private async Task<Answer<OfferFacts>> Facts(SkillCode code)
    {
        var partner = await GrainFactory.Partner(Id.Partner).Get();
        if (partner.Refusal is { } missing)
        {
            return missing;
        }

        var skill = await GrainFactory.Skills().Get(code);
        return skill.Refusal is { } unknown
            ? unknown with { Fields = ["offer.skill"] }
            : Answer<OfferFacts>.Of(new(partner.Value!, skill.Value!));
    }
}
