using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.LedgerLife;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>Credits and money that somebody has are spent: on services that the community asks for it.</summary>
public sealed class PayerTests(TestPool pool) : IClassFixture<TestPool>
{
    private readonly LedgerLife _life = new(pool);

    [Theory, InlineData("330109870", FeeMode.TimeCredit, Unit.TimeCreditMinutes, 60), InlineData("330109871", FeeMode.LowFee, Unit.CnyFen, 3_000)]
    public async Task A_resident_spends_what_it_was_given(string code, FeeMode mode, Unit unit, long price)
    {
        var (street, elder, account) = await Resident(code, unit, price + 5);
        var skill = await _life.Skill(code, mode, Community(street));
        var demand = pool.NewDemand(skill: $"skills/{skill}");
        demand.Payer = account;

        var booked = await _life.Accepted(demand, Community(street));
        Assert.Equal((account, 5L), (booked.Payer, Of(await Account(elder), unit, balance => balance.Available)));
        var settled = await _life.Serve(booked, minutes: 60);

        var entry = await pool.Entries.GetEntryAsync(new() { Name = settled.Proposals[0].Assignment.Entries[0] });
        Assert.Equal((account, -price), (entry.Postings[0].Account, entry.Postings[0].Amount));
        Assert.Equal(5, Of(await Account(elder), unit, balance => balance.Posted));
    }

    [Fact]
    public async Task Who_has_too_little_is_no_payer_and_nobody_is_its_own()
    {
        var (street, _, account) = await Resident("330109872", Unit.TimeCreditMinutes, 59);
        var skill = await _life.Skill("330109872", FeeMode.TimeCredit, Community(street));
        var partner = $"{Community(street)}/partners/{skill}-1";
        await pool.Transfers.CreateTransferAsync(Order(street, EntryKind.Grant, $"{Community(street)}/fund", partner, 120));

        Assert.Equal(CandidateReason.NoCover, await Reason(account));
        Assert.Equal(CandidateReason.PaysItself, await Reason((await _life.Account(partner)).Name));

        async Task<CandidateReason> Reason(string payer)
        {
            var demand = pool.NewDemand(skill: $"skills/{skill}");
            demand.Payer = payer;
            var waiting = await pool.Until(await pool.Post(demand, Community(street)), now => now.RetryTime is not null);
            return (await pool.Demands.ExplainDemandAsync(new() { Name = waiting.Name })).Searches[0].Streets[0].Candidates[0].Reason;
        }
    }

    [Fact]
    public async Task A_series_is_paid_by_the_same_account_each_time()
    {
        var (street, _, account) = await Resident("330109873", Unit.TimeCreditMinutes, 60);
        var each = pool.NewDemand();
        each.Payer = account;

        var series = await pool.Series.CreateSeriesAsync(new() { Parent = Community(street), Series = new() { Each = each, Rule = "FREQ=DAILY;COUNT=2", PostAheadMinutes = 48 * 60 }, RequestId = NewId() });

        Assert.Equal(account, series.Each.Payer);
        await pool.Recorded($"series/{series.Name[^36..]}", "series.occurrence-posted", times: 2);
        var posted = await pool.Series.GetSeriesAsync(new() { Name = series.Name });
        foreach (var occurrence in posted.Occurrences)
        {
            Assert.Equal(account, (await pool.Demands.GetDemandAsync(new() { Name = occurrence.Demand })).Payer);
        }

        Assert.Equal(2, posted.Occurrences.Count);
    }

    [Fact]
    public async Task Only_somebodys_own_account_of_the_same_street_pays()
    {
        var (street, elder, account) = await Resident("330109874", Unit.TimeCreditMinutes, 60);
        var (_, _, stranger) = await Resident("330109875", Unit.TimeCreditMinutes, 60);

        await Refused(StatusCode.InvalidArgument, "FIELD_INVALID", $"{street}/ledger/accounts/fund-{street[^9..]}001");
        await Refused(StatusCode.InvalidArgument, "FIELD_INVALID", $"{street}/ledger/accounts/street");
        await Refused(StatusCode.InvalidArgument, "FIELD_INVALID", stranger);
        await Refused(StatusCode.InvalidArgument, "NAME_INVALID", elder);
        await Refused(StatusCode.NotFound, "ACCOUNT_NOT_FOUND", $"{street}/ledger/accounts/resident-aaaaaaaaaaaaaaaa");
        await pool.Ledgers.EraseResidentAsync(new() { Resident = elder, RequestId = NewId() });
        await Refused(StatusCode.NotFound, "ACCOUNT_NOT_FOUND", account);

        async Task Refused(StatusCode code, string reason, string payer)
        {
            var demand = pool.NewDemand();
            demand.Payer = payer;
            await pool.Refuses(code, reason, "demand.payer", async headers => await pool.Demands.PostDemandAsync(new() { Parent = Community(street), Demand = demand, RequestId = NewId() }, headers));
            await pool.Refuses(code, reason, "series.each.payer", async headers => await pool.Series.CreateSeriesAsync(
                new() { Parent = Community(street), Series = new() { Each = demand, Rule = "FREQ=DAILY" }, RequestId = NewId() }, headers));
        }
    }

    /// <summary>A street of its own, and a resident who has something.</summary>
    private async Task<(string Street, string Resident, string Account)> Resident(string code, Unit unit, long amount)
    {
        var street = await _life.Street(code);
        var elder = $"{Community(street)}/residents/grandma-wang";
        await pool.Transfers.CreateTransferAsync(Order(street, EntryKind.Grant, $"{Community(street)}/fund", elder, amount, unit));
        return (street, elder, (await Account(elder)).Name);
    }

    private async Task<Account> Account(string resident) => await pool.Ledgers.GetResidentAccountAsync(new() { Resident = resident });
}
