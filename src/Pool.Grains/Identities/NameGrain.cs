using System.Collections.Immutable;
using System.Security.Cryptography;
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
            : identities.TryGetValue(Holder.Of(name.Partner), out var identity) ? Opened(identity, name.Text)
            : "")];
    }

    /// <summary>A name that was sealed with a key that is erased by now stays closed, also where its holder has another.</summary>
    private static string Opened(Identity identity, string text)
    {
        try
        {
            return identity.Open(text);
        }
        catch (CryptographicException)
        {
            return "";
        }
    }
}
