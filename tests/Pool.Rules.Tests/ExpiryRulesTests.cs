using CsCheck;
using Pool.Ledgers;
using Pool.Offers;
using Pool.Values;
using Xunit;
using static Pool.Rules.Tests.SomeLedger;

namespace Pool.Rules.Tests;

/// <summary>How old credits are, and which of them expire when.</summary>
public sealed class ExpiryRulesTests
{
    private static readonly AccountId Elder = AccountId.OfResident(Pseudonym.Parse("bbbbbbbbbbbbbbbb"));

    /// <summary>In the fourth quarter of 2026.</summary>
    private static readonly int First = Quarter.Of(Some.Now);

    [Theory]
    [InlineData(20264, 20271)]
    [InlineData(20271, 20272)]
    [InlineData(20273, 20274)]
    public void A_quarter_ends_where_the_next_begins(int quarter, int next)
    {
        Assert.Equal((next, quarter), (Quarter.Of(Quarter.EndOf(quarter)), Quarter.Of(Quarter.EndOf(quarter).AddTicks(-1))));
        Assert.Equal((quarter, 1, -1, 0), (Quarter.Before(next), Quarter.Between(quarter, next), Quarter.Between(next, quarter), Quarter.Between(next, next)));
    }

    [Theory]
    [InlineData(1, "100 30")]
    [InlineData(2, "100 130 30")]
    [InlineData(3, "100 130 60")]
    [InlineData(0, "100 130 60")]
    public void What_was_got_before_so_many_whole_quarters_and_not_spent_expires_as_the_next_one_begins(int after, string left)
    {
        // 100 in the first quarter, 30 in the second; 70 of them are spent in the third, the oldest first.
        var ledger = Lasting(after);
        var has = new List<long>();
        ledger = Expired(Got(ledger, Elder, 100, 0), 1, has);
        ledger = Got(ledger, Elder, 30, 1);
        ledger = after == 1 ? Expired(ledger, 2, has) : Spent(Expired(ledger, 2, has), Elder, 70, 2);
        _ = after == 1 ? ledger : Expired(ledger, 3, has);

        Assert.Equal(left, string.Join(' ', has.Take(left.Split(' ').Length)));
        Assert.Equal(after == 0 ? null : Quarter.EndOf(First), Lasting(after).ExpiresAt);
    }

    [Fact]
    public void An_account_says_how_old_its_credits_are_and_what_expires_next()
    {
        var ledger = Got(Expired(Got(Lasting(1), Elder, 100, 0), 1), Elder, 30, 1);

        var standing = ledger.Standing(Elder, At(1));

        Assert.Equal([new(First + 7, 30), new(First, 100)], standing.Ages);
        Assert.Equal((100L, Quarter.EndOf(First + 7)), (standing.Expiring.Value, standing.ExpiresAt));
        Assert.Equal([AccountWarning.CreditsExpiring], standing.Warnings);
        Assert.Equal([new(First + 7, 30), new(First, 100)], ledger.Profile(Some.Street, "", At(1)).Ages);
        Assert.Equal(100, ledger.Profile(Some.Street, "", At(1)).Expiring.Value);
        Assert.Empty(ledger.Standing(HomeFund, At(1)).Ages);

        var after = Expired(ledger, 2);
        Assert.Equal((30L, 100L), (after.Economy.Of(Elder, Unit.TimeCredit).Posted, after.Economy.Of(AccountId.Street, Unit.TimeCredit).Posted));
        Assert.Equal(0, after.Sum(Unit.TimeCredit));
    }

    [Fact]
    public void What_is_held_for_a_service_under_way_does_not_expire()
    {
        var (ledger, bought) = (Got(Lasting(1), Elder, 500, 0), Payment(FeeMode.TimeCredit, minutes: 100) with { Payer = Elder });
        ledger = Expired(Expired(ledger, 1).Held(bought, Keeper(Some.Street, At(1))), 2);

        Assert.Equal((400L, 400L), (ledger.Economy.Of(Elder, Unit.TimeCredit).Posted, ledger.Economy.Of(Elder, Unit.TimeCredit).Outgoing));
        // Given back, it is as old as it was.
        ledger = ledger.Released(bought, Keeper(Some.Street, At(2)));
        Assert.Equal(400, ledger.Standing(Elder, At(2)).Expiring.Value);
        Assert.Equal(0, Expired(ledger, 3).Economy.Of(Elder, Unit.TimeCredit).Posted);
    }

