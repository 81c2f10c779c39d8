using CsCheck;
using Pool.Actors;
using Pool.Ledgers;
using Pool.Values;
using Xunit;
using static Pool.Rules.Tests.SomeLedger;

namespace Pool.Rules.Tests;

/// <summary>What people may order, and what is refused, each for its own reason.</summary>
public sealed class TransferRulesTests
{
    private static readonly AccountId Elder = AccountId.OfResident(Pseudonym.Parse("bbbbbbbbbbbbbbbb"));

    private static readonly AccountId OtherFund = AccountId.OfFund(Some.Neighbour);

    private static readonly Dictionary<AccountKind, AccountId[]> Accounts = new()
    {
        [AccountKind.Partner] = [Partner, AccountId.OfPartner(Pseudonym.Parse("cccccccccccccccc"))],
        [AccountKind.Resident] = [Elder, AccountId.OfResident(Pseudonym.Parse("dddddddddddddddd"))],
        [AccountKind.Fund] = [HomeFund, OtherFund],
        [AccountKind.Street] = [AccountId.Street],
        [AccountKind.Cash] = [AccountId.Cash],
        [AccountKind.Mirror] = [AccountId.OfMirror(Some.OtherStreet), AccountId.OfMirror(StreetId.Parse("330109004"))],
    };

    /// <summary>A ledger where the partner and the fund have 1,000 of everything.</summary>
    private static readonly Ledger Rich = Rest(AccountId.Street, AccountId.Cash);

    public static TheoryData<EntryKind, string> Kinds() => new()
    {
        { EntryKind.GiftToRelative, "Mirror>Partner Mirror>Resident Partner>Mirror Partner>Partner Partner>Resident Resident>Mirror Resident>Partner Resident>Resident; TimeCredit" },
        { EntryKind.GiftInNeed, "Mirror>Partner Mirror>Resident Partner>Mirror Partner>Partner Partner>Resident Resident>Mirror Resident>Partner Resident>Resident; TimeCredit" },
        { EntryKind.Donation, "Mirror>Fund Partner>Fund Partner>Mirror Resident>Fund Resident>Mirror; TimeCredit Cny" },
        { EntryKind.Grant, "Fund>Partner Fund>Resident; TimeCredit Cny" },
        { EntryKind.Allocation, "Street>Fund; TimeCredit Cny" },
        { EntryKind.Deposit, "Cash>Fund Cash>Partner Cash>Resident; Cny" },
        { EntryKind.Withdrawal, "Fund>Cash Partner>Cash Resident>Cash; Cny" },
        { EntryKind.Remittance, "Cash>Mirror Mirror>Cash; Cny" },
        { EntryKind.Waiver, "Mirror>Street Street>Mirror; TimeCredit Cny" },
        { EntryKind.Offset, "Mirror>Mirror; TimeCredit Cny" },
        { EntryKind.Settlement, "; TimeCredit Cny" },
        { EntryKind.Reversal, "; TimeCredit Cny" },
        { EntryKind.Expiry, "; TimeCredit Cny" },
    };

    [Theory, MemberData(nameof(Kinds))]
    public void A_kind_of_transfer_is_made_between_certain_accounts_in_certain_units(EntryKind kind, string expected)
    {
        var pairs = from one in Accounts.Keys from other in Accounts.Keys where Fits(one, other) orderby $"{one}>{other}" select $"{one}>{other}";
        var units = Enum.GetValues<Unit>().Where(unit => TransferRules.Unfit(new(kind, Partner, HomeFund, unit, 1))?.Reason != RefusalReason.UnitNotAllowed);

        Assert.Equal(expected, $"{string.Join(' ', pairs)}; {string.Join(' ', units)}");

        bool Fits(AccountKind one, AccountKind other) =>
            Enum.GetValues<Unit>().Any(unit => TransferRules.Unfit(new(kind, Accounts[one][0], Accounts[other][^1], unit, 1)) is null);
    }

