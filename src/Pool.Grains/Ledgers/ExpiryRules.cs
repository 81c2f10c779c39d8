using Pool.Actors;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>Credits that nobody spends expire as a quarter begins, where a street's policy says so: the street has them.</summary>
public static class ExpiryRules
{
    /// <summary>So many accounts at a time, so that others get their turn: each time all accounts are looked through.</summary>
    public const int AtOnce = 1_000;

    /// <summary>Lets the next accounts' old credits expire, as long as the quarter's expiry is under way.</summary>
    public static Decision<LedgerEvent> Expire(Ledger ledger, Bookkeeper keeper)
    {
        if (ledger.Expiry is not { } expiry)
        {
            return default;
        }

        if (Quarter.Of(keeper.Now) > ledger.Period)
        {
            // The next quarter's comes before this one's has ended: it is of all that is too old by then.
            return keeper.After(ledger);
        }

        var old = ledger.People()
            .Where(expiry.IsAhead)
            .Select(account => (Account: account, Minutes: Older(ledger, account, expiry.Quarters)))
            .Where(expired => expired.Minutes > 0)
            .OrderBy(expired => expired.Account)
            .Take(AtOnce + 1)
            .ToList();
        var events = old.Take(AtOnce).Select(LedgerEvent ((AccountId Account, long Minutes) expired, int i) => new EntryPosted(
            keeper.Now,
            ledger.Log.Size + 1 + i,
            new TransferOrder(EntryKind.Expiry, expired.Account, AccountId.Street, Unit.TimeCredit, expired.Minutes).Entry(TransferId.OfExpiry(ledger.Period, expired.Account))));
        return keeper.After(ledger, [.. events, .. old.Count > AtOnce ? [] : new LedgerEvent[] { new CreditsExpired(keeper.Now, ledger.Period) }]);
    }

    /// <summary>What of an account's credits expires when the next quarter begins, unless it is spent before; what expires now is none of it.</summary>
    public static Minutes Expiring(this Ledger ledger, AccountId account)
    {
        if (ledger.Policy.ExpireAfterQuarters == 0 || !TransferRules.IsPerson(account.Kind))
        {
            return Minutes.Zero;
        }

        var now = ledger.Expiry is { } expiry && expiry.IsAhead(account) ? Older(ledger, account, expiry.Quarters) : 0;
        return new(Older(ledger, account, ledger.Policy.ExpireAfterQuarters - 1) - now);
    }

    private static long Older(Ledger ledger, AccountId account, int quarters) => ledger.Ages.Older(account, ledger.Economy.Of(account, Unit.TimeCredit).Available, quarters);
}