    [Fact]
    public void Of_a_correction_only_what_it_gives_more_is_got_now()
    {
        // 240 were earned in the first quarter. In the second they turn out to be 320, and in the third, with 100 from elsewhere, 120.
        var (ledger, decision) = (Lasting(20), LedgerRules.Post(Lasting(20), Payment(FeeMode.TimeCredit), Earner, Weight, Here).Decision);
        ledger = Corrected(ledger.After(decision), decision, 1, 80, out decision);
        Assert.Equal([new(First + 7, 80), new(First, 240)], ledger.Standing(Partner, At(1)).Ages);

        ledger = Corrected(Got(ledger, Partner, 100, 2), decision, 2, 30, out _);

        Assert.Equal([new(First + 8, 100), new(First + 7, 80), new(First, 40)], ledger.Standing(Partner, At(2)).Ages);
    }

    [Fact]
    public void What_a_correction_gives_back_to_the_payer_is_as_old_as_it_was()
    {
        var bought = Payment(FeeMode.TimeCredit, minutes: 80) with { Payer = Elder };
        var ledger = Got(Lasting(20), Elder, 520, 0);
        var decision = LedgerRules.Post(ledger, bought, Earner, Weight, Here).Decision;

        ledger = Corrected(ledger.After(decision), decision, 1, 50, out _, Elder);

        Assert.Equal([new(First, 320)], ledger.Standing(Elder, At(1)).Ages);
    }

    [Fact]
    public void Many_accounts_expire_some_at_a_time_and_each_once_whatever_happens_in_between()
    {
        var (ledger, accounts) = UnderWay(after: 1, rest: 5);
        var (first, bought) = (accounts[0], Payment(FeeMode.TimeCredit, minutes: 1) with { Payer = accounts[0] });
        ledger = ledger.Held(bought, Keeper(Some.Street, At(2)));

        ledger = Expired(ledger, ExpiryRules.AtOnce, ends: false);
        // Given back after its turn, it expires with the next quarter and no sooner.
        ledger = ledger.Released(bought, Keeper(Some.Street, At(2)));
        Assert.Equal((4L, 4L), (ledger.Economy.Of(first, Unit.TimeCredit).Posted, ledger.Standing(first, At(2)).Expiring.Value));
        // Whoever has still to be reached loses now what is too old, and nothing more with the next quarter.
        Assert.Equal(0, ledger.Standing(accounts[^1], At(2)).Expiring.Value);
        ledger = Expired(ledger, 5, ends: true);

        Assert.Equal((null, "-", (10L * (ExpiryRules.AtOnce + 5)) - 4), (ledger.Expiry, ExpiryRules.Expire(ledger, Keeper(Some.Street, At(2))).Told(), ledger.Economy.Of(AccountId.Street, Unit.TimeCredit).Posted));
        Assert.Equal(Quarter.EndOf(Quarter.Of(At(2))), ledger.ExpiresAt);
    }

    [Fact]
    public void The_next_quarters_expiry_takes_the_place_of_one_that_is_still_under_way()
    {
        var (ledger, accounts) = UnderWay(after: 1, rest: 5);
        ledger = Expired(ledger, ExpiryRules.AtOnce, ends: false);

        var next = ExpiryRules.Expire(ledger, Keeper(Some.Street, At(3)));
        Assert.IsType<PeriodOpened>(Assert.Single(next.Events));
        ledger = Expired(ledger.After(next), 5, ends: true, At(3));

        Assert.All(accounts, account => Assert.Equal(0, ledger.Economy.Of(account, Unit.TimeCredit).Posted));
    }

    [Theory]
    [InlineData(4, 1, 5)]
    [InlineData(1, 4, 0)]
    [InlineData(1, 0, 0)]
    public void A_policy_that_changes_during_an_expiry_spares_at_once_and_takes_more_with_the_next_quarter(int before, int after, int more)
    {
        var (ledger, accounts) = UnderWay(before, rest: 5);
        ledger = Expired(ledger, ExpiryRules.AtOnce, ends: false);
        // What is got now is not too old by any of them.
        ledger = accounts.Aggregate(ledger, (state, account) => Got(state, account, 7, before + 1));

        ledger = ledger.After(LedgerRules.SetPolicy(ledger, ledger.Policy with { ExpireAfterQuarters = after }, null, Keeper(Some.Street, At(before + 1))));
        ledger = ledger.After(ExpiryRules.Expire(ledger, Keeper(Some.Street, At(before + 1))));

        Assert.Null(ledger.Expiry);
        Assert.Equal(10L * (ExpiryRules.AtOnce + more), ledger.Economy.Of(AccountId.Street, Unit.TimeCredit).Posted);
        Assert.Equal(after == 0, ledger.ExpiresAt is null);
    }

