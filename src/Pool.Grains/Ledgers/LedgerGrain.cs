using System.Collections.Immutable;
using Pool.Actors;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Identities;
using Pool.Matching;
using Pool.Offers;
using Pool.Values;

namespace Pool.Ledgers;

[GrainType("ledger")]
internal sealed partial class LedgerGrain(ActorServices services) : EventSourcedGrain<Ledger, LedgerEvent>(services), ILedgerGrain
{
    private readonly ActorServices _services = services;

    /// <summary>Weights never change once they are in the catalogue, so a ledger asks for each only once.</summary>
    private readonly Dictionary<SkillCode, int> _weights = [];

    private (string Log, string Witness)? _keys;

    private StreetId Street => StreetId.Parse(this.GetPrimaryKeyString());

    private Bookkeeper Keeper => new(Street, Key, Now);

    private string Key => (_keys ??= VerifierKeys()).Log;

    private string WitnessKey => (_keys ??= VerifierKeys()).Witness;

    /// <summary>A snapshot has every transfer of two quarters and every order: it is written again when as many events have come as it has, or so many that reading them again would take long.</summary>
    protected override int SnapshotEvery => Math.Clamp(State.Ended.Count + State.EndedBefore.Count + AnsweredCommands, 4_096, 65_536);

    /// <exception cref="InvalidOperationException">The pool has another ledger key than the one that this ledger began with: nobody could verify what it signs from now on.</exception>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        if (State.Exists && State.Key != Key)
        {
            throw new InvalidOperationException($"Ledger {Street} was opened under another ledger key than this pool has. Bring that key back from a backup.");
        }
    }

    public async Task<Answer<LedgerProfile>> Get()
    {
        var known = await Read();
        return known.Refusal is null ? Profile(known)
            : await Unopened() is { } unknown ? unknown
            : Answer<LedgerProfile>.Of(Ledger.Empty.Profile(Street, WitnessKey, Now));
    }

    public async Task<Answer<AccountStanding>> Account(AccountId account)
    {
        var known = await Read();
        return known.Value?.Knows(account) == true ? known.Select(ledger => ledger.Standing(account, Now))
            : await Unopened() ?? await Refused(Refusal.Of(RefusalReason.AccountNotFound, account.Text));
    }

    public async Task<Refusal?> MayPay(AccountId account, string field)
    {
        var known = await Account(account);
        var forgotten = account.Holder is { } holder && State.HasForgotten(holder) ? Refusal.Of(RefusalReason.AccountNotFound, account.Text) : null;
        return (known.Refusal ?? forgotten) is { } refusal ? refusal with { Fields = [field] } : null;
    }

    public async Task<Answer<ImmutableArray<AccountStanding>>> Accounts(ImmutableArray<AccountId> accounts)
    {
        var known = await Read();
        return known.Refusal is null ? known.Select(ledger => accounts.Select(account => ledger.Standing(account, Now)).ToImmutableArray())
            : await Unopened() is { } unknown ? unknown
            : Answer<ImmutableArray<AccountStanding>>.Of([]);
    }

    public async Task<Answer<Quote>> Quote(FeeMode mode, SkillCode skill, int level, Minutes minutes, int? version)
    {
        var catalogued = await GrainFactory.Skills().Get(skill);
        var (known, unknown) = (await Read(), Check.Lowest(catalogued.Refusal, await Unopened()));
        var (quote, refusal) = RateRules.Quote(known.Value ?? Ledger.Empty, mode, skill, level, minutes, version, catalogued.Value?.DefaultWeightPercent ?? 0, unknown, Keeper);
        return refusal is null ? Answer<Quote>.Of(quote!, known.Version, known.Position) : refusal;
    }

    public async Task<Answer<LedgerProfile>> SetPolicy(LedgerPolicy policy, Command command)
    {
        var unopened = await Unopened();
        return Profile(await Decide(command, (ledger, _) => LedgerRules.SetPolicy(ledger, policy, unopened, Keeper)));
    }

    public async Task<Answer<LedgerProfile>> SetRates(RateTerms rates, Command command)
    {
        // What is too long is refused for that, and its skills are not looked up.
        var unknown = await Task.WhenAll(rates.Rates.Take(Limits.Rates).Select(rate => rate.Skill).Distinct().Select(Unknown).Append(Unopened()));
        return Profile(await Decide(command, (ledger, _) => RateRules.SetRates(ledger, rates, Check.Lowest(unknown), Keeper)));
    }

    public async Task<Cover> WouldHold(Payment payment)
    {
        var (weight, (earner, gone)) = (await Weight(payment), await Earner(payment));
        var cover = gone ? Cover.Refused(CandidateReason.Suspended) : LedgerRules.WouldHold(State, payment, earner, weight, Keeper);
        await Durable();
        return cover;
    }

    public async Task<Cover> Hold(Payment payment, Footing? footing)
    {
        var (weight, (earner, gone), past) = (await Weight(payment), await Earner(payment), await Past(payment));
        return gone
            ? Cover.Refused(CandidateReason.Suspended)
            : await DecideAhead((ledger, _) => LedgerRules.Hold(ledger.Recalling(payment.Transfer, past), payment, earner, weight, Keeper), footing);
    }

    public async Task Release(TransferId transfer, DateTimeOffset since)
    {
        var past = await Past(transfer, since);
        await Decide((ledger, _) => LedgerRules.Release(ledger.Recalling(transfer, past), transfer, Keeper));
    }

    public async Task<Settlement> Post(Payment payment, Footing? footing)
    {
        var (weight, (earner, _), past) = (await Weight(payment), await Earner(payment), await Past(payment));
        return await DecideAhead((ledger, _) => LedgerRules.Post(ledger.Recalling(payment.Transfer, past), payment, earner, weight, Keeper), footing);
    }

    public async Task<EntryRef> Correct(Payment correction, long entry)
    {
        var (wrong, past) = (await Listed(entry, await Durable()), await Past(correction));
        // The account is that of before, also where nobody knows any more whose it is; nobody who was erased is given another.
        var earner = wrong.Earner ?? (correction.EarningStreet == Street ? (await Known(Holder.Of(correction.Partner.Partner)))?.Pseudonym : null);
        return await Decide((ledger, _) => LedgerRules.Correct(ledger.Recalling(correction.Transfer, past), correction, wrong, earner, Keeper));
    }

    public async Task<EntryRef> Record(Payment payment, Footing? footing)
    {
        var ((earner, _), past) = (await Earner(payment), await Past(payment));
        return await DecideAhead((ledger, _) => LedgerRules.Record(ledger.Recalling(payment.Transfer, past), payment, earner, Keeper), footing);
    }

    private ValueTask<TransferEnd?> Past(Payment payment) => Past(payment.Transfer, payment.AcceptedAt);

    /// <summary>What became of a transfer so long ago that only the journal knows of it; null where nothing did.</summary>
    private async ValueTask<TransferEnd?> Past(TransferId transfer, DateTimeOffset since) => !State.Exists || State.Remembers(transfer, since)
        ? null
        : await Search(happened => TransferEnd.Of(happened) is { } ended && ended.Transfer == transfer ? ended.End : (TransferEnd?)null);

    /// <summary>The weight that the catalogue gives the skill, in percent; 0 where it is not needed.</summary>
    private async ValueTask<int> Weight(Payment payment)
    {
        if (payment.Price is not null || payment.Mode != FeeMode.TimeCredit)
        {
            return 0;
        }

        if (!_weights.TryGetValue(payment.Skill, out var weight))
        {
            var skill = await GrainFactory.Skills().Get(payment.Skill);
            _weights[payment.Skill] = weight = skill.Value?.DefaultWeightPercent ?? throw new InvalidOperationException($"Skill {payment.Skill} is demanded, and the catalogue does not know it.");
        }

        return weight;
    }

    private Answer<LedgerProfile> Profile(Answer<Ledger> answer) => answer.Select(ledger => ledger.Profile(Street, WitnessKey, Now));

    /// <summary>What is against the street; null where it was opened.</summary>
    private async Task<Refusal?> Unopened() => (await GrainFactory.Street(Street).Get()).Refusal;

    private async Task<Refusal?> Unknown(SkillCode skill) =>
        (await GrainFactory.Skills().Get(skill)).Refusal is { } unknown ? unknown with { Fields = ["rates.rates.skill"] } : null;

    private (string Log, string Witness) VerifierKeys()
    {
        using var key = _services.Keys.SigningKeyOf(Street);
        return (key.Log.Text, key.Witness.Text);
    }
}
