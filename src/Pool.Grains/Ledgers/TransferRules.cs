using Pool.Actors;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>
/// What may be transferred from whom to whom, other than by a service: gifts, donations, grants, and what the street office pays
/// in and out.
/// </summary>
public static class TransferRules
{
    /// <summary>The order that a request makes: some kinds say themselves who gives, or who gets.</summary>
    public static (TransferOrder? Order, Refusal? Refusal) Order(TransferRequest request, Func<Party, AccountId> accountOf)
    {
        AccountId? from = request.Kind switch
        {
            EntryKind.Allocation => AccountId.Street,
            EntryKind.Deposit => AccountId.Cash,
            EntryKind.GiftToRelative or EntryKind.GiftInNeed or EntryKind.Donation or EntryKind.Grant or EntryKind.Withdrawal => null,
            EntryKind.Settlement or EntryKind.Reversal or EntryKind.Expiry or EntryKind.Remittance or EntryKind.Waiver or EntryKind.Offset => null,
        };
        AccountId? to = request.Kind == EntryKind.Withdrawal ? AccountId.Cash : null;
        return Check.Lowest(Fault("transfer.from", request.From, from), Fault("transfer.to", request.To, to)) is { } refusal
            ? (null, refusal)
            : (new(request.Kind, from ?? accountOf(request.From!), to ?? accountOf(request.To!), request.Unit, request.Amount), null);

        static Refusal? Fault(string field, Party? named, AccountId? known) => (named, known) switch
        {
            (null, null) => Refusal.At(field, RefusalReason.FieldRequired),
            (not null, not null) => Refusal.At(field, RefusalReason.FieldInvalid, $"it is the account {known}"),
            _ => null,
        };
    }

    /// <summary>Carries an order out, or refuses it.</summary>
    public static Decision<LedgerEvent> Transfer(Ledger ledger, TransferId id, TransferOrder order, Bookkeeper keeper) =>
        Check.Lowest(IsUsed(ledger, id), Refusing(ledger, order, keeper.Now)) is { } refusal
            ? refusal
            : keeper.After(ledger, new EntryPosted(keeper.Now, ledger.Log.Size + 1, order.Entry(id)));

    /// <summary>Holds this street's part of an order that it shares with others, or refuses it. Idempotent by the transfer.</summary>
    /// <param name="isUsed">Whether the request that orders it has ordered something of this ledger alone.</param>
    public static (Decision<LedgerEvent> Decision, Refusal? Refusal) Hold(Ledger ledger, TransferId transfer, TransferOrder order, bool isUsed, Bookkeeper keeper) =>
        ledger.Economy.Orders.ContainsKey(transfer) ? (default, null)
        // A message that was overtaken: the transfer has ended by now.
        : ledger.EndOf(transfer) is not null ? (default, Refusal.Of(RefusalReason.ClearingFailed))
        : Check.Lowest(isUsed ? Refusal.At("request_id", RefusalReason.RequestIdReused) : null, Refusing(ledger, order, keeper.Now)) is { } refusal ? (default, refusal)
        : (keeper.After(ledger, new OrderHeld(keeper.Now, transfer, order)), null);

    /// <summary>Posts this street's part of an order: that never fails, because it is held. Idempotent by the transfer.</summary>
    /// <exception cref="InvalidOperationException">It is not held.</exception>
    public static (Decision<LedgerEvent> Decision, EntryRef Entry) Post(Ledger ledger, TransferId transfer, Bookkeeper keeper)
    {
        if (ledger.EndOf(transfer) is { Entry: > 0 } end)
        {
            return (default, new(keeper.Street, end.Entry));
        }

        var order = ledger.Economy.Orders.TryGetValue(transfer, out var held) ? held : throw new InvalidOperationException($"Ledger {keeper.Street} does not hold {transfer}, and is to post it.");
        var number = ledger.Log.Size + 1;
        return (keeper.After(ledger, new EntryPosted(keeper.Now, number, order.Entry(transfer))), new(keeper.Street, number));
    }