    [Fact]
    public void Who_was_erased_leaves_credits_that_expire_like_others()
    {
        var ledger = Got(Lasting(1), Elder, 100, 0);
        ledger = ledger.After(LedgerRules.Erase(ledger, Elder.Holder, "wang", Keeper(Some.Street, At(0))));
        ledger = ledger.After(LedgerRules.Erased(ledger, Elder.Holder!.Value, Keeper(Some.Street, At(0))));

        Assert.Equal(100, Expired(Expired(ledger, 1), 2).Economy.Of(AccountId.Street, Unit.TimeCredit).Posted);
    }

    [Fact]
    public void A_quarter_that_began_before_credits_had_an_age_is_read_with_the_entries_before_it()
    {
        // An older program wrote no credits into it.
        var ledger = Got(Lasting(0), Elder, 100, 0);
        ledger = ledger.Evolve(ledger.Carry(Quarter.Of(At(1)), At(1)) with { Credits = [] });
        ledger = ledger.After(LedgerRules.SetPolicy(ledger, ledger.Policy with { ExpireAfterQuarters = 2 }, null, Keeper(Some.Street, At(1))));

        Assert.Equal([new(First, 100)], ledger.Standing(Elder, At(1)).Ages);
        Assert.Equal(100, (ledger = Expired(ledger, 2)).Economy.Of(Elder, Unit.TimeCredit).Posted);
        Assert.Equal(0, Expired(ledger, 3).Economy.Of(Elder, Unit.TimeCredit).Posted);
    }

    /// <summary>Against purses with a stamp on every credit.</summary>
    [Fact]
    public void Whatever_is_got_and_spent_when_the_oldest_goes_first() =>
        Gen.Select(Gen.Int[1, 4], Gen.Select(Gen.Int[-60, 60], Gen.Int[0, 2]).Array[1, 40]).Sample((after, moves) =>
        {
            var (ledger, purse, quarter) = (Lasting(after), new Queue<int>(), 0);
            foreach (var (amount, passed) in moves)
            {
                for (var i = 0; i < passed; i++)
                {
                    ledger = Expired(ledger, ++quarter);
                    while (purse.TryPeek(out var got) && got < quarter - after)
                    {
                        purse.Dequeue();
                    }
                }

                if (amount > 0)
                {
                    ledger = Got(ledger, Elder, amount, quarter);
                    Enumerable.Repeat(quarter, amount).ToList().ForEach(purse.Enqueue);
                }
                else if (amount < 0 && purse.Count > 0)
                {
                    var spent = Math.Min(-amount, purse.Count);
                    ledger = Spent(ledger, Elder, spent, quarter);
                    Enumerable.Range(0, spent).ToList().ForEach(_ => purse.Dequeue());
                }

                var ages = ledger.Standing(Elder, At(quarter)).Ages.ToDictionary(age => age.Quarter, age => age.Minutes);
                Assert.Equal(purse.GroupBy(got => Quarter.Of(At(got))).ToDictionary(got => got.Key, got => (long)got.Count()), ages);
                Assert.Equal(0, ledger.Sum(Unit.TimeCredit));
                // Whoever reads on from the next quarter alone knows the same.
                var carried = ledger.Carry(Quarter.Of(At(quarter + 1)), At(quarter + 1));
                Assert.Equal(ledger.Evolve(carried).Standing(Elder, carried.At).Ages, Ledger.Empty.Evolve(carried).Standing(Elder, carried.At).Ages);
            }
        }, iter: 500);

    /// <summary>Against a list of all credits ever got: those that can be spent are its last ones.</summary>
    [Fact]
    public void What_is_held_counts_as_spent_until_it_is_given_back() =>
        Gen.Select(Gen.Int[-40, 40], Gen.Int[0, 1]).Array[1, 30].Sample(moves =>
        {
            var (ledger, got, holds, quarter, number) = (Lasting(CreditAges.Most), new List<int>(), new Stack<Payment>(), 0, 0);
            foreach (var (amount, passed) in moves)
            {
                ledger = passed > 0 && quarter < CreditAges.Most ? Expired(ledger, ++quarter) : ledger;
                var (keeper, can) = (Keeper(Some.Street, At(quarter)), ledger.Economy.Of(Elder, Unit.TimeCredit).Available);
                var bought = Payment(FeeMode.TimeCredit, number: ++number, minutes: Math.Max(1, -amount)) with { Payer = Elder };
                if (amount > 0)
                {
                    ledger = Got(ledger, Elder, amount, quarter);
                    got.AddRange(Enumerable.Repeat(quarter, amount));
                }
                else if (amount < 0 && can >= 4 * -amount)
                {
                    // The skill weighs four.
                    ledger = ledger.Held(bought, keeper);
                    holds.Push(bought);
                }
                else if (holds.TryPop(out var given))
                {
                    ledger = ledger.Released(given, keeper);
                }

                var spendable = got.TakeLast((int)ledger.Economy.Of(Elder, Unit.TimeCredit).Available);
                Assert.Equal(spendable.GroupBy(one => Quarter.Of(At(one))).ToDictionary(one => one.Key, one => (long)one.Count()), ledger.Standing(Elder, At(quarter)).Ages.ToDictionary(age => age.Quarter, age => age.Minutes));
            }
        }, iter: 300);

