using Pool.Ledgers;
using Pool.Offers;
using Pool.Values;
using Xunit;

namespace Pool.Grains.Tests;

/// <summary>A ledger's memory, which ends, and its past, which does not.</summary>
public sealed class LedgerGrainTests : IAsyncLifetime
{
    private readonly GrainPool _pool = new();

    public ValueTask InitializeAsync() => _pool.InitializeAsync();

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    [Fact]
    public async Task What_was_settled_years_ago_is_not_settled_again()
    {
        var (unpaid, paid) = (Payment(FeeMode.Volunteer), Payment(FeeMode.LowFee));
        var entries = (await Ledger.Record(unpaid), await Ledger.Post(paid));
        for (var quarter = 0; quarter < 3; quarter++)
        {
            _pool.Clock.Advance(TimeSpan.FromDays(92));
            await Ledger.Record(Payment(FeeMode.Volunteer));
        }

        Assert.Equal(entries, (await Ledger.Record(unpaid), await Ledger.Post(paid)));

        Assert.Equal(5, (await Ledger.Get()).Value!.Entries);
        Assert.Equal(-2_700, (await Ledger.Account(AccountId.OfFund(GrainPool.Home))).Value!.Balances.Single().Balance.Posted);
    }

    [Fact]
    public async Task A_ledger_is_the_same_when_it_is_loaded_again()
    {
        var payment = Payment(FeeMode.LowFee);
        await Ledger.Hold(payment);
        await Ledger.Post(Payment(FeeMode.LowFee));
        var before = await Ledger.Get();

        await _pool.Stop();
        await _pool.Start();

        var after = await Ledger.Get();
        Assert.Equal((before.Version, before.Value!.Key), (after.Version, after.Value!.Key));
        Assert.Equal(before.Value.Totals, after.Value.Totals);
        Assert.Equal(3_000, after.Value.Totals.Single(total => total.Unit == Unit.Cny).Held);
        Assert.Null((await Ledger.Hold(payment)).Reason);
        Assert.Equal(before.Version, (await Ledger.Get()).Version);
    }

    private ILedgerGrain Ledger => _pool.Grains.GetGrain<ILedgerGrain>(GrainPool.Home.Street.Text);

    private Payment Payment(FeeMode mode) => new(
        new(new(Guid.NewGuid()), 1), mode, GrainPool.Skill, 1, 1, Minutes.FromHours(1), GrainPool.Home, new(GrainPool.Home, PartnerId.Parse("li-na")), _pool.Clock.GetUtcNow());
}
