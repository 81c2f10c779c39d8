using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.LedgerLife;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>What people order at the door: gifts, donations, and what the street office pays in and out.</summary>
public sealed class TransferTests(TestPool pool) : IClassFixture<TestPool>
{
    private readonly LedgerLife _life = new(pool);

    [Fact]
    public async Task Credits_that_were_earned_are_given_to_an_elder_and_donated_to_the_fund()
    {
        var (street, partner, demand) = await _life.Booked("330109839", FeeMode.TimeCredit);
        await _life.Serve(demand, minutes: 90);
        var elder = $"{Community(street)}/residents/grandma-wang";

        using var giving = pool.Transfers.CreateTransferAsync(Order(street, EntryKind.GiftInNeed, partner, elder, 30));
        var gift = await giving;
        var position = long.Parse(giving.GetTrailers().GetValue("pool-position")!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains(gift, (await pool.Entries.ListEntriesAsync(new() { Parent = $"{street}/ledger", MinPosition = position })).Entries);
        await pool.Transfers.CreateTransferAsync(Order(street, EntryKind.Donation, partner, Fund(street), 10));

        Assert.Equal((50, 30, -80), (Credits(await _life.Account(partner)), Credits(await pool.Ledgers.GetResidentAccountAsync(new() { Resident = elder })), Credits(await _life.Fund(street))));
        Assert.Equal((EntryKind.GiftInNeed, Book.EconomicBook, "", ""), (gift.Kind, gift.Book, gift.Assignment, gift.Community));
        Assert.Equal([-30L, 30], gift.Postings.Select(posting => posting.Amount));
        var listed = await pool.Entries.GetEntryAsync(new() { Name = gift.Name });
        Assert.Equal(gift, listed);
        Assert.Contains("kind gift-in-need\n", (await pool.Receipts.GetReceiptAsync(new() { Entry = gift.Name })).Data.ToStringUtf8(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Money_is_paid_in_and_out_and_a_fund_is_allocated_credits()
    {
        var street = await _life.Street("330109840");
        var elder = $"{Community(street)}/residents/grandpa-li";

        await pool.Transfers.CreateTransferAsync(Order(street, EntryKind.Deposit, "", elder, 5_000, Unit.CnyFen));
        await pool.Transfers.CreateTransferAsync(Order(street, EntryKind.Withdrawal, elder, "", 2_000, Unit.CnyFen));
        await pool.Transfers.CreateTransferAsync(Order(street, EntryKind.Allocation, "", Fund(street), 600));
        await pool.Transfers.CreateTransferAsync(Order(street, EntryKind.Grant, Fund(street), elder, 60));

        var (money, credits) = ((await _life.Ledger(street)).Totals.Single(total => total.Unit == Unit.CnyFen), (await _life.Ledger(street)).Totals.Single(total => total.Unit == Unit.TimeCreditMinutes));
        Assert.Equal((0, 3_000, -3_000), (money.Sum, money.Residents, money.Cash));
        Assert.Equal((0, 60, 540, -600), (credits.Sum, credits.Residents, credits.Funds, credits.Street));
    }

    [Fact]
    public async Task The_same_request_has_one_entry_and_another_under_its_id_is_refused()
    {
        var street = await _life.Street("330109841");
        var order = Order(street, EntryKind.Allocation, "", Fund(street), 600);

        var first = await pool.Transfers.CreateTransferAsync(order);

        Assert.Equal(first, await pool.Transfers.CreateTransferAsync(order));
        var other = order.Clone();
        other.Transfer.Amount = 601;
        await pool.Refuses(StatusCode.InvalidArgument, "REQUEST_ID_REUSED", "request_id", headers => pool.Transfers.CreateTransferAsync(other, headers).ResponseAsync);
        // For ever: also after what is remembered of settlements is forgotten.
        pool.Clock.Advance(TimeSpan.FromDays(400));
        await pool.Transfers.CreateTransferAsync(Order(street, EntryKind.Allocation, "", Fund(street), 1));
        Assert.Equal(first, await pool.Transfers.CreateTransferAsync(order));
        Assert.Equal(2, (await _life.Ledger(street)).Entries);
    }

    [Fact]
    public async Task A_batch_carries_each_order_out_by_itself()
    {
        var street = await _life.Street("330109842");
        var elder = $"{Community(street)}/residents/grandma-wang";
        var again = Order(street, EntryKind.Allocation, "", Fund(street), 600);
        CreateTransferRequest[] orders =
        [
            again, Order(street, EntryKind.Grant, Fund(street), elder, 0), Order(street, EntryKind.Grant, Fund(street), $"{Xintang}/communities/330109004051/residents/far-away", 1), Order("", EntryKind.Grant, Fund(street), elder, 60),
            again, new() { Parent = Beigan, RequestId = "1" }, Order(street, EntryKind.GiftToRelative, elder, $"{Community(street)}/partners/nobody", 1),
        ];

        var results = (await pool.Transfers.BatchCreateTransfersAsync(new() { Parent = $"{street}/ledger", Requests = { orders } })).Results;

        await pool.Refuses(StatusCode.InvalidArgument, "AMOUNT_NEGATIVE", "transfer.amount", headers => pool.Transfers.CreateTransferAsync(
            Order(street, EntryKind.GiftToRelative, elder, $"{Community(street)}/partners/nobody", -1), headers).ResponseAsync);
        Assert.Equal(["1", "AMOUNT_ZERO", "COMMUNITY_NOT_IN_STREET", "2", "1", "REQUEST_ID_INVALID", "PARTNER_NOT_FOUND"], results.Select(Told));
        Assert.Equal(results[0], results[4]);
        Assert.Equal(results[3].Entry, await pool.Transfers.CreateTransferAsync(new(orders[3]) { Parent = $"{street}/ledger" }));
        Assert.Equal(2, (await _life.Ledger(street)).Entries);
        await pool.Refuses(StatusCode.InvalidArgument, "FIELD_REQUIRED", "requests", headers => pool.Transfers.BatchCreateTransfersAsync(new() { Parent = $"{street}/ledger" }, headers).ResponseAsync);
        await pool.Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "requests", headers => pool.Transfers.BatchCreateTransfersAsync(
            new() { Parent = $"{street}/ledger", Requests = { Enumerable.Repeat(again, 1_001) } }, headers).ResponseAsync);
    }

    private static string Fund(string street) => $"{Community(street)}/fund";

    private static long Credits(Account account) => Of(account, Unit.TimeCreditMinutes, balance => balance.Posted);
}