    private static DateTimeOffset At(int quarters) => Some.Now.AddMonths(3 * quarters);

    private static Ledger Lasting(int quarters)
    {
        var policy = LedgerPolicy.Default with { ExpireAfterQuarters = quarters, WarnPercent = 0 };
        return Ledger.Empty.After(LedgerRules.SetPolicy(Ledger.Empty, policy, null, Here));
    }

    private static Ledger Got(Ledger ledger, AccountId account, long amount, int quarter) => Ordered(ledger, new(EntryKind.Grant, HomeFund, account, Unit.TimeCredit, amount), quarter);

    private static Ledger Spent(Ledger ledger, AccountId account, long amount, int quarter) => Ordered(ledger, new(EntryKind.Donation, account, HomeFund, Unit.TimeCredit, amount), quarter);

    private static Ledger Ordered(Ledger ledger, TransferOrder order, int quarter) =>
        ledger.After(TransferRules.Transfer(ledger, TransferId.OfOrder(Guid.NewGuid()), order, Keeper(Some.Street, At(quarter))));

    /// <summary>In the quarter in which credits of the first one are too old, with more accounts than expire at a time.</summary>
    private static (Ledger Ledger, IReadOnlyList<AccountId> Accounts) UnderWay(int after, int rest)
    {
        List<AccountId> accounts = [.. Enumerable.Range(0, ExpiryRules.AtOnce + rest).Select(i => AccountId.OfResident(Pseudonym.From([.. BitConverter.GetBytes(i), .. new byte[28]]))).Order()];
        var ledger = accounts.Aggregate(Lasting(after), (state, account) => Got(state, account, 10, 0));
        ledger = ledger.After(LedgerRules.Tick(ledger, Keeper(Some.Street, At(after + 1))));
        Assert.Equal(new CreditExpiry(after), ledger.Expiry);
        return (ledger, accounts);
    }

    /// <summary>Lets expire what does now.</summary>
    private static Ledger Expired(Ledger ledger, int accounts, bool ends, DateTimeOffset? now = null)
    {
        var decision = ExpiryRules.Expire(ledger, Keeper(Some.Street, now ?? ledger.PeriodSince));
        Assert.Equal((accounts, ends), (decision.Events.OfType<EntryPosted>().Count(), decision.Events[^1] is CreditsExpired));
        return ledger.After(decision);
    }

    /// <summary>Corrects what was posted last.</summary>
    private static Ledger Corrected(Ledger ledger, Pool.Actors.Decision<LedgerEvent> posted, int quarter, int minutes, out Pool.Actors.Decision<LedgerEvent> decision, AccountId? payer = null)
    {
        var wrong = (EntryPosted)posted.Events[^1];
        var right = Payment(FeeMode.TimeCredit, minutes: minutes) with { Transfer = new(Some.Demand, 1, quarter), Payer = payer };
        decision = LedgerRules.Correct(ledger, right, new(Some.Street, wrong.Number, wrong.At, wrong.Entry, null, []), Earner, Keeper(Some.Street, At(quarter))).Decision;
        return ledger.After(decision);
    }

    /// <summary>Goes on into a quarter, lets expire what does, and notes what the elder has.</summary>
    private static Ledger Expired(Ledger ledger, int quarter, List<long>? has = null)
    {
        var keeper = Keeper(Some.Street, At(quarter));
        ledger = ledger.After(LedgerRules.Tick(ledger, keeper));
        ledger = ledger.After(ExpiryRules.Expire(ledger, keeper));
        Assert.Null(ledger.Expiry);
        has?.Add(ledger.Economy.Of(Elder, Unit.TimeCredit).Posted);
        return ledger;
    }
}
