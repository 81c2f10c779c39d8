using System.Collections.Immutable;
using System.Text;
using Pool.Actors;
using Pool.Proofs;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>What became of a transfer that was held, or could have been: the settlement of an assignment, or an order that streets share.</summary>
/// <param name="Entry">The number of its entry; 0 where it was released, and never will have one.</param>
/// <param name="Price">At which it was settled; null where it was not, or is unpaid.</param>
[GenerateSerializer, Immutable, Alias("pool.TransferEnd")]
public readonly record struct TransferEnd([property: Id(0)] long Entry, [property: Id(1)] Price? Price)
{
    /// <summary>Which transfer an event ends, and how; null for events that end none.</summary>
    public static (TransferId Transfer, TransferEnd End)? Of(LedgerEvent happened) => happened switch
    {
        TransferReleased released => (released.Transfer, default),
        // What corrects an entry ends with the right one.
        EntryPosted { Entry.Kind: EntryKind.Reversal } or ServiceEntryRecorded { Entry.Kind: EntryKind.Reversal } => null,
        EntryPosted posted when posted.Entry.Kind == EntryKind.Settlement || posted.Entry.IsShared => (posted.Entry.Transfer, new(posted.Number, posted.Entry.Service?.Price)),
        ServiceEntryRecorded recorded => (recorded.Entry.Transfer, new(recorded.Number, null)),
        _ => null,
    };
}

/// <summary>
/// A street's ledger: its economic book, its service record, its rates, and the log of all entries. Transfers that ended are
/// remembered for the current quarter and the one before it, so that what is asked for again is not done again.
/// </summary>
[GenerateSerializer, Immutable, Alias("pool.Ledger")]
public sealed record Ledger : IActorState<Ledger, LedgerEvent>
{
    public static Ledger Empty { get; } = new();

    public static RefusalReason Missing => RefusalReason.StreetNotFound;

    /// <summary>A checkpoint is asked for when an entry is in none after this time.</summary>
    public static readonly TimeSpan PublishWithin = TimeSpan.FromMinutes(10);

    [Id(0)] public StreetId? Street { get; init; }

    /// <summary>The verifier key of its checkpoints.</summary>
    [Id(1)] public string Key { get; init; } = "";

    [Id(2)] public LedgerPolicy Policy { get; init; } = LedgerPolicy.Default;

    [Id(3)] public RateBook Rates { get; init; } = RateBook.Empty;

    [Id(4)] public EconomicBook Economy { get; init; } = EconomicBook.Empty;

    [Id(5)] public ServiceBook Service { get; init; } = ServiceBook.Empty;

    /// <summary>Of the texts of all entries, of both books.</summary>
    [Id(6)] public MerkleFrontier Log { get; init; } = MerkleFrontier.Empty;

    /// <summary>The quarter under way, as in <see cref="Quarter"/>.</summary>
    [Id(7)] public int Period { get; init; }

    /// <summary>Transfers that ended in this period.</summary>
    [Id(8)] public ImmutableDictionary<TransferId, TransferEnd> Ended { get; init; } = ImmutableDictionary<TransferId, TransferEnd>.Empty;

    /// <summary>Transfers that ended in the period before.</summary>
    [Id(9)] public ImmutableDictionary<TransferId, TransferEnd> EndedBefore { get; init; } = ImmutableDictionary<TransferId, TransferEnd>.Empty;

    /// <summary>When this period began; before everything, where it is the ledger's first.</summary>
    [Id(10)] public DateTimeOffset PeriodSince { get; init; }

    /// <summary>Every transfer that has ended since then is remembered.</summary>
    [Id(11)] public DateTimeOffset RememberedSince { get; init; }

    /// <summary>The checkpoint that was published last; of nothing before the first.</summary>
    [Id(12)] public PublishedCheckpoint Published { get; init; } = PublishedCheckpoint.None;

    /// <summary>Since when there are entries that no published checkpoint has; null where there are none.</summary>
    [Id(13)] public DateTimeOffset? UnpublishedSince { get; init; }

    /// <summary>What each has given away in credits in this period.</summary>
    [Id(14)] public ImmutableDictionary<AccountId, long> Gifts { get; init; } = ImmutableDictionary<AccountId, long>.Empty;

    /// <summary>What went between this street and others on the day under way.</summary>
    [Id(15)] public Netting Netting { get; init; } = Netting.None;

    /// <summary>Whose identities the vault has still to forget, and since when.</summary>
    [Id(16)] public ImmutableDictionary<Pseudonym, DateTimeOffset> Erasing { get; init; } = ImmutableDictionary<Pseudonym, DateTimeOffset>.Empty;

