using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.LedgerLife;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>How old credits are, and what becomes of those that nobody spends, where a street's policy says so.</summary>
public sealed class CreditExpiryTests(TestPool pool) : IClassFixture<TestPool>
{
    private readonly LedgerLife _life = new(pool);

    [Fact]
    public async Task Credits_that_nobody_spends_are_the_streets_when_they_are_too_old()
    {
        var street = await _life.Street("330109918");
        var (fund, elder) = ($"{Community(street)}/fund", $"{Community(street)}/residents/grandma-wang");
        var policy = (await _life.Ledger(street)).Policy;
        policy.ExpireAfterQuarters = 1;
        await _life.SetPolicy(street, policy);
        await pool.Transfers.CreateTransferAsync(Order(street, EntryKind.Grant, fund, elder, 100));
        pool.Clock.Advance(TimeSpan.FromDays(92));
        await pool.Recorded(Stream(street), "ledger.credits-expired", times: 1);
        await pool.Transfers.CreateTransferAsync(Order(street, EntryKind.Grant, fund, elder, 30));

        var before = await pool.Ledgers.GetResidentAccountAsync(new() { Resident = elder });
        Assert.Equal([("2027Q1", 30L), ("2026Q4", 100L)], before.CreditAges.Select(age => (age.Quarter, age.Minutes)));
        Assert.Equal((100L, new DateTime(2027, 4, 1, 0, 0, 0, DateTimeKind.Utc)), (before.ExpiringMinutes, before.ExpireTime.ToDateTime()));
        Assert.Equal([AccountWarning.CreditsExpiring], before.Warnings);
        var (ages, expiring) = ((await _life.Ledger(street)).CreditAges, (await _life.Ledger(street)).ExpiringMinutes);
        Assert.Equal((before.CreditAges, 100L), (ages, expiring));

        pool.Clock.Advance(TimeSpan.FromDays(92));
        await pool.Recorded(Stream(street), "ledger.credits-expired", times: 2);

        var after = await pool.Ledgers.GetResidentAccountAsync(new() { Resident = elder });
        Assert.Equal((30L, 30L), (Of(after, Unit.TimeCreditMinutes, balance => balance.Posted), after.CreditAges.Single().Minutes));
        var total = (await _life.Ledger(street)).Totals.Single(total => total.Unit == Unit.TimeCreditMinutes);
        Assert.Equal((0L, 30L, 100L), (total.Sum, total.Residents, total.Street));
        var entry = (await pool.Entries.ListEntriesAsync(new() { Parent = $"{street}/ledger", MinPosition = pool.Journal.Head })).Entries.Single(entry => entry.Kind == EntryKind.Expiry);
        Assert.Equal([-100L, 100L], entry.Postings.Select(posting => posting.Amount));
        Assert.Contains("kind expiry\n", (await pool.Receipts.GetReceiptAsync(new() { Entry = entry.Name })).Data.ToStringUtf8(), StringComparison.Ordinal);
        Assert.Contains(",积分到期,", (await pool.Entries.ExportStatementAsync(new() { Parent = after.Name, MinPosition = pool.Journal.Head })).Data.ToStringUtf8(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_expires_where_no_policy_says_so_and_none_may_say_what_cannot_be_told()
    {
        var street = await _life.Street("330109919");
        var elder = $"{Community(street)}/residents/grandma-wang";
        await pool.Transfers.CreateTransferAsync(Order(street, EntryKind.Grant, $"{Community(street)}/fund", elder, 100));

        var account = await pool.Ledgers.GetResidentAccountAsync(new() { Resident = elder });

        Assert.Equal((0L, null, 1), (account.ExpiringMinutes, account.ExpireTime, account.CreditAges.Count));
        foreach (var quarters in new[] { -1, 21 })
        {
            var policy = (await _life.Ledger(street)).Policy;
            policy.ExpireAfterQuarters = quarters;
            await pool.Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "policy.expire_after_quarters", headers => pool.Ledgers.SetLedgerPolicyAsync(new() { Name = $"{street}/ledger", Policy = policy, RequestId = NewId() }, headers).ResponseAsync);
        }

        await pool.Refuses(StatusCode.InvalidArgument, "FIELD_INVALID", "transfer.kind", headers => pool.Transfers.CreateTransferAsync(Order(street, EntryKind.Expiry, elder, "", 1), headers).ResponseAsync);
    }

    private static string Stream(string street) => $"ledger/{street[^9..]}";
}
