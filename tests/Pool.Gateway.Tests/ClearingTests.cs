using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.LedgerLife;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>What passes between streets, how they clear it, and what each day says of it.</summary>
public sealed class ClearingTests(TestPool pool) : IClassFixture<TestPool>
{
    private readonly LedgerLife _life = new(pool);

    [Fact]
    public async Task A_gift_to_somebody_of_another_street_is_in_both_ledgers_or_in_none()
    {
        var (here, there) = (await _life.Street("330109843"), await _life.Street("330109844"));
        var (giver, elder) = (await _life.Deposited(here, 5_000), $"{Community(there)}/residents/grandma-wang");
        var request = Order(here, EntryKind.Donation, giver, $"{Community(there)}/fund", 2_000, Unit.CnyFen);

        var entry = await pool.Transfers.CreateTransferAsync(request);

        Assert.Equal(entry, await pool.Transfers.CreateTransferAsync(request));
        Assert.Equal([$"{here}/ledger/accounts/mirror-330109844"], entry.Postings.Where(posting => posting.Amount == 2_000).Select(posting => posting.Account));
        Assert.Equal((2_000, -2_000), (await Mirror(here, "330109844"), await Mirror(there, "330109843")));
        var other = request.Clone();
        other.Transfer.Amount = 1;
        await pool.Refuses(StatusCode.InvalidArgument, "REQUEST_ID_REUSED", "request_id", headers => pool.Transfers.CreateTransferAsync(other, headers).ResponseAsync);
        await pool.Refuses(StatusCode.FailedPrecondition, "NOT_COVERED", "transfer.amount", headers => pool.Transfers.CreateTransferAsync(Order(here, EntryKind.Donation, giver, $"{Community(there)}/fund", 3_001, Unit.CnyFen), headers).ResponseAsync);
        await pool.Refuses(StatusCode.NotFound, "PARTNER_NOT_FOUND", "transfer.to", headers => pool.Transfers.CreateTransferAsync(Order(here, EntryKind.GiftInNeed, giver, $"{Community(there)}/partners/nobody", 1), headers).ResponseAsync);
        // Money is not given to people, nor granted across the border.
        await pool.Refuses(StatusCode.InvalidArgument, "UNIT_NOT_ALLOWED", "transfer.unit", headers => pool.Transfers.CreateTransferAsync(Order(here, EntryKind.GiftInNeed, giver, elder, 1, Unit.CnyFen), headers).ResponseAsync);
        await pool.Refuses(StatusCode.InvalidArgument, "COMMUNITY_NOT_IN_STREET", "transfer.to", headers => pool.Transfers.CreateTransferAsync(Order(here, EntryKind.Grant, $"{Community(here)}/fund", elder, 1), headers).ResponseAsync);
        await _life.SetPolicy(there, new() { MostCreditsMinutes = 90_000, PeerMoneyFen = 2_500 });
        await pool.Refuses(StatusCode.FailedPrecondition, "PEER_LIMIT_REACHED", "transfer.amount", headers => pool.Transfers.CreateTransferAsync(Order(here, EntryKind.Donation, giver, $"{Community(there)}/fund", 501, Unit.CnyFen), headers).ResponseAsync);
        Assert.Equal((2_000, -2_000), (await Mirror(here, "330109844"), await Mirror(there, "330109843")));
    }

    [Fact]
    public async Task What_one_street_paid_another_is_cleared_when_that_one_agrees()
    {
        var (here, there) = await Owing("330109845", "330109846", 2_000);
        var proposal = Proposal(here, EntryKind.Remittance, Unit.CnyFen, 1_500, here, there);

        var proposed = await pool.Clearings.ProposeClearingAsync(proposal);
        Assert.Equal((ClearingState.ClearingProposed, here, $"{there}"), (proposed.State, proposed.Proposer, Assert.Single(proposed.Awaited)));
        Assert.Equal(proposed, await pool.Clearings.ProposeClearingAsync(proposal));
        Assert.Equal(2_000, await Mirror(here, "330109846"));
        var abroad = proposed.Name.Replace(here, there, StringComparison.Ordinal);
        Assert.Equal(abroad, Assert.Single((await pool.Clearings.ListClearingsAsync(new() { Parent = $"{there}/ledger", Filter = "state = CLEARING_PROPOSED", MinPosition = pool.Journal.Head })).Clearings).Name);

        var agreement = new AgreeToClearingRequest { Name = abroad, RequestId = NewId() };
        var settled = await pool.Clearings.AgreeToClearingAsync(agreement);

        Assert.Equal(ClearingState.ClearingSettled, settled.State);
        Assert.Equal([$"{here}/ledger/entries/3", $"{there}/ledger/entries/2"], settled.Entries);
        Assert.Equal(settled, await pool.Clearings.AgreeToClearingAsync(agreement));
        Assert.Equal((500, -500), (await Mirror(here, "330109846"), await Mirror(there, "330109845")));
        // The money has gone from one safe to the other.
        Assert.Equal((-3_500, -1_500), (await Cash(here), await Cash(there)));
        Assert.Contains("kind remittance\n", (await pool.Receipts.GetReceiptAsync(new() { Entry = settled.Entries[1] })).Data.ToStringUtf8(), StringComparison.Ordinal);
        var seen = await pool.Clearings.GetClearingAsync(new() { Name = proposed.Name });
        Assert.Equal((proposed.Name, settled.Etag), (seen.Name, seen.Etag));
    }

