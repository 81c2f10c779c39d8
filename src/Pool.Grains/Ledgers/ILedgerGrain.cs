using Pool.Actors;
using Pool.EventSourcing;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>A street's ledger, the only writer of its accounts.</summary>
[Alias("pool.ILedgerGrain")]
public interface ILedgerGrain : IActorGrain
{
    /// <summary>A street that exists has a ledger, also before its first entry.</summary>
    [Alias("Get")]
    Task<Answer<LedgerProfile>> Get();

    [Alias("Account")]
    Task<Answer<AccountStanding>> Account(AccountId account);

    /// <summary>The account of a partner of this street; one of nothing before its first service.</summary>
    [Alias("PartnerAccount")]
    Task<Answer<AccountStanding>> PartnerAccount(PartnerId partner);

    [Alias("SetPolicy")]
    Task<Answer<LedgerProfile>> SetPolicy(LedgerPolicy policy, Command command);

    /// <summary>Decides the next version of the rates.</summary>
    [Alias("SetRates")]
    Task<Answer<LedgerProfile>> SetRates(RateTerms rates, Command command);

    /// <summary>For how many people <see cref="Hold"/> would hold the price now; nothing is held.</summary>
    [Alias("WouldHold")]
    Task<Cover> WouldHold(Payment payment);

    /// <summary>Holds the price of an accepted seat; idempotent by the transfer.</summary>
    [Alias("Hold")]
    Task<Cover> Hold(Payment payment);

    /// <summary>Frees what is held; idempotent by the transfer.</summary>
    [Alias("Release")]
    Task Release(Payment payment);

    /// <summary>Posts what the confirmed minutes cost; idempotent by the transfer.</summary>
    [Alias("Post")]
    Task<Settlement> Post(Payment payment);

    /// <summary>Writes unpaid minutes into the service record; idempotent by the transfer.</summary>
    [Alias("Record")]
    Task<EntryRef> Record(Payment payment);
}