    [Fact]
    public void An_order_is_an_entry_of_two_sides()
    {
        var ledger = Rich.After(Order(Rich, new(EntryKind.GiftInNeed, Partner, Elder, Unit.TimeCredit, 90)));

        Assert.Equal((910, 90), (ledger.Economy.Of(Partner, Unit.TimeCredit).Posted, ledger.Economy.Of(Elder, Unit.TimeCredit).Posted));
        Assert.Equal(0, ledger.Sum(Unit.TimeCredit));
        Assert.Equal(90, ledger.Gifts[Partner]);
    }

    [Fact]
    public void Who_was_erased_while_somebody_ordered_is_given_nothing_also_in_later_quarters()
    {
        var erased = Rich.After(new HolderErased(Some.Now, Elder.Holder!.Value));
        var gift = new TransferOrder(EntryKind.GiftInNeed, Partner, Elder, Unit.TimeCredit, 90);

        Assert.Equal("AccountNotFound", Order(erased, gift).Told());
        erased = erased.After(new IdentityErased(Some.Now, Elder.Holder.Value));
        Assert.Equal("AccountNotFound", Order(erased, gift).Told());
        var carried = Ledger.Empty.After(erased.Carry(20271, Some.Now));
        Assert.Equal("AccountNotFound", TransferRules.Hold(carried, TransferId.OfOrder(Some.Demand.Value), gift with { From = AccountId.OfMirror(Some.OtherStreet) }, isUsed: false, Here).Refusal?.Reason.ToString());
        Assert.Equal("AccountNotFound", LedgerRules.Erase(carried, Elder.Holder, "grandma-wang", Here).Told());
    }

    [Fact]
    public void The_texts_of_orders_are_permanent() => ApprovedFile.Match("orders.txt", string.Join('\n', new[]
    {
        new TransferOrder(EntryKind.GiftToRelative, Partner, Elder, Unit.TimeCredit, 60), new(EntryKind.GiftInNeed, Partner, Elder, Unit.TimeCredit, 60),
        new(EntryKind.Donation, Elder, HomeFund, Unit.Cny, 60), new(EntryKind.Grant, HomeFund, Elder, Unit.Cny, 60), new(EntryKind.Allocation, AccountId.Street, HomeFund, Unit.TimeCredit, 60),
        new(EntryKind.Deposit, AccountId.Cash, Elder, Unit.Cny, 60), new(EntryKind.Withdrawal, Elder, AccountId.Cash, Unit.Cny, 60),
        new(EntryKind.Remittance, AccountId.OfMirror(Some.OtherStreet), AccountId.Cash, Unit.Cny, 60), new(EntryKind.Waiver, AccountId.Street, AccountId.OfMirror(Some.OtherStreet), Unit.TimeCredit, 60),
        new(EntryKind.Offset, AccountId.OfMirror(Some.OtherStreet), AccountId.OfMirror(StreetId.Parse("330109004")), Unit.TimeCredit, 60),
    }.Select(order => EntryText.Of(Some.Street, new EntryPosted(Some.Now, 7, order.Entry(TransferId.OfOrder(Some.Demand.Value)))))));