    /// <summary>What is against an order now.</summary>
    public static Refusal? Refusing(Ledger ledger, TransferOrder order, DateTimeOffset now) => Check.Lowest(
        Unfit(order), Forgotten(ledger, "transfer.from", order.From), Forgotten(ledger, "transfer.to", order.To), Uncovered(ledger, order), OverLimit(ledger, order, now));

    /// <summary>Whether an order may be for somebody of another street.</summary>
    public static bool Crosses(EntryKind kind) => IsGift(kind) || kind == EntryKind.Donation;

    /// <summary>What is against an order whoever orders it, and whatever the ledger says.</summary>
    public static Refusal? Unfit(TransferOrder order)
    {
        var (from, to) = (order.From.Kind, order.To.Kind);
        var fits = order.Kind switch
        {
            EntryKind.GiftToRelative or EntryKind.GiftInNeed => (IsPerson(from) && (IsPerson(to) || to == AccountKind.Mirror)) || (from == AccountKind.Mirror && IsPerson(to)),
            EntryKind.Donation => (IsPerson(from) && to is AccountKind.Fund or AccountKind.Mirror) || (from == AccountKind.Mirror && to == AccountKind.Fund),
            EntryKind.Grant => from == AccountKind.Fund && IsPerson(to),
            EntryKind.Allocation => from == AccountKind.Street && to == AccountKind.Fund,
            EntryKind.Deposit => from == AccountKind.Cash && (IsPerson(to) || to == AccountKind.Fund),
            EntryKind.Withdrawal => (IsPerson(from) || from == AccountKind.Fund) && to == AccountKind.Cash,
            EntryKind.Remittance => (from, to) is (AccountKind.Mirror, AccountKind.Cash) or (AccountKind.Cash, AccountKind.Mirror),
            EntryKind.Waiver => (from, to) is (AccountKind.Mirror, AccountKind.Street) or (AccountKind.Street, AccountKind.Mirror),
            EntryKind.Offset => (from, to) is (AccountKind.Mirror, AccountKind.Mirror),
            EntryKind.Settlement or EntryKind.Reversal or EntryKind.Expiry => false,
        };
        var inUnit = order.Kind switch
        {
            EntryKind.GiftToRelative or EntryKind.GiftInNeed => order.Unit == Unit.TimeCredit,
            EntryKind.Deposit or EntryKind.Withdrawal or EntryKind.Remittance => order.Unit == Unit.Cny,
            EntryKind.Donation or EntryKind.Grant or EntryKind.Allocation or EntryKind.Waiver or EntryKind.Offset or EntryKind.Settlement or EntryKind.Reversal or EntryKind.Expiry => true,
        };
        return Check.Lowest(
            order.Amount < 0 ? Refusal.At("transfer.amount", RefusalReason.AmountNegative) : null,
            order.Amount == 0 ? Refusal.At("transfer.amount", RefusalReason.AmountZero) : null,
            order.Amount > Limits.MostAmount ? Refusal.At("transfer.amount", RefusalReason.AmountTooLarge, $"{Limits.MostAmount}") : null,
            order.From == order.To ? Refusal.At("transfer.to", RefusalReason.TransferToItself) : null,
            inUnit ? null : Refusal.At("transfer.unit", RefusalReason.UnitNotAllowed),
            fits ? null : Refusal.At("transfer.kind", RefusalReason.AccountNotAllowed));
    }

    /// <summary>Whether it is a gift, of which a quarter allows only so much.</summary>
    public static bool IsGift(EntryKind kind) => kind is EntryKind.GiftToRelative or EntryKind.GiftInNeed;

    /// <summary>The request that orders it has ordered something that another street has a part in.</summary>
    private static Refusal? IsUsed(Ledger ledger, TransferId id) =>
        ledger.Economy.Orders.ContainsKey(id) || ledger.EndOf(id) is not null ? Refusal.At("request_id", RefusalReason.RequestIdReused) : null;

