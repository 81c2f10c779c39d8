using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.LedgerLife;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>How demands are paid, in each fee mode, at home and between streets, as clerks see it in ledgers.</summary>
public sealed class LedgerTests(TestPool pool) : IClassFixture<TestPool>
{
    private static readonly LedgerPolicy Usual = new() { MostCreditsMinutes = 90_000, FundCreditsMinutes = 60_000, FundMoneyFen = 1_000_000, PeerCreditsMinutes = 60_000, PeerMoneyFen = 1_000_000, MostGiftsMinutes = 6_000, StreetCreditsMinutes = 600_000, StreetMoneyFen = 10_000_000, WarnPercent = 80 };

    private readonly LedgerLife _life = new(pool);

    [Fact]
    public async Task A_street_has_a_ledger_before_its_first_entry()
    {
        var street = await _life.Street("330109811");

        var ledger = await _life.Ledger(street);

        Assert.Equal((Usual, 0L, "0", ""), (ledger.Policy, ledger.Entries, ledger.Etag, ledger.VerifierKey));
        Assert.All(ledger.Totals, total => Assert.Equal(0, total.Sum));
        await pool.Refuses(StatusCode.NotFound, "STREET_NOT_FOUND", null, headers => pool.Ledgers.GetLedgerAsync(new() { Name = "streets/330109999/ledger" }, headers).ResponseAsync);
        await pool.Refuses(StatusCode.InvalidArgument, "NAME_INVALID", "name", headers => pool.Ledgers.GetLedgerAsync(new() { Name = street }, headers).ResponseAsync);
    }

    [Fact]
    public async Task Time_credits_are_held_from_the_acceptance_on_and_posted_by_the_confirmed_minutes()
    {
        var (street, partner, demand) = await _life.Booked("330109812", FeeMode.TimeCredit);
        Assert.Equal((0, 60, 60_000 - 60), Of(await _life.Fund(street), Unit.TimeCreditMinutes, balance => (balance.Posted, balance.Outgoing, balance.Available)));
        Assert.Equal((0, 60), Of(await _life.Account(partner), Unit.TimeCreditMinutes, balance => (balance.Posted, balance.Incoming)));

        var settled = await _life.Serve(demand, minutes: 75);

        var entry = Assert.Single(settled.Proposals[0].Assignment.Entries);
        Assert.Equal($"{street}/ledger/entries/1", entry);
        Assert.Equal((-75, 0), Of(await _life.Fund(street), Unit.TimeCreditMinutes, balance => (balance.Posted, balance.Outgoing)));
        Assert.Equal((75, 0), Of(await _life.Account(partner), Unit.TimeCreditMinutes, balance => (balance.Posted, balance.Incoming)));
        var total = (await _life.Ledger(street)).Totals.Single(total => total.Unit == Unit.TimeCreditMinutes);
        Assert.Equal((0, 75, -75, 0), (total.Sum, total.Partners, total.Funds, total.Held));
    }

    [Fact]
    public async Task A_low_fee_goes_to_the_partner_and_its_communitys_fund()
    {
        var (street, partner, demand) = await _life.Booked("330109813", FeeMode.LowFee);

        await _life.Serve(demand, minutes: 60);

        Assert.Equal(2_700, Of(await _life.Account(partner), Unit.CnyFen, balance => balance.Posted));
        Assert.Equal(-2_700, Of(await _life.Fund(street), Unit.CnyFen, balance => balance.Posted));
    }

    [Fact]
    public async Task Unpaid_minutes_are_in_the_service_record_and_in_no_balance()
    {
        var (street, partner, demand) = await _life.Booked("330109814", FeeMode.Volunteer);

        await _life.Serve(demand, minutes: 60);

        var account = await _life.Account(partner);
        Assert.Equal((60, 0), (account.ServiceMinutes, account.Balances.Count));
        var ledger = await _life.Ledger(street);
        Assert.Equal((1, 60), (ledger.Entries, ledger.ServiceMinutes));
        Assert.Equal(account, await pool.Ledgers.GetAccountAsync(new() { Name = account.Name }));
    }

    [Fact]
    public async Task Between_streets_each_ledger_says_the_same_of_the_debt()
    {
        var borrower = await Borrower.Of(pool, "330109820");
        var skill = await _life.Skill("330109820", FeeMode.TimeCredit, Far);
        var booked = await _life.Accepted(pool.NewDemand(reach: 2, skill: $"skills/{skill}"), borrower.Community);

        var settled = await _life.Serve(booked, minutes: 60);

        Assert.Equal([$"{borrower.Street}/ledger/entries/1", $"{Xintang}/ledger/entries/"], settled.Proposals[0].Assignment.Entries.Select((entry, at) => at == 0 ? entry : entry[..(entry.LastIndexOf('/') + 1)]));
        Assert.Equal(60, Of(await pool.Ledgers.GetAccountAsync(new() { Name = $"{borrower.Street}/ledger/accounts/mirror-{Xintang[^9..]}" }), Unit.TimeCreditMinutes, balance => balance.Posted));
        Assert.Equal(-60, Of(await pool.Ledgers.GetAccountAsync(new() { Name = $"{Xintang}/ledger/accounts/mirror-{borrower.Street[^9..]}" }), Unit.TimeCreditMinutes, balance => balance.Posted));
        Assert.Equal(60, Of(await _life.Account(settled.Proposals[0].Partner), Unit.TimeCreditMinutes, balance => balance.Posted));
    }