    [Fact]
    public void What_makes_no_sense_has_a_reason_of_its_own()
    {
        var gift = new TransferOrder(EntryKind.GiftInNeed, Partner, Elder, Unit.TimeCredit, 1);

        AssertRefused(RefusalReason.AmountNegative, gift with { Amount = -1 });
        AssertRefused(RefusalReason.AmountNegative, gift with { Amount = long.MinValue });
        AssertRefused(RefusalReason.AmountZero, gift with { Amount = 0 });
        AssertRefused(RefusalReason.AmountTooLarge, gift with { Amount = Limits.MostAmount + 1 });
        AssertRefused(RefusalReason.AmountTooLarge, gift with { Amount = long.MaxValue });
        AssertRefused(RefusalReason.TransferToItself, gift with { To = Partner });
        AssertRefused(RefusalReason.UnitNotAllowed, gift with { Unit = Unit.Cny });
        AssertRefused(RefusalReason.AccountNotAllowed, gift with { To = HomeFund });
        AssertRefused(RefusalReason.NotCovered, gift with { Amount = 1_001 });
        AssertRefused(RefusalReason.NotCovered, gift with { From = Elder, To = Partner });
        AssertRefused(RefusalReason.NotCovered, new(EntryKind.Grant, OtherFund, Elder, Unit.Cny, Rich.Policy.FundMoney.Value + 1));
        // A fund's credit is no money that could be taken home.
        AssertRefused(RefusalReason.NotCovered, new(EntryKind.Withdrawal, OtherFund, AccountId.Cash, Unit.Cny, 1));
        // Nor is what a fund grants on credit: the safe has what was paid in.
        var onCredit = Ledger.Empty.After(Order(Ledger.Empty, new(EntryKind.Grant, HomeFund, Elder, Unit.Cny, 500)));
        AssertRefused(RefusalReason.CashShort, new(EntryKind.Withdrawal, Elder, AccountId.Cash, Unit.Cny, 1), onCredit);
        onCredit = onCredit.After(Order(onCredit, new(EntryKind.Deposit, AccountId.Cash, OtherFund, Unit.Cny, 20), 2));
        AssertRefused(RefusalReason.CashShort, new(EntryKind.Withdrawal, Elder, AccountId.Cash, Unit.Cny, 21), onCredit);
        Assert.Equal("EntryPosted", Told(onCredit, new(EntryKind.Withdrawal, Elder, AccountId.Cash, Unit.Cny, 20)));
        AssertRefused(RefusalReason.GuaranteeExceeded, new(EntryKind.Allocation, AccountId.Street, HomeFund, Unit.TimeCredit, Rich.Policy.StreetCredits.Value));
    }

    [Fact]
    public void Nobody_gains_more_than_an_account_may_have()
    {
        var ledger = Rich.After(LedgerRules.SetPolicy(Rich, Rich.Policy with { MostCredits = new(100) }, null, Here));

        Assert.Equal("AccountOverLimit", Told(ledger, new(EntryKind.GiftInNeed, Partner, Elder, Unit.TimeCredit, 101)));
        Assert.Equal("EntryPosted", Told(ledger, new(EntryKind.GiftInNeed, Partner, Elder, Unit.TimeCredit, 100)));
        // Money has no such limit, but what can be counted.
        Assert.Equal("EntryPosted", Told(ledger, new(EntryKind.Deposit, AccountId.Cash, Elder, Unit.Cny, 101)));
    }

    [Fact]
    public void No_number_of_orders_brings_an_account_where_it_cannot_be_counted()
    {
        var ledger = Ledger.Empty;
        for (var i = 0; i < Limits.MostBalance / Limits.MostAmount; i++)
        {
            ledger = ledger.After(Order(ledger, new(EntryKind.Deposit, AccountId.Cash, i % 2 == 0 ? HomeFund : Elder, Unit.Cny, Limits.MostAmount), i));
        }

        Assert.Equal("AccountOverLimit", Told(ledger, new(EntryKind.Deposit, AccountId.Cash, OtherFund, Unit.Cny, 1)));
    }

    [Fact]
    public void A_quarter_allows_so_many_gifts_and_the_next_one_as_many_again()
    {
        var ledger = Rich.After(LedgerRules.SetPolicy(Rich, Rich.Policy with { MostGifts = new(100) }, null, Here));
        ledger = ledger.After(Order(ledger, new(EntryKind.GiftInNeed, Partner, Elder, Unit.TimeCredit, 60)));
        var more = new TransferOrder(EntryKind.GiftToRelative, Partner, Elder, Unit.TimeCredit, 41);

        Assert.Equal("GiftLimitReached", Told(ledger, more));
        Assert.Equal("PeriodOpened EntryPosted", Told(ledger, more, Some.Now.AddDays(92)));
        // A donation is no gift.
        Assert.Equal("EntryPosted", Told(ledger, new(EntryKind.Donation, Partner, HomeFund, Unit.TimeCredit, 41)));
    }

