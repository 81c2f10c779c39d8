using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.LedgerLife;

namespace Pool.Gateway.Tests;

/// <summary>Ledgers as accountants read them: entries, accounts, statements, and what a service would cost.</summary>
public sealed class EntryTests(TestPool pool) : IClassFixture<TestPool>
{
    private readonly LedgerLife _life = new(pool);

    [Fact]
    public async Task An_entry_says_what_was_settled_and_what_it_did_to_accounts()
    {
        var (street, partner, demand) = await _life.Booked("330109832", FeeMode.LowFee);
        var settled = await _life.Serve(demand, minutes: 60);

        var entry = await pool.Entries.GetEntryAsync(new() { Name = settled.Proposals[0].Assignment.Entries[0] });

        Assert.Equal((Book.EconomicBook, EntryKind.Settlement, $"{demand.Name}/assignments/1", Community(street), 60L), (entry.Book, entry.Kind, entry.Assignment, entry.Community, entry.Minutes));
        Assert.Equal(("skills/paid-330109832", 1, 3_000L, 10), (entry.Skill, entry.Level, entry.Price.FeePerHourFen, entry.Price.FundSharePercent));
        Assert.Equal([(FundOf(street), -2_700L), ((await _life.Account(partner)).Name, 2_700)], entry.Postings.Select(posting => (posting.Account, posting.Amount)));
        Assert.Equal(entry, Assert.Single((await pool.Entries.ListEntriesAsync(new() { Parent = $"{street}/ledger", MinPosition = long.MaxValue })).Entries));
    }

    [Fact]
    public async Task Entries_are_listed_in_their_order_and_narrowed_by_book_and_giver()
    {
        var (street, partner, demand) = await _life.Booked("330109833", FeeMode.TimeCredit);
        await _life.Record("330109833", 2);
        await _life.Serve(demand, minutes: 60);
        await _life.Record("330109833", 1, from: 3);
        var giver = (await pool.Entries.GetEntryAsync(new() { Name = $"{street}/ledger/entries/1" })).Giver;

        Assert.Equal(["1", "2", "3", "4"], (await List("")).Select(entry => entry.Name[(entry.Name.LastIndexOf('/') + 1)..]));
        Assert.Equal(["3"], (await List("book = ECONOMIC_BOOK")).Select(entry => entry.Name[(entry.Name.LastIndexOf('/') + 1)..]));
        Assert.Equal(3, (await List($"book = SERVICE_RECORD AND giver = {giver}")).Count);
        Assert.Equal(4, (await List($"community = {street[^9..]}001")).Count);
        Assert.Empty(await List("giver = partner-aaaaaaaaaaaaaaaa"));

        var page = await pool.Entries.ListEntriesAsync(new() { Parent = $"{street}/ledger", PageSize = 3, MinPosition = long.MaxValue });
        var rest = await pool.Entries.ListEntriesAsync(new() { Parent = $"{street}/ledger", PageSize = 3, PageToken = page.NextPageToken });
        Assert.Equal((3, 1, ""), (page.Entries.Count, rest.Entries.Count, rest.NextPageToken));

        async Task<IReadOnlyList<Entry>> List(string filter) =>
            (await pool.Entries.ListEntriesAsync(new() { Parent = $"{street}/ledger", Filter = filter, MinPosition = long.MaxValue })).Entries;
    }

    [Fact]
    public async Task Accounts_are_listed_with_what_is_held()
    {
        var (street, partner, demand) = await _life.Booked("330109834", FeeMode.TimeCredit);
        await _life.Serve(demand, minutes: 60);
        await _life.Accepted(pool.NewDemand(skill: "skills/paid-330109834"), Community(street));

        var accounts = (await pool.Ledgers.ListAccountsAsync(new() { Parent = $"{street}/ledger", MinPosition = long.MaxValue })).Accounts;

        Assert.Equal([FundOf(street), (await _life.Account(partner)).Name], accounts.Select(account => account.Name));
        Assert.Equal((-60L, 60L), Of(accounts[0], Unit.TimeCreditMinutes, balance => (balance.Posted, balance.Outgoing)));
        Assert.Equal([accounts[1]], (await pool.Ledgers.ListAccountsAsync(new() { Parent = $"{street}/ledger", Filter = "kind = PARTNER_ACCOUNT" })).Accounts);
        Assert.Empty((await pool.Ledgers.ListAccountsAsync(new() { Parent = $"{await _life.Street("330109835")}/ledger" })).Accounts);
        await pool.Refuses(StatusCode.NotFound, "STREET_NOT_FOUND", null, headers => pool.Ledgers.ListAccountsAsync(new() { Parent = "streets/330109999/ledger" }, headers).ResponseAsync);
    }

