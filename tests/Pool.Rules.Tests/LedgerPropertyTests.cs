using CsCheck;
using Pool.Ledgers;
using Pool.Offers;
using Pool.Values;
using Xunit;
using static Pool.Rules.Tests.SomeLedger;

namespace Pool.Rules.Tests;

/// <summary>Conservation, whatever comes in which order, how often, and at which rates.</summary>
public sealed class LedgerPropertyTests
{
    private const int Assignments = 5;

    /// <summary>What is said, to which street, of which assignment, in which quarter.</summary>
    private static readonly Gen<(int Verb, bool Home, int Number, int Hours)[]> Messages =
        Gen.Select(Gen.Int[0, 5], Gen.Bool, Gen.Int[1, Assignments], Gen.Int[0, 400]).Array[1, 60];

    private static readonly Gen<Price> Prices = Gen.Select(
        Gen.Int[10, 1_000], Gen.Long[0, 100_000], Gen.Int[0, 100], Gen.Bool,
        (percent, fee, share, credits) => credits ? new Price(Unit.TimeCredit, Some.Street, 1, percent, Fen.Zero, 0) : new Price(Unit.Cny, Some.Street, 1, 0, new(fee), share));

    [Fact]
    public void No_conversion_there_and_back_makes_anything() => Gen.Select(Prices, Gen.Long[0, 1_440_000]).Sample((price, minutes) =>
    {
        var (paid, earned) = price.Of(new(minutes));
        Assert.InRange(earned, 0, paid);
        // Who spends what was earned is served no longer than it has served; who paid was served no longer than it paid for.
        Assert.True(price.Buys(earned) is not { } bought || bought.Value <= minutes, $"{minutes} minutes earn {earned}, which buy {price.Buys(earned)}.");
        Assert.True(price.Buys(paid) is not { } worth || worth.Value >= minutes, $"{minutes} minutes cost {paid}, which buy {price.Buys(paid)}.");
    });

    [Fact]
    public void Two_halves_cost_no_less_than_the_whole_and_earn_no_more() => Gen.Select(Prices, Gen.Long[0, 100_000], Gen.Long[0, 100_000]).Sample((price, one, other) =>
    {
        var (first, second, whole) = (price.Of(new(one)), price.Of(new(other)), price.Of(new(one + other)));
        Assert.True(first.Paid + second.Paid >= whole.Paid);
        Assert.True(price.Unit == Unit.Cny || first.Earned + second.Earned <= whole.Earned);
    });

    [Fact]
    public void A_ledger_sums_to_nothing_after_every_event_and_repeated_messages_change_nothing() => Messages.Sample(messages =>
    {
        var (here, there, now) = (Ledger.Empty, Ledger.Empty, Some.Now);
        foreach (var (verb, home, number, hours) in messages)
        {
            now = now.AddHours(hours);
            ref var ledger = ref home ? ref here : ref there;
            ledger = Tell(ledger, verb, number, Keeper(home ? Some.Street : Some.OtherStreet, now));
            Assert.Equal((0, 0), (ledger.Sum(Unit.TimeCredit), ledger.Sum(Unit.Cny)));
        }

        // In the end every assignment is settled at the payer's, then at the earner's, unless it was released there before.
        for (var number = 1; number <= Assignments; number++)
        {
            var payment = Payment(Mode(number), Some.Abroad, number);
            (here, there) = (Finish(here, Keeper(Some.Street, now), number), Finish(there, Keeper(Some.OtherStreet, now), number));
            Assert.Equal("-", LedgerRules.Post(here, payment, Earner, Weight, Keeper(Some.Street, now)).Decision.Told());
            Assert.Equal("-", LedgerRules.Post(there, payment, Earner, Weight, Keeper(Some.OtherStreet, now)).Decision.Told());
        }

        Assert.Equal((0, 0), (here.Held(), there.Held()));
        Assert.Equal((0, 0), (here.Sum(Unit.TimeCredit), there.Sum(Unit.TimeCredit)));
    }, iter: 1_000);

    private static FeeMode Mode(int number) => number % 2 == 0 ? FeeMode.TimeCredit : FeeMode.LowFee;

    private static Ledger Finish(Ledger ledger, Bookkeeper keeper, int number) => ledger.Posted(Payment(Mode(number), Some.Abroad, number), keeper);

    private static Ledger Tell(Ledger ledger, int verb, int number, Bookkeeper keeper)
    {
        var payment = Payment(Mode(number), Some.Abroad, number, minutes: 30 + (verb * 7));
        var decision = verb switch
        {
            0 or 1 => LedgerRules.Hold(ledger, payment, Earner, Weight, keeper).Decision,
            2 => LedgerRules.Release(ledger, payment.Transfer, keeper),
            3 => LedgerRules.SetRates(ledger, new(null, "again", [new(Some.Skill, 1, 50 + (37 * number))], new(1_000 * number), 10 * number), null, keeper),
            _ => LedgerRules.Post(ledger, payment, Earner, Weight, keeper).Decision,
        };
        var once = ledger.After(decision);
        if (verb is not 3)
        {
            Assert.Equal("-", (verb switch
            {
                0 or 1 => LedgerRules.Hold(once, payment, Earner, Weight, keeper).Decision,
                2 => LedgerRules.Release(once, payment.Transfer, keeper),
                _ => LedgerRules.Post(once, payment, Earner, Weight, keeper).Decision,
            }).Told());
        }

        return once;
    }
}
