using Pool.Ledgers;
using Pool.Matching;
using Pool.Offers;
using Xunit;
using static Pool.Rules.Tests.SomeLedger;

namespace Pool.Rules.Tests;

/// <summary>Who pays with an account of its own, and which limits are warned of before they are met.</summary>
public sealed class PayerRulesTests
{
    private static readonly Payment Credits = Payment(FeeMode.TimeCredit);

    [Theory]
    [InlineData(240, 60, null)]
    [InlineData(239, 60, CandidateReason.NoCover)]
    [InlineData(0, 60, CandidateReason.NoCover)]
    public void Somebodys_own_account_pays_what_it_has_and_nothing_on_credit(long has, int minutes, CandidateReason? refused)
    {
        var (ledger, elder) = (Ledger.Empty, AccountId.OfResident(Pseudonym.Parse("bbbbbbbbbbbbbbbb")));
        ledger = has == 0 ? ledger : ledger.After(TransferRules.Transfer(ledger, TransferId.OfOrder(Guid.NewGuid()), new(EntryKind.Grant, HomeFund, elder, Unit.TimeCredit, has), Here));
        var payment = Payment(FeeMode.TimeCredit, minutes: minutes) with { Payer = elder };

        Assert.Equal(refused, ledger.Refusal(payment, Here));
        if (refused is null)
        {
            var posted = ledger.Held(payment, Here).Posted(payment, Here);
            Assert.Equal((0L, 240L, -has), (posted.Economy.Of(elder, Unit.TimeCredit).Posted, posted.Economy.Of(Partner, Unit.TimeCredit).Posted, posted.Economy.Of(HomeFund, Unit.TimeCredit).Posted));
            // More than was held, and nothing left: the street answers for it.
            var longer = ledger.Held(payment, Here).Posted(payment with { Each = new(90) }, Here);
            Assert.Equal((0L, 360L, -120L), (longer.Economy.Of(elder, Unit.TimeCredit).Posted, longer.Economy.Of(Partner, Unit.TimeCredit).Posted, longer.Economy.Of(AccountId.Street, Unit.TimeCredit).Posted));
        }
    }

    [Theory]
    [InlineData(0, 80, "")]
    [InlineData(1_919, 80, "")]
    [InlineData(1_920, 80, "NearlyFull")]
    [InlineData(2_400, 80, "NearlyFull")]
    [InlineData(2_400, 0, "")]
    [InlineData(24, 1, "NearlyFull")]
    public void Who_comes_near_the_limit_is_warned_of_before_anything_is_refused(long has, int percent, string warnings)
    {
        var ledger = Warning(percent);
        ledger = has == 0 ? ledger : ledger.After(TransferRules.Transfer(ledger, TransferId.OfOrder(Guid.NewGuid()), new(EntryKind.Grant, HomeFund, Partner, Unit.TimeCredit, has), Here));

        Assert.Equal(warnings, string.Join(' ', ledger.Standing(Partner, Some.Now).Warnings));
    }

    [Fact]
    public void Debts_and_gifts_near_their_limits_are_warned_of_and_the_ledger_says_which()
    {
        var ledger = Warning(80);
        ledger = ledger.After(TransferRules.Transfer(ledger, TransferId.OfOrder(Guid.NewGuid()), new(EntryKind.Grant, HomeFund, Partner, Unit.TimeCredit, 1_000), Here));
        ledger = ledger.After(TransferRules.Transfer(ledger, TransferId.OfOrder(Guid.NewGuid()), new(EntryKind.GiftInNeed, Partner, AccountId.OfResident(Pseudonym.Parse("bbbbbbbbbbbbbbbb")), Unit.TimeCredit, 800), Here));
        Assert.Empty(ledger.Profile(Some.Street, "", Some.Now).Warned);
        // What services under way will take counts.
        ledger = ledger.Held(Payment(FeeMode.TimeCredit, minutes: 2_200 / 4), Here);

        Assert.Equal([AccountWarning.DeepInDebt], Assert.Single(ledger.Profile(Some.Street, "", Some.Now).Warned).Warnings);
        Assert.Equal([AccountWarning.NearlyFull, AccountWarning.GiftsNearlyUsed], ledger.Standing(Partner, Some.Now).Warnings);
        Assert.Empty(ledger.Standing(AccountId.OfMirror(Some.OtherStreet), Some.Now).Warnings);
    }

    [Fact]
    public void The_account_of_somebody_erased_pays_only_what_was_held_before()
    {
        var elder = AccountId.OfResident(Pseudonym.Parse("bbbbbbbbbbbbbbbb"));
        var bought = Credits with { Payer = elder };
        var ledger = Ledger.Empty.After(TransferRules.Transfer(Ledger.Empty, TransferId.OfOrder(Guid.NewGuid()), new(EntryKind.Grant, HomeFund, elder, Unit.TimeCredit, 1_000), Here));

        var erased = ledger.Held(bought, Here).After(LedgerRules.Erase(ledger, elder.Holder, "grandma-wang", Here));

        Assert.Equal(CandidateReason.NoCover, erased.Refusal(bought with { Transfer = new(Some.Demand, 2) }, Here));
        Assert.Equal(760, erased.Posted(bought, Here).Economy.Of(elder, Unit.TimeCredit).Posted);
    }

    [Fact]
    public void Nobody_is_paid_by_itself() =>
        Assert.Equal(CandidateReason.PaysItself, Trusting(60_000).Refusal(Credits with { Payer = Partner }, Here));

    private static Ledger Warning(int percent) => Ledger.Empty.After(LedgerRules.SetPolicy(
        Ledger.Empty, new(new(2_400), new(4_000), new(0), new(0), new(0)) { MostGifts = new(1_000), WarnPercent = percent }, null, Here));
}
