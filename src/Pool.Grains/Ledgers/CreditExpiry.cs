namespace Pool.Ledgers;

/// <summary>An expiry of credits under way: the accounts are reached in their order, some at a time and each once.</summary>
/// <param name="Quarters">After how many whole quarters credits expire: as the policy said when the period began, or later if it spares more.</param>
/// <param name="Reached">The account that was reached last; null before the first.</param>
[GenerateSerializer, Immutable, Alias("pool.CreditExpiry")]
public sealed record CreditExpiry([property: Id(0)] int Quarters, [property: Id(1)] AccountId? Reached = null)
{
    /// <summary>The expiry of a period that begins; null where nothing ever expires.</summary>
    public static CreditExpiry? Of(LedgerPolicy policy) => policy.ExpireAfterQuarters > 0 ? new(policy.ExpireAfterQuarters) : null;

    /// <summary>Whether an account has still to be reached.</summary>
    public bool IsAhead(AccountId account) => Reached is not { } reached || account.CompareTo(reached) > 0;

    /// <summary>After an entry of any kind.</summary>
    public CreditExpiry After(EconomicEntry entry) => entry.Kind == EntryKind.Expiry ? this with { Reached = TransferOrder.Of(entry)!.From } : this;

    /// <summary>Under another policy: what it spares is spared; what it would have expire sooner has until the next period. Null where nothing expires any more.</summary>
    public CreditExpiry? Under(LedgerPolicy policy) => policy.ExpireAfterQuarters > 0 ? this with { Quarters = Math.Max(Quarters, policy.ExpireAfterQuarters) } : null;
}