    [Fact]
    public async Task Who_cannot_be_paid_is_not_asked_and_the_explanation_says_why()
    {
        var street = await _life.Street("330109815");
        await _life.SetPolicy(street, new(Usual) { FundCreditsMinutes = 59 });
        var skill = await _life.Skill("330109815", FeeMode.TimeCredit, Community(street));

        var waiting = await pool.Until(await pool.Post(pool.NewDemand(skill: $"skills/{skill}"), Community(street)), now => now.RetryTime is not null);

        Assert.Empty(waiting.Proposals);
        var explained = await pool.Demands.ExplainDemandAsync(new() { Name = waiting.Name });
        var candidate = Assert.Single(explained.Searches[0].Streets[0].Candidates);
        Assert.Equal((CandidateReason.NoCover, "付款账户余额不足以支付该服务"), (candidate.Reason, candidate.Text));
    }

    [Fact]
    public async Task Of_two_who_accept_what_only_one_can_be_paid_for_the_second_is_released()
    {
        var street = await _life.Street("330109816");
        await _life.SetPolicy(street, new(Usual) { FundCreditsMinutes = 60 });
        var skill = await _life.Skill("330109816", FeeMode.TimeCredit, Community(street), partners: 2);
        var demands = new List<Demand>();
        for (var i = 0; i < 2; i++)
        {
            demands.Add(await pool.Until(await pool.Post(pool.NewDemand(skill: $"skills/{skill}"), Community(street)), now => now.Proposals.Count == 1));
        }

        await _life.Accept(demands[0]);
        await pool.Until(demands[0], IsBooked);
        await _life.Accept(demands[1]);

        var released = await pool.Until(demands[1], now => now.Proposals is [{ Assignment.State: AssignmentState.Released }, ..]);
        Assert.Equal(ReleaseReason.NotCovered, released.Proposals[0].Assignment.ReleaseReason);
        Assert.Equal(60, Of(await _life.Fund(street), Unit.TimeCreditMinutes, balance => balance.Outgoing));
    }

    [Fact]
    public async Task A_team_is_asked_for_as_many_as_can_be_paid()
    {
        var street = await _life.Street("330109821");
        await _life.SetPolicy(street, new(Usual) { FundCreditsMinutes = 150 });
        await pool.AddSkill("paid-330109821");
        await pool.AddPartner(Community(street), "paid-330109821", "skills/paid-330109821", capacity: 10, feeMode: FeeMode.TimeCredit);

        var proposed = await pool.Until(await pool.Post(pool.NewDemand(seats: 5, skill: "skills/paid-330109821"), Community(street)), now => now.Proposals.Count == 1);

        Assert.Equal(2, proposed.Proposals[0].People);
    }

    [Fact]
    public async Task What_the_payers_street_has_held_is_free_again_when_the_earners_refuses()
    {
        // An hour each: the partner may have one, and accepts two that were asked for at the same time.
        var borrower = await Borrower.Of(pool, "330109822");
        await _life.SetPolicy(Xintang, new(Usual) { PeerCreditsMinutes = 60 });
        await pool.AddSkill("paid-330109822");
        await pool.AddPartner(Far, "paid-330109822", "skills/paid-330109822", capacity: 2, feeMode: FeeMode.TimeCredit);
        var demands = new List<Demand>();
        for (var i = 0; i < 2; i++)
        {
            demands.Add(await pool.Until(await pool.Post(pool.NewDemand(reach: 2, skill: "skills/paid-330109822"), borrower.Community), now => now.Proposals.Count == 1));
        }

        await _life.Accept(demands[0]);
        await pool.Recorded($"demand/{demands[0].Name[^36..]}", "demand.assignment-booked");
        await _life.Accept(demands[1]);
        await pool.Recorded($"demand/{demands[1].Name[^36..]}", "demand.hold-returned");

        var released = await pool.Demands.GetDemandAsync(new() { Name = demands[1].Name });
        Assert.Equal(ReleaseReason.NotCovered, released.Proposals[0].Assignment.ReleaseReason);
        Assert.Equal(60, Of(await _life.Fund(borrower.Street), Unit.TimeCreditMinutes, balance => balance.Outgoing));
        await _life.SetPolicy(Xintang, Usual);
    }

