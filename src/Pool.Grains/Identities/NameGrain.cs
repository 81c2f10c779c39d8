using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Pool.Identities;

[StatelessWorker, Reentrant, GrainType("name")]
internal sealed class NameGrain(IVault vault) : Grain, INameGrain
{
    public async Task<ImmutableArray<string>> Open(ImmutableArray<SealedName> names)
    {
        var holders = names.Where(name => Identity.IsSealed(name.Text)).Select(name => Holder.Of(name.Partner)).ToHashSet();
        var identities = holders.Count == 0 ? new Dictionary<Holder, Identity>() : await vault.Find(holders);
        return [.. names.Select(name =>
            !Identity.IsSealed(name.Text) ? name.Text
            : identities.TryGetValue(Holder.Of(name.Partner), out var identity) ? identity.Name(name.Text)
            : "")];
    }
}
