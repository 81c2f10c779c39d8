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
    private const int Assignments = 6;

    /// <summary>What is said, to which street, of which assignment, in which quarter.</summary>
    private static readonly Gen<(int Verb, bool Home, int Number, int Hours)[]> Messages =
        Gen.Select(Gen.Int[0, 5], Gen.Bool, Gen.Int[1, Assignments], Gen.Int[0, 400]).Array[1, 60];

    /// <summary>Small fees and no share are where a broken fen matters.</summary>
    private static readonly Gen<Price> Prices = Gen.Select(
        Gen.Int[10, 1_000], Gen.OneOf(Gen.Long[0, 120], Gen.Long[0, 100_000]), Gen.OneOf(Gen.Const(0), Gen.Int[0, 100]), Gen.Bool,
        (percent, fee, share, credits) => credits ? new Price(Unit.TimeCredit, Some.Street, 1, percent, Fen.Zero, 0) : new Price(Unit.Cny, Some.Street, 1, 0, new(fee), share));

    [Fact]
    public void No_conversion_there_and_back_makes_anything() => Gen.Select(Prices, Gen.Long[0, 1_440_000]).Sample((price, minutes) =>
    {
        var (paid, earned) = price.Of(new(minutes));
        Assert.InRange(earned, 0, paid);
        // Who spends what was earned is served no longer than it has served; who paid was served no longer than it paid for.
        Assert.True(Buys(price, earned) is not { } bought || bought <= minutes, $"{minutes} minutes earn {earned}, which buy {Buys(price, earned)}.");
        Assert.True(Buys(price, paid) is not { } worth || worth >= minutes, $"{minutes} minutes cost {paid}, which buy {Buys(price, paid)}.");
    });

    [Fact]
    public void Two_halves_cost_no_less_than_the_whole_and_earn_no_more() => Gen.Select(Prices, Gen.Long[0, 100_000], Gen.Long[0, 100_000]).Sample((price, one, other) =>
    {
        var (first, second, whole) = (price.Of(new(one)), price.Of(new(other)), price.Of(new(one + other)));
        Assert.True(first.Paid + second.Paid >= whole.Paid);
        Assert.True(price.FundSharePercent > 0 || first.Earned + second.Earned <= whole.Earned);
    });

    [Fact]
    public void Two_ledgers_say_the_same_of_their_debt_whatever_comes_how_often() => Messages.Sample(messages =>
    {
        var (here, there, now) = (Ledger.Empty, Ledger.Empty, Some.Now);
        foreach (var (verb, home, number, hours) in messages)
        {
            now = now.AddMinutes(hours);
            ref var ledger = ref home ? ref here : ref there;
            ledger = Tell(ledger, verb, number, Priced(here, number), Settled(here, Payment(Mode(number), Some.Abroad, number)), Keeper(home ? Some.Street : Some.OtherStreet, now));
        }

        // In the end each is released by both, or the paying street settles, and at its price the earner's, whatever either has seen before.
        for (var number = 1; number <= Assignments; number++)
        {
            var payment = Payment(Mode(number), Some.Abroad, number);
            if (IsReleased(number))
            {
                (here, there) = (here.Released(payment, Here), there.Released(payment, There));
                continue;
            }

            var (posted, settlement) = LedgerRules.Post(here, payment, Earner, Weight, Keeper(Some.Street, now));
            here = here.After(posted);
            there = there.Posted(payment with { Price = settlement.Price }, Keeper(Some.OtherStreet, now));
        }

        Assert.Equal((0, 0), (here.Held(), there.Held()));
        foreach (var unit in Enum.GetValues<Unit>())
        {
            var (owed, owing) = (here.Economy.Of(AccountId.OfMirror(Some.OtherStreet), unit).Posted, there.Economy.Of(AccountId.OfMirror(Some.Street), unit).Posted);
            Assert.Equal(owed, -owing);
        }
    }, iter: 2_000);

    private static FeeMode Mode(int number) => number % 2 == 0 ? FeeMode.TimeCredit : FeeMode.LowFee;

    private static bool Settled(Ledger ledger, Payment payment) => ledger.EndOf(payment.Transfer)?.Entry > 0;

    /// <summary>Whether an assignment comes to nothing; the others are served.</summary>
    private static bool IsReleased(int number) => number % 3 == 0;

    /// <summary>The payment as the earner's street sees it: at the price that the paying one holds, if it does.</summary>
    private static Payment Priced(Ledger paying, int number)
    {
        var payment = Payment(Mode(number), Some.Abroad, number);
        return payment with { Price = paying.Economy.Holds.GetValueOrDefault(payment.Transfer)?.Service.Price ?? paying.EndOf(payment.Transfer)?.Price };
    }

    /// <summary>Does as a message says, and checks that the same message again does nothing.</summary>
    /// <param name="isPaid">Whether the paying street has settled.</param>
    private static Ledger Tell(Ledger ledger, int verb, int number, Payment payment, bool isPaid, Bookkeeper keeper)
    {
        var paying = payment.PayingStreet == keeper.Street;
        Func<Ledger, Pool.Actors.Decision<LedgerEvent>>? told = verb switch
        {
            // The earner's street is asked only when the paying one has held, and pays only when that one has paid.
            0 or 1 when paying || payment.Price is not null => state => LedgerRules.Hold(state, payment, Earner, Weight, keeper).Decision,
            2 when IsReleased(number) => state => LedgerRules.Release(state, payment.Transfer, keeper),
            4 or 5 when !IsReleased(number) && (paying || isPaid) => state => LedgerRules.Post(state, payment, Earner, Weight, keeper).Decision,
            _ => null,
        };
        if (verb == 3)
        {
            return ledger.After(RateRules.SetRates(ledger, new(null, "again", [new(Some.Skill, 1, 50 + (37 * (payment.Transfer.Text[^1] - '0')))], new(1_001), 7), null, keeper));
        }

        if (told is null)
        {
            return ledger;
        }

        var once = ledger.After(told(ledger));
        Assert.Equal("-", told(once).Told());
        return once;
    }

    /// <summary>The whole minutes of service that an amount buys; null where they cost nothing.</summary>
    private static long? Buys(Price price, long amount)
    {
        var (worth, each) = price.Unit == Unit.TimeCredit ? (amount * 100, price.Percent) : (amount * 60, price.FeePerHour.Value);
        return each == 0 ? null : worth / each;
    }
}
