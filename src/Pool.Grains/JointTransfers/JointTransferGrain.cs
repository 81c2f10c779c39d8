using System.Collections.Immutable;
using Pool.Actors;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Ledgers;
using Pool.Values;

namespace Pool.JointTransfers;

[GrainType("transfer")]
internal sealed class JointTransferGrain(ActorServices services) : EventSourcedGrain<JointTransfer, JointTransferEvent>(services), IJointTransferGrain
{
    private TransferId Id => TransferId.Parse(this.GetPrimaryKeyString());

    public async Task<Answer<JointTransfer>> Order(ImmutableArray<Leg> legs, Command command)
    {
        var refused = await Refused(legs);
        var outcome = await Outcome(await Decide(command, (transfer, now) => JointTransferRules.Order(transfer, Id, legs, refused, now)));
        return outcome.Value?.Refusal is { } refusal ? refusal : outcome;
    }

    public async Task<Answer<JointTransfer>> Propose(Clearing clearing, StreetId by, Command command)
    {
        // What is no clearing is refused for that, and its streets are not asked.
        var refused = clearing.Fault() is null ? await Unknown(clearing.Streets) ?? await Refused(clearing.Legs()) : null;
        return await Decide(command, (transfer, now) => JointTransferRules.Propose(transfer, Id, clearing, by, refused is null ? null : JointTransferRules.At("clearing", refused), now));
    }

    public async Task<Answer<JointTransfer>> Agree(StreetId street, Command command)
    {
        var agreed = await Decide(command, (transfer, now) => JointTransferRules.Agree(transfer, Id, street, now));
        return agreed.Value?.Status == JointTransferStatus.Agreed ? await Outcome(agreed) : agreed;
    }

    public Task<Answer<JointTransfer>> Reject(StreetId street, string why, Command command) =>
        Decide(command, (transfer, now) => JointTransferRules.Reject(transfer, Id, street, why, now));

    public async Task<Answer<JointTransfer>> Get(StreetId street) =>
        await Read() is var known && known.Value is { IsClearing: true } transfer && transfer.Has(street) ? known : Refusal.Of(RefusalReason.ClearingNotFound, Id.Text);

    protected override bool OwesStep => JointTransferRules.NextStep(State) is not null;

    protected override Task CarryStep() => JointTransferRules.NextStep(State) switch
    {
        JointTransferStep.HoldLegs => HoldLegs(),
        JointTransferStep.PostLegs => PostLegs(),
        JointTransferStep.ReleaseLegs => ReleaseLegs(),
        null => Task.CompletedTask,
    };

    /// <summary>What has become of what every street is for, when something has; it changes no more.</summary>
    private async Task<Answer<JointTransfer>> Outcome(Answer<JointTransfer> agreed) =>
        (await Carried(agreed, until: transfer => transfer.IsOver)).Refusal is { } refusal ? refusal : await Read();

    private async Task HoldLegs()
    {
        (StreetId, Refusal)? refused = null;
        foreach (var leg in State.Legs)
        {
            if (await Ledger(leg).HoldOrder(State.Id, leg.Order, State.AgreedAt!.Value) is { } refusal)
            {
                refused = (leg.Street, refusal);
                break;
            }
        }

        await Decide((transfer, now) => JointTransferRules.Held(transfer, refused, now));
    }

    private async Task PostLegs()
    {
        var entries = await Task.WhenAll(State.Legs.Select(leg => Ledger(leg).PostOrder(State.Id, State.AgreedAt!.Value)));
        await Decide((transfer, now) => JointTransferRules.Posted(transfer, [.. entries], now));
    }

    private async Task ReleaseLegs()
    {
        await Task.WhenAll(State.Legs.Select(leg => Ledger(leg).Release(State.Id, State.AgreedAt!.Value)));
        await Decide(JointTransferRules.Released);
    }

    /// <summary>What the first ledger says that would not hold its part now, so that most of what cannot be done is refused before anything is written.</summary>
    private async Task<Refusal?> Refused(ImmutableArray<Leg> legs)
    {
        if (State.Exists)
        {
            return null;
        }

        foreach (var leg in legs)
        {
            if (await Ledger(leg).WouldHoldOrder(leg.Order) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private async Task<Refusal?> Unknown(ImmutableArray<StreetId> streets)
    {
        var answers = await Task.WhenAll(streets.Select(street => GrainFactory.Street(street).Get()));
        return answers.FirstOrDefault(answer => answer.Refusal is not null).Refusal is { } unknown ? unknown with { Fields = ["clearing.streets"] } : null;
    }

    private ILedgerGrain Ledger(Leg leg) => GrainFactory.Ledger(leg.Street);
}
