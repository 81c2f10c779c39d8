using CsCheck;
using Pool.Actors;
using Pool.JointTransfers;
using Pool.Ledgers;
using Pool.Values;
using Xunit;
using static Pool.Rules.Tests.SomeLedger;

namespace Pool.Rules.Tests;

/// <summary>Transfers in which several streets have a part: all of them, or none.</summary>
public sealed class JointTransferRulesTests
{
    // A street that has agreed may still be against it, as long as another has not.
    private const string Statuses = """
        status    | AgreeByTheOther | AgreeByTheProposer | RejectByTheOther  | RejectByTheProposer | AgreeByAStranger | NextStep
        None      | ClearingNotFound | ClearingNotFound  | ClearingNotFound  | ClearingNotFound    | ClearingNotFound | -
        Proposed  | +TransferAgreed  | ClearingAgreed    | +TransferRejected | +TransferRejected   | ClearingNotFound | -
        Agreed    | ClearingAgreed   | ClearingAgreed    | ClearingAgreed    | ClearingAgreed      | ClearingNotFound | HoldLegs
        Held      | ClearingAgreed   | ClearingAgreed    | ClearingAgreed    | ClearingAgreed      | ClearingNotFound | PostLegs
        Settled   | ClearingSettled  | ClearingSettled   | ClearingSettled   | ClearingSettled     | ClearingNotFound | -
        Rejected  | ClearingRejected | ClearingRejected  | ClearingRejected  | ClearingRejected    | ClearingNotFound | -
        Failed    | ClearingFailed   | ClearingFailed    | ClearingFailed    | ClearingFailed      | ClearingNotFound | ReleaseLegs
        Released  | ClearingFailed   | ClearingFailed    | ClearingFailed    | ClearingFailed      | ClearingNotFound | -
        """;

    private static readonly StreetId Third = StreetId.Parse("330109004");

    private static readonly TransferId Id = TransferId.OfOrder(Some.Demand.Value);

    private static readonly Clearing Remittance = new(EntryKind.Remittance, Unit.Cny, 500, [Some.Street, Some.OtherStreet], "银行转账 7731");

    public static TheoryData<string, string, string> Cells() => Tables.Cells(Statuses);