    [Fact]
    public async Task What_is_cancelled_is_paid_by_nobody()
    {
        var (street, partner, demand) = await _life.Booked("330109817", FeeMode.LowFee);

        await pool.Demands.CancelDemandAsync(new() { Name = demand.Name, Community = Community(street), RequestId = NewId() });
        await pool.Recorded($"demand/{demand.Name[^36..]}", "demand.hold-returned");

        Assert.Equal((0, 0, 1_000_000), Of(await _life.Fund(street), Unit.CnyFen, balance => (balance.Posted, balance.Outgoing, balance.Available)));
        Assert.Equal((0, 0), Of(await _life.Account(partner), Unit.CnyFen, balance => (balance.Posted, balance.Incoming)));
    }

    [Fact]
    public async Task Rates_that_a_street_decides_hold_for_what_is_accepted_from_then_on()
    {
        var street = await _life.Street("330109818");
        var skill = await _life.Skill("330109818", FeeMode.TimeCredit, Community(street));
        var earlier = await _life.Accepted(pool.NewDemand(skill: $"skills/{skill}"), Community(street));
        var rates = new Rates { Decision = "北干办〔2026〕17号", Rates_ = { new Rate { Skill = $"skills/{skill}", Percent = 250 } }, FeePerHourFen = 2_000, FundSharePercent = 20 };

        var decided = await pool.Ledgers.SetRatesAsync(new() { Name = $"{street}/ledger", Rates = rates, RequestId = NewId() });

        Assert.Equal((1, "北干办〔2026〕17号", 250, 1), (decided.Rates[0].Number, decided.Rates[0].Decision, decided.Rates[0].Rates_[0].Percent, decided.Rates[0].Rates_[0].Level));
        await _life.Serve(earlier, minutes: 60);
        Assert.Equal(60, Of(await _life.Account(earlier.Proposals[0].Partner), Unit.TimeCreditMinutes, balance => balance.Posted));
        await _life.Serve(await _life.Accepted(pool.NewDemand(skill: $"skills/{skill}"), Community(street)), minutes: 60);
        Assert.Equal(60 + 150, Of(await _life.Account(earlier.Proposals[0].Partner), Unit.TimeCreditMinutes, balance => balance.Posted));
    }

    [Fact]
    public async Task A_policy_and_rates_that_make_no_sense_are_refused()
    {
        var name = $"{await _life.Street("330109819")}/ledger";
        var rates = new Rates { Decision = "17", FeePerHourFen = 2_000 };

        await pool.Refuses(StatusCode.InvalidArgument, "FIELD_REQUIRED", "policy", headers => pool.Ledgers.SetLedgerPolicyAsync(new() { Name = name, RequestId = NewId() }, headers).ResponseAsync);
        await pool.Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "policy.fund_money_fen", headers => pool.Ledgers.SetLedgerPolicyAsync(
            new() { Name = name, Policy = new(Usual) { FundMoneyFen = -1 }, RequestId = NewId() }, headers).ResponseAsync);
        // Nothing has happened yet, and an etag says otherwise.
        await pool.Refuses(StatusCode.Aborted, "ETAG_MISMATCH", "etag", headers => pool.Ledgers.SetLedgerPolicyAsync(new() { Name = name, Policy = Usual, Etag = "7", RequestId = NewId() }, headers).ResponseAsync);
        await pool.Refuses(StatusCode.InvalidArgument, "FIELD_REQUIRED", "rates", headers => pool.Ledgers.SetRatesAsync(new() { Name = name, RequestId = NewId() }, headers).ResponseAsync);
        await Refuses(rates => rates.Decision = "", "FIELD_REQUIRED", "rates.decision");
        await Refuses(rates => rates.FundSharePercent = 101, "VALUE_OUT_OF_RANGE", "rates.fund_share_percent");
        await Refuses(rates => rates.Rates_.Add(new Rate { Skill = "skills/elder-care", Percent = 9 }), "VALUE_OUT_OF_RANGE", "rates.rates.percent");
        await Refuses(rates => rates.Rates_.Add(new Rate { Skill = "elder-care", Percent = 100 }), "NAME_INVALID", "rates.rates.skill");
        await Refuses(rates => rates.Rates_.Add(new Rate { Skill = "skills/alchemy", Percent = 100 }), "SKILL_NOT_FOUND", "rates.rates.skill", StatusCode.NotFound);

        Task Refuses(Action<Rates> spoil, string reason, string field, StatusCode status = StatusCode.InvalidArgument)
        {
            var spoilt = rates.Clone();
            spoil(spoilt);
            return pool.Refuses(status, reason, field, headers => pool.Ledgers.SetRatesAsync(new() { Name = name, Rates = spoilt, RequestId = NewId() }, headers).ResponseAsync);
        }
    }
}
