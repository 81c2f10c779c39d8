using Pool.Actors;
using Pool.EventSourcing;

namespace Pool.Ledgers;

/// <summary>A street's ledger, the only writer of its accounts.</summary>
[Alias("pool.ILedgerGrain")]
public interface ILedgerGrain : IActorGrain
{
    [Alias("Get")]
    Task<Answer<Ledger>> Get();

    [Alias("SetPolicy")]
    Task<Answer<Ledger>> SetPolicy(LedgerPolicy policy, Command command);

    /// <summary>Decides the next version of the rates.</summary>
    [Alias("SetRates")]
    Task<Answer<Ledger>> SetRates(RateTerms rates, Command command);

    /// <summary>What <see cref="Hold"/> would answer now; nothing is held.</summary>
    [Alias("WouldHold")]
    Task<Cover> WouldHold(Payment payment);

    /// <summary>Holds the price of an accepted seat; idempotent by the transfer.</summary>
    [Alias("Hold")]
    Task<Cover> Hold(Payment payment);

    /// <summary>Frees what is held; idempotent by the transfer.</summary>
    [Alias("Release")]
    Task Release(TransferId transfer);

    /// <summary>Posts what the confirmed minutes cost; idempotent by the transfer.</summary>
    [Alias("Post")]
    Task<Settlement> Post(Payment payment);

    /// <summary>Writes unpaid minutes into the service record; idempotent by the transfer.</summary>
    [Alias("Record")]
    Task<EntryRef> Record(Payment payment);
}
