using Pool.Actors;
using Pool.EventSourcing;
using Pool.Offers;
using Pool.Skills;
using Pool.Streets;
using Pool.Values;

namespace Pool.Ledgers;

[GrainType("ledger")]
internal sealed class LedgerGrain(ActorServices services) : EventSourcedGrain<Ledger, LedgerEvent>(services), ILedgerGrain
{
    private readonly ActorServices _services = services;

    /// <summary>Weights never change once they are in the catalogue, so a ledger asks for each only once.</summary>
    private readonly Dictionary<SkillCode, int> _weights = [];

    private string? _key;

    private StreetId Street => StreetId.Parse(this.GetPrimaryKeyString());

    private Bookkeeper Keeper => new(Street, _key ??= VerifierKey(), Now);

    protected override int SnapshotEvery => 4_096;

    public Task<Answer<Ledger>> Get() => Read();

    public async Task<Answer<Ledger>> SetPolicy(LedgerPolicy policy, Command command)
    {
        var street = await GrainFactory.GetGrain<IStreetGrain>(Street.Text).Get();
        return await Decide(command, (ledger, _) => LedgerRules.SetPolicy(ledger, policy, street.Refusal, Keeper));
    }

    public async Task<Answer<Ledger>> SetRates(RateTerms rates, Command command)
    {
        var unknown = await Task.WhenAll(rates.Rates.Select(rate => Unknown(rate.Skill)));
        var street = await GrainFactory.GetGrain<IStreetGrain>(Street.Text).Get();
        return await Decide(command, (ledger, _) => LedgerRules.SetRates(ledger, rates, Check.Lowest([street.Refusal, .. unknown]), Keeper));
    }

    public async Task<Cover> WouldHold(Payment payment)
    {
        var weight = await Weight(payment);
        var cover = LedgerRules.WouldHold(State, payment, Earner(payment), weight, Keeper);
        await Durable();
        return cover;
    }

    public async Task<Cover> Hold(Payment payment)
    {
        var weight = await Weight(payment);
        return await Decide((ledger, _) => LedgerRules.Hold(ledger, payment, Earner(payment), weight, Keeper));
    }

    public Task Release(TransferId transfer) => Decide((ledger, _) => LedgerRules.Release(ledger, transfer, Keeper));

    public async Task<Settlement> Post(Payment payment)
    {
        var weight = await Weight(payment);
        return await Decide((ledger, _) => LedgerRules.Post(ledger, payment, Earner(payment), weight, Keeper));
    }

    public Task<EntryRef> Record(Payment payment) => Decide((ledger, _) => LedgerRules.Record(ledger, payment, Earner(payment), Keeper));

    private Pseudonym Earner(Payment payment) => _services.Keys.PseudonymOf(payment.Partner.Partner);

    /// <summary>The weight that the catalogue gives the skill, in percent; 0 where it is not needed.</summary>
    private async ValueTask<int> Weight(Payment payment)
    {
        if (payment.Price is not null || payment.Mode != FeeMode.TimeCredit)
        {
            return 0;
        }

        if (!_weights.TryGetValue(payment.Skill, out var weight))
        {
            var skill = await GrainFactory.GetGrain<ISkillCatalogueGrain>(SkillCatalogue.Key).Get(payment.Skill);
            _weights[payment.Skill] = weight = skill.Value?.DefaultWeightPercent ?? throw new InvalidOperationException($"Skill {payment.Skill} is demanded, and the catalogue does not know it.");
        }

        return weight;
    }

    private async Task<Refusal?> Unknown(SkillCode skill) =>
        (await GrainFactory.GetGrain<ISkillCatalogueGrain>(SkillCatalogue.Key).Get(skill)).Refusal is { } unknown ? unknown with { Fields = ["rates.skill"] } : null;

    private string VerifierKey()
    {
        using var key = _services.Keys.SigningKeyOf(Street);
        return key.Log.Text;
    }
}