    [Fact]
    public async Task A_street_waives_what_it_is_owed_and_its_own_account_bears_it()
    {
        var (here, there) = await Owing("330109847", "330109848", 2_000);
        // Either may propose it.
        var proposed = await pool.Clearings.ProposeClearingAsync(Proposal(there, EntryKind.Waiver, Unit.CnyFen, 2_000, here, there));

        await pool.Clearings.AgreeToClearingAsync(new() { Name = proposed.Name.Replace(there, here, StringComparison.Ordinal), RequestId = NewId() });

        Assert.Equal((0, 0), (await Mirror(here, "330109848"), await Mirror(there, "330109847")));
        Assert.Equal((2_000, -2_000), (await Of(here, total => total.Street), await Of(there, total => total.Street)));
    }

    [Fact]
    public async Task What_three_streets_owe_each_other_in_a_circle_is_offset_when_all_agree()
    {
        var (one, two, three) = (await _life.Street("330109849"), await _life.Street("330109850"), await _life.Street("330109851"));
        foreach (var (debtor, creditor, amount) in new[] { (one, two, 900), (two, three, 700), (three, one, 800) })
        {
            await pool.Transfers.CreateTransferAsync(Order(debtor, EntryKind.Donation, await _life.Deposited(debtor, 1_000), $"{Community(creditor)}/fund", amount, Unit.CnyFen));
        }

        await pool.Refuses(StatusCode.FailedPrecondition, "NOT_OWED", "clearing.amount", headers => pool.Clearings.ProposeClearingAsync(Proposal(one, EntryKind.Offset, Unit.CnyFen, 701, one, two, three), headers).ResponseAsync);
        var proposed = await pool.Clearings.ProposeClearingAsync(Proposal(one, EntryKind.Offset, Unit.CnyFen, 700, one, two, three));
        var first = await pool.Clearings.AgreeToClearingAsync(new() { Name = proposed.Name.Replace(one, two, StringComparison.Ordinal), RequestId = NewId() });
        Assert.Equal((ClearingState.ClearingProposed, three), (first.State, Assert.Single(first.Awaited)));
        var settled = await pool.Clearings.AgreeToClearingAsync(new() { Name = proposed.Name.Replace(one, three, StringComparison.Ordinal), RequestId = NewId() });

        Assert.Equal((ClearingState.ClearingSettled, 3), (settled.State, settled.Entries.Count));
        Assert.Equal((200, 0, 100), (await Mirror(one, "330109850"), await Mirror(two, "330109851"), await Mirror(three, "330109849")));
        Assert.Equal((-200, 0, -100), (await Mirror(two, "330109849"), await Mirror(three, "330109850"), await Mirror(one, "330109851")));
    }

    [Fact]
    public async Task A_clearing_that_is_not_owed_any_more_when_all_agree_fails_and_moves_nothing()
    {
        var (here, there) = await Owing("330109852", "330109853", 2_000);
        var (first, second) = (await pool.Clearings.ProposeClearingAsync(Proposal(here, EntryKind.Waiver, Unit.CnyFen, 1_500, here, there)), await pool.Clearings.ProposeClearingAsync(Proposal(here, EntryKind.Waiver, Unit.CnyFen, 1_500, here, there)));

        await pool.Clearings.AgreeToClearingAsync(new() { Name = first.Name.Replace(here, there, StringComparison.Ordinal), RequestId = NewId() });
        var failed = await pool.Clearings.AgreeToClearingAsync(new() { Name = second.Name.Replace(here, there, StringComparison.Ordinal), RequestId = NewId() });

        Assert.Equal((ClearingState.ClearingFailed, here, "NOT_OWED", 0), (failed.State, failed.Against, failed.Reason, failed.Entries.Count));
        Assert.Equal((500, -500), (await Mirror(here, "330109853"), await Mirror(there, "330109852")));
        Assert.Equal(0, (await _life.Ledger(here)).Totals.Single(total => total.Unit == Unit.CnyFen).Held);
    }

