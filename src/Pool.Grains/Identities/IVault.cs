using Pool.Ledgers;

namespace Pool.Identities;

/// <summary>Who is who: the only place that ties holders to their pseudonyms and names, and that forgets for good.</summary>
public interface IVault
{
    /// <summary>The identity of a holder; one is made where there is none. Of two that are made at once both callers are given the one that is kept.</summary>
    /// <param name="former">The pseudonym that it had before there was a vault; null where it had none.</param>
    Task<Identity> Of(Holder holder, Pseudonym? former);

    /// <summary>The identities of those holders that have one.</summary>
    Task<IReadOnlyDictionary<Holder, Identity>> Find(IReadOnlyCollection<Holder> holders);

    /// <summary>Forgets whose a pseudonym is, for good; idempotent.</summary>
    Task Erase(Pseudonym pseudonym);
}