    /// <summary>Whoever was erased while somebody ordered something for it has no account any more.</summary>
    private static Refusal? Forgotten(Ledger ledger, string field, AccountId account) =>
        account.Holder is { } holder && ledger.HasForgotten(holder) ? Refusal.At(field, RefusalReason.AccountNotFound, account.Text) : null;

    private static Refusal? Uncovered(Ledger ledger, TransferOrder order)
    {
        var clears = order.Kind is EntryKind.Remittance or EntryKind.Waiver or EntryKind.Offset;
        var (from, to) = (ledger.Economy.Of(order.From, order.Unit), ledger.Economy.Of(order.To, order.Unit));
        var (cover, reason) = order.From.Kind switch
        {
            // What is paid in, or comes in from another street, is not taken from anybody here.
            AccountKind.Cash => (order.Amount, RefusalReason.NotCovered),
            AccountKind.Mirror when clears => (from.Available, RefusalReason.NotOwed),
            AccountKind.Mirror => (ledger.CoverOf(order.From, order.Unit), RefusalReason.PeerLimitReached),
            AccountKind.Street => (ledger.CoverOf(order.From, order.Unit), RefusalReason.GuaranteeExceeded),
            // A fund's credit is no money that could be taken home.
            AccountKind.Fund when order.Kind == EntryKind.Withdrawal => (from.Available, RefusalReason.NotCovered),
            AccountKind.Fund or AccountKind.Partner or AccountKind.Resident => (ledger.CoverOf(order.From, order.Unit), RefusalReason.NotCovered),
        };
        var (owed, safe) = (-to.Expected, -ledger.Economy.Of(AccountId.Cash, Unit.Cny).Expected);
        return Check.Lowest(
            Beyond(cover, reason),
            clears && order.To.Kind == AccountKind.Mirror ? Beyond(owed, RefusalReason.NotOwed) : null,
            order.To.Kind == AccountKind.Cash ? Beyond(safe, RefusalReason.CashShort) : null);

        Refusal? Beyond(long bound, RefusalReason reason) => order.Amount > bound ? Refusal.At("transfer.amount", reason, $"{Math.Max(0, bound)}") : null;
    }

    private static Refusal? OverLimit(Ledger ledger, TransferOrder order, DateTimeOffset now)
    {
        var (policy, to) = (ledger.Policy, ledger.Economy.Of(order.To, order.Unit));
        // What can be counted is far beyond; nobody comes near it but by mistake.
        var countable = Limits.MostBalance - Math.Max(to.Expected, -ledger.Economy.Of(order.From, order.Unit).Posted);
        var room = order.Unit == Unit.TimeCredit && IsPerson(order.To.Kind) ? Math.Min(countable, policy.MostCredits.Value - to.Expected) : countable;
        var gifts = policy.MostGifts.Value - Given(ledger, order.From, now);
        return Check.Lowest(
            order.Amount > room ? Refusal.At("transfer.amount", RefusalReason.AccountOverLimit, $"{Math.Max(0, room)}") : null,
            IsGift(order.Kind) && IsPerson(order.From.Kind) && order.Amount > gifts ? Refusal.At("transfer.amount", RefusalReason.GiftLimitReached, $"{Math.Max(0, gifts)}") : null);
    }

    /// <summary>
    /// What an account has given away in this quarter, whose first order comes before its period is opened. Gifts that are held
    /// are given in the quarter in which they are posted.
    /// </summary>
    internal static long Given(Ledger ledger, AccountId account, DateTimeOffset now) =>
        ledger.Economy.Orders.Values.Where(held => IsGift(held.Kind) && held.From == account).Sum(held => held.Amount)
        + (Quarter.Of(now) > ledger.Period ? 0 : ledger.Gifts.GetValueOrDefault(account));

    /// <summary>Whether an account is somebody's own.</summary>
    internal static bool IsPerson(AccountKind kind) => kind is AccountKind.Partner or AccountKind.Resident;
}
