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
            EntryKind.GiftToRelative or EntryKind.GiftInNeed or EntryKind.Donation or EntryKind.Grant or EntryKind.Withdrawal or EntryKind.Settlement => null,
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
    /// <param name="unknown">What is against those whom it names; null where all exist.</param>
    public static Decision<LedgerEvent> Transfer(Ledger ledger, TransferId id, TransferOrder order, Refusal? unknown, Bookkeeper keeper) =>
        Check.Lowest(unknown, Unfit(order), Uncovered(ledger, order), OverLimit(ledger, order, keeper.Now)) is { } refusal
            ? refusal
            : keeper.After(ledger, new EntryPosted(keeper.Now, ledger.Log.Size + 1, order.Entry(id)));

    /// <summary>What is against an order whoever orders it, and whatever the ledger says.</summary>
    public static Refusal? Unfit(TransferOrder order)
    {
        var (from, to) = (order.From.Kind, order.To.Kind);
        var fits = order.Kind switch
        {
            EntryKind.GiftToRelative or EntryKind.GiftInNeed => IsPerson(from) && IsPerson(to),
            EntryKind.Donation => IsPerson(from) && to == AccountKind.Fund,
            EntryKind.Grant => from == AccountKind.Fund && IsPerson(to),
            EntryKind.Allocation => from == AccountKind.Street && to == AccountKind.Fund,
            EntryKind.Deposit => from == AccountKind.Cash && (IsPerson(to) || to == AccountKind.Fund),
            EntryKind.Withdrawal => (IsPerson(from) || from == AccountKind.Fund) && to == AccountKind.Cash,
            EntryKind.Settlement => false,
        };
        var inUnit = order.Kind switch
        {
            EntryKind.GiftToRelative or EntryKind.GiftInNeed => order.Unit == Unit.TimeCredit,
            EntryKind.Deposit or EntryKind.Withdrawal => order.Unit == Unit.Cny,
            EntryKind.Donation or EntryKind.Grant or EntryKind.Allocation or EntryKind.Settlement => true,
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

    private static Refusal? Uncovered(Ledger ledger, TransferOrder order)
    {
        if (order.From.Kind == AccountKind.Cash)
        {
            return null;
        }

        // A fund's credit is no money that could be taken home, and the safe has only what was paid in.
        var isPaidOut = order.Kind == EntryKind.Withdrawal;
        var cover = isPaidOut ? ledger.Economy.Of(order.From, order.Unit).Available : ledger.CoverOf(order.From, order.Unit);
        var safe = -ledger.Economy.Of(AccountId.Cash, Unit.Cny).Posted;
        return order.Amount > cover
                ? Refusal.At("transfer.amount", order.From.Kind == AccountKind.Street ? RefusalReason.GuaranteeExceeded : RefusalReason.NotCovered, $"{Math.Max(0, cover)}")
            : isPaidOut && order.Amount > safe ? Refusal.At("transfer.amount", RefusalReason.CashShort, $"{safe}")
            : null;
    }

    private static Refusal? OverLimit(Ledger ledger, TransferOrder order, DateTimeOffset now)
    {
        var (policy, to) = (ledger.Policy, ledger.Economy.Of(order.To, order.Unit));
        // What can be counted is far beyond; nobody comes near it but by mistake.
        var countable = Limits.MostBalance - Math.Max(to.Expected, -ledger.Economy.Of(order.From, order.Unit).Posted);
        var room = order.Unit == Unit.TimeCredit && IsPerson(order.To.Kind) ? Math.Min(countable, policy.MostCredits.Value - to.Expected) : countable;
        // The first order of a quarter comes before its period is opened.
        var gifts = policy.MostGifts.Value - (Quarter.Of(now) > ledger.Period ? 0 : ledger.Gifts.GetValueOrDefault(order.From));
        return Check.Lowest(
            order.Amount > room ? Refusal.At("transfer.amount", RefusalReason.AccountOverLimit, $"{Math.Max(0, room)}") : null,
            IsGift(order.Kind) && order.Amount > gifts ? Refusal.At("transfer.amount", RefusalReason.GiftLimitReached, $"{Math.Max(0, gifts)}") : null);
    }

    private static bool IsPerson(AccountKind kind) => kind is AccountKind.Partner or AccountKind.Resident;
}
