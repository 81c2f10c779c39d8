using System.Collections.Immutable;
using Pool.Actors;
using Pool.EventSourcing;
using Pool.Identities;
using Pool.Offers;
using Pool.Proofs;
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

    /// <summary>What is against it that an account pays for services; null where it may, as far as it has cover.</summary>
    /// <param name="field">The field in which the request names it.</param>
    [Alias("MayPay")]
    Task<Refusal?> MayPay(AccountId account, string field);

    /// <summary>How some accounts stand, each as <see cref="Account"/> says it.</summary>
    [Alias("Accounts")]
    Task<Answer<ImmutableArray<AccountStanding>>> Accounts(ImmutableArray<AccountId> accounts);

    /// <summary>What a service would cost now.</summary>
    /// <param name="version">The version of the rates that is meant; null: the one in force.</param>
    [Alias("Quote")]
    Task<Answer<Quote>> Quote(FeeMode mode, SkillCode skill, int level, Minutes minutes, int? version);

    [Alias("Entry")]
    Task<Answer<ListedEntry>> Entry(long number);

    /// <summary>Proves that an entry stands in the log, by a checkpoint that has it; where none was published yet, one is.</summary>
    [Alias("Receipt")]
    Task<Answer<LedgerReceipt>> Receipt(long number);

    /// <summary>Certifies the unpaid service of one of the street's partners.</summary>
    [Alias("Certify"), ResponseTimeout(Patience.ForLongVerbs)]
    Task<Answer<IssuedCertificate>> Certify(RegisteredPartner partner);

    /// <summary>The checkpoint that has every entry so far; it is published where it was not yet.</summary>
    [Alias("Checkpoint")]
    Task<Answer<PublishedCheckpoint>> Checkpoint();

    /// <summary>Proves that the log of a size begins with that of an older one.</summary>
    /// <param name="older">1 to <paramref name="newer"/>.</param>
    /// <param name="newer">Up to the number of entries; 0 stands for all so far.</param>
    [Alias("Consistency")]
    Task<Answer<ConsistencyProof>> Consistency(long older, long newer);

    /// <summary>The account of a resident of a community of this street, which it has from its first transfer on.</summary>
    [Alias("ResidentAccount")]
    Task<Answer<AccountStanding>> ResidentAccount(CommunityId community, ResidentId resident);

    /// <summary>Has the vault forget whose a resident's account is; what it has stays in it, and nobody can spend it.</summary>
    [Alias("EraseResident")]
    Task<Answer<AccountStanding>> EraseResident(CommunityId community, ResidentId resident, Command command);

    /// <summary>Has the vault forget whose a partner's account is, and its name; idempotent.</summary>
    [Alias("ErasePartner")]
    Task ErasePartner(PartnerId partner);

    /// <summary>The account of a party, of this street or another; null where it has none.</summary>
    /// <param name="make">Whether it is given one.</param>
    [Alias("AccountOf")]
    Task<PartyAccount?> AccountOf(Party party, bool make);

    /// <summary>The identity of a partner of this street, which is made when it is first asked for.</summary>
    [Alias("IdentityOf")]
    Task<Identity> IdentityOf(PartnerId partner);

    [Alias("SetPolicy")]
    Task<Answer<LedgerProfile>> SetPolicy(LedgerPolicy policy, Command command);

    /// <summary>Decides the next version of the rates.</summary>
    [Alias("SetRates")]
    Task<Answer<LedgerProfile>> SetRates(RateTerms rates, Command command);

    /// <summary>Carries orders out, each by itself and once by its id; in their order.</summary>
    [Alias("Transfer")]
    Task<Answer<ImmutableArray<TransferOutcome>>> Transfer(ImmutableArray<TransferRequest> requests);

    /// <summary>For how many people <see cref="Hold"/> would hold the price now; nothing is held.</summary>
    [Alias("WouldHold")]
    Task<Cover> WouldHold(Payment payment);

    /// <summary>Holds the price of an accepted seat; idempotent by the transfer.</summary>
    /// <param name="footing">What the call rests on; null where that is durable.</param>
    [Alias("Hold")]
    Task<Cover> Hold(Payment payment, Footing? footing = null);

    /// <summary>Frees what is held, of a payment or of an order; idempotent by the transfer.</summary>
    /// <param name="since">When the transfer began.</param>
    [Alias("Release")]
    Task Release(TransferId transfer, DateTimeOffset since);

    /// <summary>What is against holding this street's part of an order now; nothing is held.</summary>
    [Alias("WouldHoldOrder")]
    Task<Refusal?> WouldHoldOrder(TransferOrder order);

    /// <summary>Holds this street's part of an order, or says what is against it; idempotent by the transfer.</summary>
    /// <param name="since">When the transfer began.</param>
    [Alias("HoldOrder")]
    Task<Refusal?> HoldOrder(TransferId transfer, TransferOrder order, DateTimeOffset since);

    /// <summary>Posts this street's part of an order, which is held; idempotent by the transfer.</summary>
    /// <param name="since">When the transfer began.</param>
    [Alias("PostOrder")]
    Task<EntryRef> PostOrder(TransferId transfer, DateTimeOffset since);

    /// <summary>Posts what the confirmed minutes cost; idempotent by the transfer.</summary>
    /// <param name="footing">What the call rests on; null where that is durable.</param>
    [Alias("Post")]
    Task<Settlement> Post(Payment payment, Footing? footing = null);

    /// <summary>Undoes an entry of an assignment and makes the right one, in its book; idempotent by the transfer.</summary>
    /// <param name="correction">With the right minutes; its transfer is the correction.</param>
    /// <param name="entry">The number of the entry that stands so far.</param>
    [Alias("Correct")]
    Task<EntryRef> Correct(Payment correction, long entry);

    /// <summary>Writes unpaid minutes into the service record; idempotent by the transfer.</summary>
    /// <param name="footing">What the call rests on; null where that is durable.</param>
    [Alias("Record")]
    Task<EntryRef> Record(Payment payment, Footing? footing = null);
}