    /// <summary>Who was erased: nobody is given one of their accounts again.</summary>
    [Id(17)] public ImmutableHashSet<Pseudonym> Forgotten { get; init; } = ImmutableHashSet<Pseudonym>.Empty;

    /// <summary>How old people's credits are.</summary>
    [Id(18)] public CreditAges Ages { get; init; } = CreditAges.None;

    /// <summary>How far the expiry is of credits that were too old when the period began; null where it has ended.</summary>
    [Id(20)] public CreditExpiry? Expiry { get; init; }

    public bool Exists => Street is not null;

    public StreetId? Office => Street;

    public CommunityId? Home => null;

    public DateTimeOffset? DueAt => new[] { PublishAt, Netting.EndsAt, Erasing.IsEmpty ? null : Erasing.Values.Min() + Patience.ForStep, Expiry is null ? ExpiresAt : PeriodSince + Patience.ForStep }.Min();

    /// <summary>When a checkpoint is owed; null where every entry is in one.</summary>
    public DateTimeOffset? PublishAt => UnpublishedSince + PublishWithin;

    /// <summary>When the next quarter begins, in which credits expire; null where none ever do.</summary>
    public DateTimeOffset? ExpiresAt => Exists && Policy.ExpireAfterQuarters > 0 ? Quarter.EndOf(Period) : null;

    /// <summary>What became of a transfer; null while it is held, or where nothing is known of it.</summary>
    public TransferEnd? EndOf(TransferId transfer) =>
        Ended.TryGetValue(transfer, out var end) || EndedBefore.TryGetValue(transfer, out end) ? end : null;

    /// <summary>Whether the ledger knows, without reading its past, what has become of a transfer.</summary>
    /// <param name="since">When the transfer began: nothing has become of it before.</param>
    public bool Remembers(TransferId transfer, DateTimeOffset since) =>
        since >= RememberedSince || Economy.Holds.ContainsKey(transfer) || Economy.Orders.ContainsKey(transfer) || EndOf(transfer) is not null;

    /// <summary>Whether a pseudonym's holder was erased, or is being.</summary>
    public bool HasForgotten(Pseudonym pseudonym) => Forgotten.Contains(pseudonym) || Erasing.ContainsKey(pseudonym);

    /// <summary>The ledger with something that it had forgotten; null changes nothing.</summary>
    public Ledger Recalling(TransferId transfer, TransferEnd? end) => end is { } past ? this with { EndedBefore = EndedBefore.SetItem(transfer, past) } : this;

    public Ledger Evolve(LedgerEvent happened) =>
        TransferEnd.Of(happened) is var (transfer, end) ? Apply(happened) with { Ended = Ended.Add(transfer, end) } : Apply(happened);

    private Ledger Apply(LedgerEvent happened) => happened switch
    {
        LedgerOpened opened => this with { Street = opened.Street, Key = opened.Key, Period = Quarter.Of(opened.At) },
        LedgerPolicySet set => this with { Policy = set.Policy, Expiry = Expiry?.Under(set.Policy) },
        RatesSet set => this with { Rates = new(Rates.Versions.Add(set.Rates)) },
        TransferHeld held => this with { Economy = Economy.Hold(held.Transfer, held.Hold) },
        OrderHeld held => this with { Economy = Economy.Hold(held.Transfer, held.Order) },
        TransferReleased released => this with { Economy = Economy.Release(released.Transfer) },
        EntryPosted posted => Entered(posted.Number, posted.At, EntryText.Of(Street!.Value, posted)) with
        {
            Economy = Economy.Post(posted.Entry),
            Gifts = Given(posted.Entry),
            Ages = Ages.After(posted.Entry),
            Expiry = Expiry?.After(posted.Entry),
            Netting = Netting.After(posted.Entry, posted.At, Economy),
        },
        ServiceEntryRecorded recorded => Entered(recorded.Number, recorded.At, EntryText.Of(Street!.Value, recorded)) with { Service = Service.Record(recorded.Entry) },
        CheckpointPublished published => this with { Published = published.Checkpoint, UnpublishedSince = published.Checkpoint.Size < Log.Size ? published.At : null },
        HolderErased erased => this with { Erasing = Erasing.SetItem(erased.Pseudonym, erased.At) },
        IdentityErased erased => this with { Erasing = Erasing.Remove(erased.Pseudonym), Forgotten = Forgotten.Add(erased.Pseudonym) },
        CreditsExpired => this with { Expiry = null },
        DayNetted => this with { Netting = Netting.Ended() },
        PeriodOpened opened => Carried(opened) with
        {
            EndedBefore = Ended,
            RememberedSince = Exists ? PeriodSince : opened.At,
            // A silo of before there were any carries none of these over.
            Forgotten = Forgotten.Union(opened.Forgotten),
            Ages = Exists ? AgesIn(opened.Period) : new(opened.Credits.ToImmutableDictionary(credits => credits.Account, credits => credits.Got)),
        },
        _ => throw new InvalidOperationException($"A ledger does not know {happened.GetType().Name}."),
    };

