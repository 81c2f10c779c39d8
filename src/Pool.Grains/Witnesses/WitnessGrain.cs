using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Values;

namespace Pool.Witnesses;

[GrainType("witness")]
internal sealed class WitnessGrain(ActorServices services) : EventSourcedGrain<Witness, WitnessEvent>(services), IWitnessGrain
{
    private readonly ActorServices _services = services;

    private StreetId Street => StreetId.Parse(this.GetPrimaryKeyString());

    protected override int SnapshotEvery => 256;

    public async Task<WitnessAnswer> Cosign(WitnessRequest request)
    {
        if (!State.Exists && (await GrainFactory.Street(Street).Get()).Refusal is not null)
        {
            return new(0, null, WitnessFault.NoWitness);
        }

        var (signs, fault, seen) = await Decide((witness, now) =>
        {
            var (decision, signs, fault) = WitnessRules.See(witness, Street, request, now);
            return (decision, (signs, fault, witness.Logs.GetValueOrDefault(request.Street)?.Size ?? 0));
        });
        if (signs is not null)
        {
            using var key = _services.Keys.SigningKeyOf(Street);
            return new(signs.Size, key.Cosign(signs, Now), null);
        }

        if (fault is WitnessFault.Rewritten or WitnessFault.KeyChanged or WitnessFault.NotOfLog)
        {
            PoolLog.CheckpointNotWitnessed(_services.Log, request.Street.Text, Street.Text, $"{fault}", seen);
        }

        return new(seen, null, fault);
    }
}