    [Fact]
    public async Task A_days_net_statement_is_abroadwhen_the_day_has_ended_and_both_streets_say_the_same()
    {
        var (here, there) = await Owing("330109854", "330109855", 2_000);
        await pool.Transfers.CreateTransferAsync(Order(there, EntryKind.Donation, await _life.Deposited(there, 700), $"{Community(here)}/fund", 700, Unit.CnyFen));
        var day = DateOnly.FromDateTime(pool.Clock.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).DateTime);

        pool.Clock.Advance(TimeSpan.FromDays(1));
        await pool.Recorded("ledger/330109854", "ledger.day-netted");
        await pool.Recorded("ledger/330109855", "ledger.day-netted");

        var request = new ListNetStatementsRequest { Parent = $"{here}/ledger", Filter = $"peer = {there} AND date = \"{day:yyyy-MM-dd}\"", MinPosition = pool.Journal.Head };
        var said = Assert.Single((await pool.Clearings.ListNetStatementsAsync(request)).NetStatements);
        Assert.Equal(
            new NetStatement { Peer = there, Date = $"{day:yyyy-MM-dd}", Unit = Unit.CnyFen, Opening = 0, Given = 2_000, Taken = 700, Closing = 1_300, Entries = 2, PeerClosing = 1_300 }, said);
        Assert.Equal(-1_300, Assert.Single((await pool.Clearings.ListNetStatementsAsync(new() { Parent = $"{there}/ledger", MinPosition = pool.Journal.Head })).NetStatements).Closing);
        await pool.Refuses(StatusCode.InvalidArgument, "FILTER_INVALID", "filter", headers => pool.Clearings.ListNetStatementsAsync(new() { Parent = $"{here}/ledger", Filter = "unit = CNY_FEN" }, headers).ResponseAsync);
    }

    [Fact]
    public async Task A_clearing_reads_as_JSON_and_is_named_under_each_of_its_streets()
    {
        var (here, there) = await Owing("330109856", "330109857", 2_000);
        var proposed = await pool.Clearings.ProposeClearingAsync(Proposal(here, EntryKind.Waiver, Unit.CnyFen, 1, here, there));
        using var http = new HttpClient { BaseAddress = new(pool.Addresses.Http) };

        var json = await http.GetStringAsync(new Uri($"/v1/{proposed.Name.Replace(here, there, StringComparison.Ordinal)}", UriKind.Relative));

        Assert.Contains("\"state\":\"CLEARING_PROPOSED\"", json.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        await pool.Refuses(StatusCode.NotFound, "CLEARING_NOT_FOUND", null, headers => pool.Clearings.GetClearingAsync(new() { Name = proposed.Name.Replace(here, Beigan, StringComparison.Ordinal) }, headers).ResponseAsync);
        // A gift under its id is no clearing.
        var gift = Order(here, EntryKind.Donation, await _life.Deposited(here, 10), $"{Community(there)}/fund", 1, Unit.CnyFen);
        await pool.Transfers.CreateTransferAsync(gift);
        await pool.Refuses(StatusCode.NotFound, "CLEARING_NOT_FOUND", null, headers => pool.Clearings.GetClearingAsync(new() { Name = $"{here}/ledger/clearings/{gift.RequestId}" }, headers).ResponseAsync);
    }

    /// <summary>Two streets of which the first owes the second, and has so much more in its safe.</summary>
    private async Task<(string Here, string There)> Owing(string here, string there, int amount)
    {
        var (debtor, creditor) = (await _life.Street(here), await _life.Street(there));
        await pool.Transfers.CreateTransferAsync(Order(debtor, EntryKind.Donation, await _life.Deposited(debtor, 5_000), $"{Community(creditor)}/fund", amount, Unit.CnyFen));
        return (debtor, creditor);
    }

    private static ProposeClearingRequest Proposal(string by, EntryKind kind, Unit unit, long amount, params string[] streets) => new()
    {
        Parent = $"{by}/ledger",
        Clearing = new() { Kind = kind, Unit = unit, Amount = amount, Streets = { streets }, Note = "银行转账 7731" },
        RequestId = NewId(),
    };

    private async Task<long> Mirror(string street, string peer) => LedgerLife.Of(await pool.Ledgers.GetAccountAsync(new() { Name = $"{street}/ledger/accounts/mirror-{peer}" }), Unit.CnyFen, balance => balance.Posted);

    private async Task<long> Cash(string street) => await Of(street, total => total.Cash);

    private async Task<long> Of(string street, Func<UnitTotal, long> part) => part((await _life.Ledger(street)).Totals.Single(total => total.Unit == Unit.CnyFen));
}