    /// <summary>All that goes over into the next period.</summary>
    public PeriodOpened Carry(int period, DateTimeOffset now) => new(now, period, Street!.Value, Key, Policy, Rates)
    {
        Balances = [.. Economy.Balances.Select(balance => new CarriedBalance(balance.Key.Account, balance.Key.Unit, balance.Value.Posted)).OrderBy(balance => (balance.Account, balance.Unit))],
        Holds = [.. Economy.Holds.Select(hold => new CarriedHold(hold.Key, hold.Value)).OrderBy(hold => hold.Transfer.Text, StringComparer.Ordinal)],
        Given = [.. Service.Given.Select(given => new CarriedService(given.Key, given.Value)).OrderBy(given => given.Giver.Text, StringComparer.Ordinal)],
        Received = [.. Service.Received.Select(received => new CarriedReceipt(received.Key, received.Value)).OrderBy(received => received.Receiver.Text, StringComparer.Ordinal)],
        Log = Log,
        Published = Published,
        UnpublishedSince = UnpublishedSince,
        Orders = [.. Economy.Orders.Select(order => new CarriedOrder(order.Key, order.Value)).OrderBy(order => order.Transfer.Text, StringComparer.Ordinal)],
        Erasing = [.. Erasing.Select(erasure => new CarriedErasure(erasure.Key, erasure.Value)).OrderBy(erasure => erasure.Pseudonym.Text, StringComparer.Ordinal)],
        Netting = Netting.Day == default ? null : Netting,
        Forgotten = [.. Forgotten.OrderBy(pseudonym => pseudonym.Text, StringComparer.Ordinal)],
        Credits = [.. AgesIn(period).Got.Select(got => new CarriedCredits(got.Key, got.Value)).OrderBy(credits => credits.Account)],
    };

    /// <summary>The ledger as a period begins, from what was carried into it alone.</summary>
    private static Ledger Carried(PeriodOpened opened)
    {
        var balances = opened.Balances.ToImmutableDictionary(balance => new AccountUnit(balance.Account, balance.Unit), balance => new Balance(balance.Posted, 0, 0));
        var economy = EconomicBook.Empty with { Balances = balances };
        return Empty with
        {
            Street = opened.Street,
            Key = opened.Key,
            Policy = opened.Policy,
            Rates = opened.Rates,
            Economy = opened.Orders.Aggregate(
                opened.Holds.Aggregate(economy, (book, held) => book.Hold(held.Transfer, held.Hold)), (book, held) => book.Hold(held.Transfer, held.Order)),
            Service = new(
                opened.Given.ToImmutableDictionary(given => given.Giver, given => given.Given),
                opened.Received.ToImmutableDictionary(received => received.Receiver, received => received.Received)),
            Log = opened.Log,
            Published = opened.Published ?? PublishedCheckpoint.None,
            UnpublishedSince = opened.UnpublishedSince,
            Erasing = opened.Erasing.ToImmutableDictionary(erasure => erasure.Pseudonym, erasure => erasure.At),
            Netting = opened.Netting ?? Netting.None,
            Period = opened.Period,
            Expiry = CreditExpiry.Of(opened.Policy),
            PeriodSince = opened.At,
        };
    }

    private CreditAges AgesIn(int period) => Ages.Aged(Quarter.Between(Period, period));

    private ImmutableDictionary<AccountId, long> Given(EconomicEntry entry) => TransferRules.IsGift(entry.Kind) && TransferOrder.Of(entry) is { } gift
        ? Gifts.SetItem(gift.From, checked(Gifts.GetValueOrDefault(gift.From) + gift.Amount))
        : Gifts;

    private Ledger Entered(long number, DateTimeOffset at, string text) =>
        number == Log.Size + 1
            ? this with { Log = Log.Append(MerkleHash.OfLeaf(Encoding.UTF8.GetBytes(text))), UnpublishedSince = UnpublishedSince ?? at }
            : throw new InvalidOperationException($"Entry {number} does not follow entry {Log.Size}.");
}
