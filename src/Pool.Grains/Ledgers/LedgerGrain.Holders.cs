using Pool.Actors;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Identities;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>Whose the accounts are: only the vault knows, until it is made to forget.</summary>
internal sealed partial class LedgerGrain
{
    /// <summary>So many identities are kept at hand before they are asked for again.</summary>
    private const int MostAtHand = 65_536;

    private readonly Dictionary<Holder, Identity> _identities = [];

    /// <summary>Those that are being asked for: whoever needs one meanwhile waits for the same answer.</summary>
    private readonly Dictionary<Holder, Task<Identity?>> _asked = [];

    public async Task<Identity> IdentityOf(PartnerId partner) => await IdentityOf(Holder.Of(partner)) ?? throw BeingErased();

    public async Task<PartyAccount?> AccountOf(Party party, bool make)
    {
        if (party.Home.Street != Street && Holder.Of(party) is not null)
        {
            // Its own street knows under which pseudonym.
            return await GrainFactory.Ledger(party.Home.Street).AccountOf(party, make);
        }

        return Holder.Of(party) is not { } holder ? new(AccountId.OfFund(party.Home), null)
            : (make ? await IdentityOf(holder) : await Known(holder)) is not { } identity ? null
            : new(party.Partner is null ? AccountId.OfResident(identity.Pseudonym) : AccountId.OfPartner(identity.Pseudonym), identity);
    }

    public async Task<Answer<AccountStanding>> PartnerAccount(PartnerId partner) =>
        await IdentityOf(Holder.Of(partner)) is { } identity ? await Standing(AccountId.OfPartner(identity.Pseudonym)) : Refusal.Of(RefusalReason.PartnerErased);

    public async Task<Answer<AccountStanding>> ResidentAccount(CommunityId community, ResidentId resident) =>
        (await GrainFactory.Community(community).Get()).Refusal
        ?? (await Known(Holder.Of(community, resident)) is { } identity ? await Standing(AccountId.OfResident(identity.Pseudonym)) : Refusal.Of(RefusalReason.AccountNotFound, resident.Text));

    public async Task<Answer<AccountStanding>> EraseResident(CommunityId community, ResidentId resident, Command command)
    {
        var known = (await Known(Holder.Of(community, resident)))?.Pseudonym;
        // The fingerprint would tell who it was: the request is told by its id alone.
        var erased = await DecideEvent(command with { Fingerprint = 0 }, (ledger, _) => LedgerRules.Erase(ledger, known, resident.Text, Keeper));
        if (erased.Value is not HolderErased { Pseudonym: var pseudonym })
        {
            return erased.Refusal!;
        }

        await Erased(pseudonym);
        return erased.Select(_ => State.Standing(AccountId.OfResident(pseudonym), Now));
    }

    public async Task ErasePartner(PartnerId partner)
    {
        _found.RemoveWhere(party => party.Partner == partner);
        if (await Known(Holder.Of(partner)) is { Pseudonym: var pseudonym })
        {
            await Decide((ledger, _) => LedgerRules.Erase(ledger, pseudonym, partner.Text, Keeper));
            await Erased(pseudonym);
        }
    }

    /// <summary>Answers when the vault has forgotten whose a pseudonym is.</summary>
    private async Task Erased(Pseudonym pseudonym)
    {
        if (!await Carried(ledger => !ledger.Erasing.ContainsKey(pseudonym)))
        {
            throw new JournalUnavailableException($"Ledger {Street} is to have an identity erased, and the vault has not done it yet.");
        }
    }

    private async Task EraseNow()
    {
        var pseudonym = State.Erasing.MinBy(erasure => erasure.Value).Key;
        await Durable();
        await _services.Vault.Erase(pseudonym);
        foreach (var (holder, _) in _identities.Where(known => known.Value.Pseudonym == pseudonym).ToList())
        {
            _identities.Remove(holder);
        }

        await Decide((ledger, _) => LedgerRules.Erased(ledger, pseudonym, Keeper));
    }

    /// <summary>The identity of a holder that has one; null where it has none, or none any more.</summary>
    private async Task<Identity?> Known(Holder holder)
    {
        if (_identities.ContainsKey(holder) || _asked.ContainsKey(holder) || Former(holder) is not null)
        {
            return await Made(holder);
        }

        var found = await _services.Vault.Find([holder]);
        return found.TryGetValue(holder, out var identity) ? Kept(holder, identity) : null;
    }

    /// <summary>The identity of a holder, which is made when it is first asked for; null where it is a partner that was erased.</summary>
    /// <exception cref="JournalUnavailableException">A resident's is being erased.</exception>
    private async ValueTask<Identity?> IdentityOf(Holder holder) =>
        await Made(holder) is { } identity ? identity : holder.Partner is not null ? null : throw BeingErased();

    private JournalUnavailableException BeingErased() => new($"An identity of ledger {Street} is being erased.");

    /// <summary>The identity of a holder, which is made when it is first asked for; null where it was erased, or is being.</summary>
    private async ValueTask<Identity?> Made(Holder holder)
    {
        if (_identities.TryGetValue(holder, out var known))
        {
            return known;
        }

        if (!_asked.TryGetValue(holder, out var asked))
        {
            _asked[holder] = asked = Make(holder);
        }

        try
        {
            return await asked is { } identity ? Kept(holder, identity) : null;
        }
        finally
        {
            _asked.Remove(holder);
        }
    }

    /// <summary>Nobody is made an identity who was erased, whoever still asks for it.</summary>
    private async Task<Identity?> Make(Holder holder)
    {
        var found = await _services.Vault.Find([holder]);
        return found.TryGetValue(holder, out var known) ? known
            : holder.Partner is { } partner && await GrainFactory.Partner(partner).IsErased() ? null
            : await _services.Vault.Of(holder, Former(holder));
    }

    /// <summary>What the vault said is kept at hand; null where it is to be forgotten by now.</summary>
    private Identity? Kept(Holder holder, Identity identity)
    {
        if (State.HasForgotten(identity.Pseudonym))
        {
            return null;
        }

        if (_identities.Count >= MostAtHand)
        {
            _identities.Clear();
        }

        return _identities[holder] = identity;
    }

    /// <summary>The pseudonym under which a holder has an account from before there was a vault; null where it has none, or was erased.</summary>
    private Pseudonym? Former(Holder holder)
    {
        var former = _services.Keys.FormerPseudonymOf(holder);
        return (State.Knows(AccountId.OfPartner(former)) || State.Knows(AccountId.OfResident(former))) && !State.HasForgotten(former) ? former : null;
    }

    private async Task<Answer<AccountStanding>> Standing(AccountId account)
    {
        var known = await Read();
        return known.Refusal is null ? known.Select(ledger => ledger.Standing(account, Now)) : Answer<AccountStanding>.Of(Ledger.Empty.Standing(account, Now));
    }

    /// <summary>The earner's pseudonym, or that it was erased meanwhile; where another street pays it, only that one knows which, and needs to.</summary>
    private async ValueTask<(Pseudonym? Earner, bool IsGone)> Earner(Payment payment) =>
        payment.EarningStreet != Street ? (null, false)
        : await IdentityOf(Holder.Of(payment.Partner.Partner)) is { Pseudonym: var pseudonym } ? (pseudonym, false)
        : (null, true);
}