    [Fact]
    public async Task A_statement_has_each_change_with_the_balance_after_it()
    {
        var (street, partner, demand) = await _life.Booked("330109836", FeeMode.LowFee);
        await _life.Serve(demand, minutes: 60);
        await _life.Serve(await _life.Accepted(pool.NewDemand(skill: "skills/paid-330109836"), Community(street)), minutes: 30);
        var account = (await _life.Account(partner)).Name;

        var lines = (await pool.Entries.ListStatementLinesAsync(new() { Parent = account, Month = "2026-11", MinPosition = long.MaxValue })).Lines;

        Assert.Equal([(2_700L, 2_700L), (1_350, 4_050)], lines.Select(line => (line.Amount, line.Balance)));
        Assert.Equal([$"{street}/ledger/entries/1", $"{street}/ledger/entries/2"], lines.Select(line => line.Entry));
        Assert.Empty((await pool.Entries.ListStatementLinesAsync(new() { Parent = account, Month = "2026-10" })).Lines);
        Assert.Equal(4, (await pool.Entries.ListStatementLinesAsync(new() { Parent = $"{street}/ledger/accounts/-", Month = "2026-11" })).Lines.Count);
        await pool.Refuses(StatusCode.InvalidArgument, "FIELD_REQUIRED", "month", headers => pool.Entries.ListStatementLinesAsync(new() { Parent = $"{street}/ledger/accounts/-" }, headers).ResponseAsync);
        await pool.Refuses(StatusCode.InvalidArgument, "FIELD_INVALID", "month", headers => pool.Entries.ListStatementLinesAsync(new() { Parent = account, Month = "2026-13" }, headers).ResponseAsync);
    }

    [Fact]
    public async Task An_accountant_gets_a_table_for_a_spreadsheet()
    {
        var (street, _, demand) = await _life.Booked("330109837", FeeMode.LowFee);
        await _life.Serve(demand, minutes: 50);
        var entry = await pool.Entries.ListEntriesAsync(new() { Parent = $"{street}/ledger", MinPosition = long.MaxValue });
        using var http = new HttpClient { BaseAddress = new(pool.Addresses.Http), DefaultRequestHeaders = { { "accept-language", "en" } } };

        var response = await http.GetAsync(new Uri($"/v1/{FundOf(street)}/statement.csv?month=2026-11", UriKind.Relative));

        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        var time = entry.Entries[0].Time.ToDateTimeOffset().ToOffset(TimeSpan.FromHours(8));
        var transfer = $"{demand.Name[^36..]}/1";
        Assert.Equal(
            $"\uFEFFtime,entry,kind,transfer,account,unit,amount,balance\r\n{time:yyyy-MM-dd HH:mm:ss},1,settlement,{transfer},fund-{street[^9..]}001,CNY (yuan),-22.50,-22.50\r\n",
            System.Text.Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync()));
        var chinese = (await pool.Entries.ExportStatementAsync(new() { Parent = FundOf(street) })).Data.ToStringUtf8();
        Assert.StartsWith("\uFEFF时间,分录,类型,事项,账户,单位,发生额,余额\r\n", chinese, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quote_is_by_the_rates_in_force_and_no_others()
    {
        var name = $"{await _life.Street("330109838")}/ledger";
        var request = new QuotePriceRequest { Name = name, FeeMode = FeeMode.TimeCredit, Skill = "skills/legal-advice", Minutes = 50 };
        Assert.Equal((0, 100, 50L), await Quoted(request));
        await pool.Ledgers.SetRatesAsync(new() { Name = name, RequestId = TestPool.NewId(), Rates = new() { Decision = "17", Rates_ = { new Rate { Skill = "skills/legal-advice", Percent = 255 } } } });

        Assert.Equal((1, 255, 128L), await Quoted(request));
        Assert.Equal((1, 255, 128L), await Quoted(new(request) { Rates = 1 }));
        await Refuses(StatusCode.FailedPrecondition, "RATES_RETIRED", "rates", new(request) { Rates = 0 });
        await Refuses(StatusCode.NotFound, "RATES_NOT_FOUND", "rates", new(request) { Rates = 2 });
        await Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "minutes", new(request) { Minutes = 0 });
        await Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "minutes", new(request) { Minutes = long.MaxValue });
        await Refuses(StatusCode.InvalidArgument, "FIELD_INVALID", "fee_mode", new(request) { FeeMode = FeeMode.Volunteer });
        await Refuses(StatusCode.InvalidArgument, "FIELD_REQUIRED", "fee_mode", new(request) { FeeMode = FeeMode.Unspecified });

        Task Refuses(StatusCode status, string reason, string field, QuotePriceRequest spoilt) => pool.Refuses(status, reason, field, headers => pool.Ledgers.QuotePriceAsync(spoilt, headers).ResponseAsync);

        async Task<(int, int, long)> Quoted(QuotePriceRequest asked) => await pool.Ledgers.QuotePriceAsync(asked) is var quote ? (quote.Price.Rates, quote.Price.Percent, quote.Paid) : default;
    }

    private static string FundOf(string street) => $"{street}/ledger/accounts/fund-{street[^9..]}001";
}