    [Fact]
    public void Some_kinds_say_themselves_who_gives_or_gets()
    {
        var request = new TransferRequest(new(Guid.Empty, 1, "somebody"), EntryKind.Deposit, null, new(Some.Home), Unit.Cny, 7);
        Assert.Equal(new(EntryKind.Deposit, AccountId.Cash, HomeFund, Unit.Cny, 7), TransferRules.Order(request, _ => HomeFund).Order);
        Assert.Equal(AccountId.Street, TransferRules.Order(request with { Kind = EntryKind.Allocation }, _ => HomeFund).Order!.From);
        Assert.Equal(AccountId.Cash, TransferRules.Order(request with { Kind = EntryKind.Withdrawal, From = request.To, To = null }, _ => HomeFund).Order!.To);

        Assert.Equal((RefusalReason.FieldInvalid, "transfer.from"), Fault(request with { From = new(Some.Home) }));
        Assert.Equal((RefusalReason.FieldRequired, "transfer.to"), Fault(request with { To = null }));
        Assert.Equal((RefusalReason.FieldRequired, "transfer.from"), Fault(request with { Kind = EntryKind.Donation }));

        static (RefusalReason, string) Fault(TransferRequest spoilt) => TransferRules.Order(spoilt, _ => HomeFund).Refusal is { } refusal ? (refusal.Reason, refusal.Fields[0]) : default;
    }

    [Fact]
    public void Whatever_is_ordered_everything_together_stays_nothing() => Gen.Select(
        Gen.Enum<EntryKind>(), Gen.Int[0, 5], Gen.Int[0, 5], Gen.Enum<Unit>(), Gen.Long[-2, 700], Gen.Int[0, 40], (kind, from, to, unit, amount, id) => (new TransferOrder(kind, Any(from), Any(to), unit, amount), id)).Array[1, 60].Sample(orders =>
    {
        var ledger = Rich;
        foreach (var (order, id) in orders)
        {
            var decision = Order(ledger, order, id);
            ledger = decision.Refusal is null ? ledger.After(decision) : ledger;
            Assert.Equal((0, 0), (ledger.Sum(Unit.TimeCredit), ledger.Sum(Unit.Cny)));
            Assert.True(ledger.Economy.Of(AccountId.Cash, Unit.Cny).Posted <= 0);
            Assert.All(ledger.Economy.Balances.Where(balance => balance.Key.Account.Kind is AccountKind.Partner or AccountKind.Resident), balance => Assert.True(balance.Value.Posted >= 0));
        }
    }, iter: 1_000);

    private static AccountId Any(int account) => Accounts.Values.SelectMany(accounts => accounts).ElementAt(account);

    private static Ledger Rest(AccountId credits, AccountId money) => new[]
    {
        new TransferOrder(EntryKind.Allocation, credits, HomeFund, Unit.TimeCredit, 2_000), new(EntryKind.Grant, HomeFund, Partner, Unit.TimeCredit, 1_000),
        new(EntryKind.Deposit, money, HomeFund, Unit.Cny, 1_000), new(EntryKind.Deposit, money, Partner, Unit.Cny, 1_000),
    }.Select((order, i) => (order, i)).Aggregate(Ledger.Empty, (ledger, next) => ledger.After(Order(ledger, next.order, 1_000 + next.i)));

    private static Decision<LedgerEvent> Order(Ledger ledger, TransferOrder order, int id = 1, DateTimeOffset? now = null) =>
        TransferRules.Transfer(ledger, TransferId.OfOrder(new(1 + id, 0, 0, new byte[8])), order, Keeper(Some.Street, now));

    private static string Told(Ledger ledger, TransferOrder order, DateTimeOffset? now = null) => Order(ledger, order, now: now).Told().TrimStart('+').Replace('+', ' ');

    private static void AssertRefused(RefusalReason expected, TransferOrder order, Ledger? ledger = null) => Assert.Equal($"{expected}", Told(ledger ?? Rich, order));
}