    [Theory, MemberData(nameof(Cells))]
    public void A_transfer_answers_each_verb_by_its_status(string status, string verb, string expected)
    {
        var transfer = Transfer(status);
        Assert.Equal(expected, verb switch
        {
            "AgreeByTheOther" => JointTransferRules.Agree(transfer, Id, Some.OtherStreet, Some.Now).Told(),
            "AgreeByTheProposer" => JointTransferRules.Agree(transfer, Id, Some.Street, Some.Now).Told(),
            "RejectByTheOther" => JointTransferRules.Reject(transfer, Id, Some.OtherStreet, "no", Some.Now).Told(),
            "RejectByTheProposer" => JointTransferRules.Reject(transfer, Id, Some.Street, "", Some.Now).Told(),
            "AgreeByAStranger" => JointTransferRules.Agree(transfer, Id, Third, Some.Now).Told(),
            "NextStep" => $"{(object?)JointTransferRules.NextStep(transfer) ?? "-"}",
            _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, null),
        });
    }

    [Fact]
    public void A_gift_is_nobodys_business_but_the_givers_and_no_clearing()
    {
        var gift = JointTransferRules.Gift(Some.Street, new(EntryKind.GiftToRelative, Partner, AccountId.OfMirror(Some.OtherStreet), Unit.TimeCredit, 60), AccountId.OfFund(Some.Abroad));
        var transfer = After(JointTransfer.Empty, JointTransferRules.Order(JointTransfer.Empty, Id, gift, null, Some.Now));

        Assert.Equal((JointTransferStatus.Agreed, false), (transfer.Status, transfer.IsClearing));
        Assert.Equal(new(Some.OtherStreet, new(EntryKind.GiftToRelative, AccountId.OfMirror(Some.Street), AccountId.OfFund(Some.Abroad), Unit.TimeCredit, 60)), transfer.Legs[1]);
        Assert.Equal("ClearingNotFound", JointTransferRules.Reject(transfer, Id, Some.Street, "", Some.Now).Told());
        Assert.Equal("AlreadyExists", JointTransferRules.Order(transfer, Id, gift, null, Some.Now).Told());
    }

    [Fact]
    public void Each_street_does_the_opposite_of_its_neighbour_in_the_circle()
    {
        Assert.Equal(["mirror-330109003>cash", "cash>mirror-330109002"], Legs(Remittance));
        Assert.Equal(["mirror-330109003>street", "street>mirror-330109002"], Legs(Remittance with { Kind = EntryKind.Waiver }));
        Assert.Equal(
            ["mirror-330109003>mirror-330109004", "mirror-330109004>mirror-330109002", "mirror-330109002>mirror-330109003"],
            Legs(Remittance with { Kind = EntryKind.Offset, Streets = [Some.Street, Some.OtherStreet, Third] }));

        static IEnumerable<string> Legs(Clearing clearing) => clearing.Legs().Select(leg => $"{leg.Order.From}>{leg.Order.To}");
    }

    [Fact]
    public void A_clearing_that_makes_no_sense_is_refused_at_its_field()
    {
        Assert.Null(Remittance.Fault());
        Assert.Equal("FieldInvalid clearing.kind", Fault(Remittance with { Kind = EntryKind.Donation }));
        Assert.Equal("ValueOutOfRange clearing.streets", Fault(Remittance with { Streets = [Some.Street] }));
        Assert.Equal("ValueOutOfRange clearing.streets", Fault(Remittance with { Streets = [Some.Street, Some.OtherStreet, Third] }));
        Assert.Equal("ValueOutOfRange clearing.streets", Fault(Remittance with { Kind = EntryKind.Offset }));
        Assert.Equal("FieldInvalid clearing.streets", Fault(Remittance with { Streets = [Some.Street, Some.Street] }));
        Assert.Equal("FieldRequired clearing.note", Fault(Remittance with { Note = " " }));
        Assert.Equal("AmountZero clearing.amount", Fault(Remittance with { Amount = 0 }));
        Assert.Equal("AmountNegative clearing.amount", Fault(Remittance with { Amount = long.MinValue }));
        Assert.Equal("AmountTooLarge clearing.amount", Fault(Remittance with { Amount = long.MaxValue }));
        Assert.Equal("UnitNotAllowed clearing.unit", Fault(Remittance with { Unit = Unit.TimeCredit }));
        Assert.Equal("FieldInvalid", JointTransferRules.Propose(JointTransfer.Empty, Id, Remittance, Third, null, Some.Now).Told());

        static string Fault(Clearing clearing) => clearing.Fault() is { } refusal ? $"{refusal.Reason} {refusal.Fields[0]}" : "";
    }

    [Fact]
    public void What_is_not_owed_is_not_cleared_and_no_more_is_paid_than_there_is()
    {
        var (here, there) = Owing();
        var (paying, paid) = (Remittance.Legs()[0].Order, Remittance.Legs()[1].Order);

        Assert.Equal(RefusalReason.CashShort, TransferRules.Refusing(here, paying, Some.Now)?.Reason);
        here = here.After(TransferRules.Transfer(here, TransferId.OfOrder(new(1, 0, 0, new byte[8])), new(EntryKind.Deposit, AccountId.Cash, HomeFund, Unit.Cny, 3_100), Here));
        Assert.Null(TransferRules.Refusing(here, paying, Some.Now));
        Assert.Null(TransferRules.Refusing(there, paid, Some.Now));
        Assert.Equal(RefusalReason.NotOwed, TransferRules.Refusing(here, paying with { Amount = 3_001 }, Some.Now)?.Reason);
        Assert.Equal(RefusalReason.NotOwed, TransferRules.Refusing(there, paid with { Amount = 3_001 }, Some.Now)?.Reason);
        // What is held is not cleared twice.
        var held = here.After(TransferRules.Hold(here, Id, paying with { Amount = 500 }, isUsed: false, Here).Decision);
        Assert.Equal("2500", TransferRules.Refusing(held, paying with { Amount = 2_501 }, Some.Now)!.Detail);
        Assert.Equal(RefusalReason.CashShort, TransferRules.Refusing(held, paying with { Amount = 2_601 }, Some.Now)?.Reason);
        // The creditor bears what it waives, within its guarantee.
        var waiver = (Remittance with { Kind = EntryKind.Waiver }).Legs()[1].Order;
        Assert.Null(TransferRules.Refusing(there, waiver, Some.Now));
        var poor = there.After(LedgerRules.SetPolicy(there, there.Policy with { StreetMoney = new(499) }, null, There));
        Assert.Equal(RefusalReason.GuaranteeExceeded, TransferRules.Refusing(poor, waiver, Some.Now)?.Reason);
    }

    [Fact]
    public void A_gift_from_abroad_comes_in_as_far_as_its_street_is_trusted()
    {
        var gift = new TransferOrder(EntryKind.GiftInNeed, AccountId.OfMirror(Some.OtherStreet), Partner, Unit.TimeCredit, 100);
        var trusting = Trusting(fundCredits: 0, peerCredits: 150);

        var held = trusting.After(TransferRules.Hold(trusting, Id, gift, isUsed: false, Here).Decision);

        Assert.Equal((100, 100), (held.Economy.Of(gift.From, Unit.TimeCredit).Outgoing, held.Economy.Of(Partner, Unit.TimeCredit).Incoming));
        Assert.Equal("50", TransferRules.Hold(held, TransferId.OfOrder(new(2, 0, 0, new byte[8])), gift, isUsed: false, Here).Refusal is { Reason: RefusalReason.PeerLimitReached } refusal ? refusal.Detail : null);
        Assert.Empty(held.Gifts);
    }

    [Fact]
    public void Gifts_that_are_held_count_against_the_limit_of_the_quarter()
    {
        var earned = Ledger.Empty.Posted(Payment(Pool.Offers.FeeMode.TimeCredit), Here);
        earned = earned.After(LedgerRules.SetPolicy(earned, earned.Policy with { MostGifts = new(100) }, null, Here));
        var gift = new TransferOrder(EntryKind.GiftInNeed, Partner, AccountId.OfMirror(Some.OtherStreet), Unit.TimeCredit, 60);

        var held = earned.After(TransferRules.Hold(earned, Id, gift, isUsed: false, Here).Decision);

        Assert.Equal("40", TransferRules.Refusing(held, gift, Some.Now) is { Reason: RefusalReason.GiftLimitReached } refusal ? refusal.Detail : null);
        Assert.Null(TransferRules.Refusing(held.After(LedgerRules.Release(held, Id, Here)), gift, Some.Now));
    }

    [Fact]
    public void Whatever_is_asked_of_a_ledger_twice_is_done_once()
    {
        var (here, _) = Owing();
        var waiver = (Remittance with { Kind = EntryKind.Waiver }).Legs()[0].Order;

        var held = here.After(TransferRules.Hold(here, Id, waiver, isUsed: false, Here).Decision);
        Assert.Equal(("-", null), TransferRules.Hold(held, Id, waiver, isUsed: false, Here) is var again ? (again.Decision.Told(), again.Refusal) : default);
        var posted = held.After(TransferRules.Post(held, Id, Here).Decision);
        Assert.Equal(("-", 2L), TransferRules.Post(posted, Id, Here) is var once ? (once.Decision.Told(), once.Entry.Number) : default);
        Assert.Equal("-", LedgerRules.Release(posted, Id, Here).Told());
        // A message that was overtaken holds nothing any more, and what was let go of is never posted.
        Assert.Equal(RefusalReason.ClearingFailed, TransferRules.Hold(posted, Id, waiver, isUsed: false, Here).Refusal?.Reason);
        var released = here.After(LedgerRules.Release(here, Id, Here));
        Assert.Equal(RefusalReason.ClearingFailed, TransferRules.Hold(released, Id, waiver, isUsed: false, Here).Refusal?.Reason);
        Assert.Throws<InvalidOperationException>(() => TransferRules.Post(released, Id, Here));
        // Nor does the same request order something else here.
        Assert.Equal("RequestIdReused", TransferRules.Transfer(posted, Id, new(EntryKind.Deposit, AccountId.Cash, HomeFund, Unit.Cny, 1), Here).Told());
    }

    [Fact]
    public void A_days_net_statement_says_what_went_and_the_next_day_begins_with_none()
    {
        var (here, _) = Owing();
        here = here.Posted(Payment(Pool.Offers.FeeMode.LowFee, Some.Abroad, number: 2, minutes: 20), Here);

        var midnight = new DateTimeOffset(2026, 11, 23, 16, 0, 0, TimeSpan.Zero);
        Assert.Equal(midnight, here.Netting.EndsAt);
        Assert.Equal("-", LedgerRules.Net(here, midnight.AddTicks(-1)).Told());
        var net = Assert.IsType<DayNetted>(Assert.Single(LedgerRules.Net(here, midnight).Events));
        Assert.Equal(new(2026, 11, 23), net.Day);
        Assert.Equal(new NetPosition(Some.OtherStreet, Unit.Cny, 0, 4_000, 0, 2), Assert.Single(net.Positions));

        // Whatever comes first on a later day has it before itself.
        var (late, _) = LedgerRules.Post(here, Payment(Pool.Offers.FeeMode.LowFee, Some.Abroad, number: 3), Earner, Weight, Keeper(Some.Street, midnight));
        Assert.Equal("+DayNetted+EntryPosted", late.Told());
        Assert.Equal(new NetPosition(Some.OtherStreet, Unit.Cny, 4_000, 3_000, 0, 1), Assert.Single(here.After(late).Netting.Positions));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_day_whose_statement_is_made_stays_closed_should_the_clock_go_back(bool newQuarter)
    {
        var midnight = newQuarter ? new DateTimeOffset(2026, 12, 31, 16, 0, 0, TimeSpan.Zero) : new DateTimeOffset(2026, 11, 23, 16, 0, 0, TimeSpan.Zero);
        var (here, _) = Owing(midnight.AddHours(-3));
        var day = here.Netting.Day;
        here = here.After(LedgerRules.Net(here, midnight));
        here = newQuarter ? here.After(here.Carry(20271, midnight.AddHours(8))) : here;

        here = here.Posted(Payment(Pool.Offers.FeeMode.LowFee, Some.Abroad, number: 2, minutes: 20), Keeper(Some.Street, midnight.AddMinutes(-1)));

        Assert.Equal(day.AddDays(1), here.Netting.Day);
    }

    [Fact]
    public void What_is_held_and_what_went_in_the_day_are_carried_into_the_quarter()
    {
        // A quarter begins by the time of the world, in the middle of a day in Shanghai.
        var (here, _) = Owing(new DateTimeOffset(2026, 12, 31, 20, 0, 0, TimeSpan.Zero));
        here = here.After(TransferRules.Hold(here, Id, (Remittance with { Kind = EntryKind.Waiver }).Legs()[0].Order, isUsed: false, Keeper(Some.Street, new DateTimeOffset(2026, 12, 31, 21, 0, 0, TimeSpan.Zero))).Decision);

        var (decision, _) = TransferRules.Post(here, Id, Keeper(Some.Street, new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero)));

        Assert.Equal("+PeriodOpened+EntryPosted", decision.Told());
        var late = decision.Events.Aggregate(Ledger.Empty, (state, next) => state.Evolve(next));
        Assert.Equal(here.After(decision).Posted(), late.Posted());
        Assert.Equal((0L, new NetPosition(Some.OtherStreet, Unit.Cny, 0, 3_000, 500, 2)), (late.Held(), Assert.Single(late.Netting.Positions)));
    }

    [Fact]
    public void Whatever_comes_how_often_both_ledgers_do_their_part_or_neither() => Gen.Select(Gen.Int[0, 2], Gen.Bool).Array[0, 40].Sample(messages =>
    {
        var (here, there) = Owing();
        var (before, legs) = (here.Sum(Unit.Cny), (Remittance with { Kind = EntryKind.Waiver }).Legs());
        var transfer = Transfer("Agreed") with { Legs = legs };
        foreach (var (verb, home) in messages)
        {
            // Late and repeated messages of any step so far; what the transfer decides rests on both answers.
            ref var ledger = ref home ? ref here : ref there;
            var (leg, keeper) = (legs[home ? 0 : 1].Order, home ? Here : There);
            ledger = verb switch
            {
                0 => ledger.After(TransferRules.Hold(ledger, Id, leg, isUsed: false, keeper).Decision),
                1 when transfer.Held => ledger.After(TransferRules.Post(ledger, Id, keeper).Decision),
                2 when transfer.Status == JointTransferStatus.Failed => ledger.After(LedgerRules.Release(ledger, Id, keeper)),
                _ => ledger,
            };
            if (transfer is { Status: JointTransferStatus.Agreed, Held: false } && here.Economy.Orders.ContainsKey(Id) && there.Economy.Orders.ContainsKey(Id))
            {
                transfer = After(transfer, messages.Length % 2 == 0 ? JointTransferRules.Held(transfer, null, Some.Now) : JointTransferRules.Held(transfer, (Some.Street, Refusal.Of(RefusalReason.NotOwed)), Some.Now));
            }
        }

        foreach (var (i, _) in legs.Index())
        {
            ref var ledger = ref i == 0 ? ref here : ref there;
            var keeper = i == 0 ? Here : There;
            ledger = transfer.Held ? ledger.After(TransferRules.Post(ledger, Id, keeper).Decision) : ledger.After(LedgerRules.Release(ledger, Id, keeper));
        }

        Assert.Equal((before, 0L, 0L), (here.Sum(Unit.Cny), here.Held(), there.Held()));
        Assert.Equal(-here.Economy.Of(AccountId.OfMirror(Some.OtherStreet), Unit.Cny).Posted, there.Economy.Of(AccountId.OfMirror(Some.Street), Unit.Cny).Posted);
        Assert.Equal(transfer.Held ? 2_500 : 3_000, here.Economy.Of(AccountId.OfMirror(Some.OtherStreet), Unit.Cny).Posted);
    });

    /// <summary>Two ledgers of which the first owes the second 30 yuan.</summary>
    private static (Ledger Here, Ledger There) Owing(DateTimeOffset? at = null)
    {
        var service = Payment(Pool.Offers.FeeMode.LowFee, Some.Abroad);
        var here = Ledger.Empty.Posted(service, Keeper(Some.Street, at));
        return (here, Ledger.Empty.Posted(service with { Price = here.EndOf(service.Transfer)!.Value.Price }, Keeper(Some.OtherStreet, at)));
    }

    private static JointTransfer Transfer(string status) => status switch
    {
        "None" => JointTransfer.Empty,
        "Proposed" => After(JointTransfer.Empty, JointTransferRules.Propose(JointTransfer.Empty, Id, Remittance, Some.Street, null, Some.Now)),
        "Agreed" => After(Transfer("Proposed"), JointTransferRules.Agree(Transfer("Proposed"), Id, Some.OtherStreet, Some.Now)),
        "Held" => After(Transfer("Agreed"), JointTransferRules.Held(Transfer("Agreed"), null, Some.Now)),
        "Settled" => After(Transfer("Held"), JointTransferRules.Posted(Transfer("Held"), [new(Some.Street, 4), new(Some.OtherStreet, 7)], Some.Now)),
        "Rejected" => After(Transfer("Proposed"), JointTransferRules.Reject(Transfer("Proposed"), Id, Some.OtherStreet, "no", Some.Now)),
        "Failed" => After(Transfer("Agreed"), JointTransferRules.Held(Transfer("Agreed"), (Some.Street, Refusal.Of(RefusalReason.NotOwed)), Some.Now)),
        "Released" => After(Transfer("Failed"), JointTransferRules.Released(Transfer("Failed"), Some.Now)),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    private static JointTransfer After(JointTransfer transfer, Decision<JointTransferEvent> decision)
    {
        Assert.Null(decision.Refusal);
        return decision.Events.Aggregate(transfer, (state, next) => state.Evolve(next));
    }
}
