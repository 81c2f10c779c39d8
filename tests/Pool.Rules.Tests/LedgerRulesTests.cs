using Pool.Actors;
using Pool.Ledgers;
using Pool.Matching;
using Pool.Offers;
using Pool.Values;
using Xunit;
using static Pool.Rules.Tests.SomeLedger;

namespace Pool.Rules.Tests;

public sealed class LedgerRulesTests
{
    private static readonly Payment Credits = Payment(FeeMode.TimeCredit);

    private static readonly Payment Money = Payment(FeeMode.LowFee);

    private static readonly Payment Lent = Payment(FeeMode.TimeCredit, Some.Abroad);

    [Fact]
    public void The_first_decision_opens_the_ledger() =>
        Assert.Equal("+LedgerOpened+TransferHeld", LedgerRules.Hold(Ledger.Empty, Credits, Earner, Weight, Here).Decision.Told());

    [Fact]
    public void An_hour_of_a_lawyer_takes_four_from_the_fund_and_gives_them_to_the_partner()
    {
        var ledger = Ledger.Empty.Held(Credits, Here).Posted(Credits, Here);

        Assert.Equal(new Dictionary<string, long> { [$"{HomeFund} TimeCredit"] = -240, [$"{Partner} TimeCredit"] = 240 }, ledger.Posted());
        Assert.Equal(0, ledger.Held());
        Assert.Equal(1, ledger.Log.Size);
    }

    [Fact]
    public void A_low_fee_is_shared_with_the_fund_of_the_partners_community()
    {
        var ledger = Ledger.Empty.Held(Money, Here).Posted(Money, Here);

        Assert.Equal(
            new Dictionary<string, long> { [$"{HomeFund} Cny"] = -3_000, [$"{Partner} Cny"] = 2_700, [$"{AccountId.OfFund(Some.Neighbour)} Cny"] = 300 }, ledger.Posted());
    }

    [Fact]
    public void A_share_for_the_fund_that_pays_is_not_taken_from_it()
    {
        var own = Payment(FeeMode.LowFee, Some.Home);

        Assert.Equal(new Dictionary<string, long> { [$"{HomeFund} Cny"] = -2_700, [$"{Partner} Cny"] = 2_700 }, Ledger.Empty.Held(own, Here).Posted(own, Here).Posted());
    }

    [Fact]
    public void Unpaid_minutes_are_in_the_service_record_and_nowhere_else()
    {
        var ledger = Ledger.Empty.After(LedgerRules.Record(Ledger.Empty, Payment(FeeMode.Volunteer), Earner, Here).Decision);

        Assert.Equal(Some.Hour, ledger.Service.Given[Earner]);
        Assert.Equal(Some.Hour, ledger.Service.Received[Some.Home]);
        Assert.Empty(ledger.Economy.Balances);
        Assert.Equal(1, ledger.Log.Size);
    }

    [Fact]
    public void What_is_held_can_be_held_by_nobody_else_and_is_free_when_it_is_released()
    {
        var ledger = Trusting(fundCredits: 300).Held(Credits, Here);
        var next = Credits with { Transfer = new TransferId(Some.Demand, 2) };

        Assert.Equal(CandidateReason.NoCover, LedgerRules.Hold(ledger, next, Earner, Weight, Here).Cover.Reason);

        Assert.Equal(0, ledger.Released(Credits, Here).Held(next, Here).Released(next, Here).Held());
    }

    [Theory]
    [InlineData(240, null)]
    [InlineData(239, CandidateReason.NoCover)]
    [InlineData(0, CandidateReason.NoCover)]
    public void A_fund_pays_as_far_as_its_credit_goes(long credit, CandidateReason? refused) =>
        Assert.Equal(refused, LedgerRules.Hold(Trusting(credit), Credits, Earner, Weight, Here).Cover.Reason);

    [Theory]
    [InlineData(480, null)]
    [InlineData(479, CandidateReason.AccountFull)]
    public void A_partner_gathers_credits_up_to_the_limit_those_to_come_included(long most, CandidateReason? refused) => Assert.Equal(
        refused,
        LedgerRules.Hold(Trusting(60_000, mostCredits: most).Held(Credits, Here), Credits with { Transfer = new TransferId(Some.Demand, 2) }, Earner, Weight, Here).Cover.Reason);

    [Theory]
    [InlineData(1_000, 4)]
    [InlineData(960, 4)]
    [InlineData(719, 2)]
    [InlineData(240, 1)]
    public void As_many_people_are_asked_as_can_be_paid(long credit, int people) =>
        Assert.Equal((people, (CandidateReason?)null), Would(Trusting(credit), Credits with { People = 4 }));

    [Fact]
    public void Where_nobody_can_be_paid_nobody_is_asked() => Assert.Equal((0, CandidateReason.NoCover), Would(Trusting(239), Credits with { People = 1_000 }));

    [Fact]
    public void Who_takes_seats_over_is_paid_from_what_was_held_for_them()
    {
        var (ledger, successor) = (Trusting(240).Held(Credits, Here), Credits with { Transfer = new(Some.Demand, 2) });

        Assert.Equal((0, CandidateReason.NoCover), Would(ledger, successor));
        Assert.Equal((1, (CandidateReason?)null), Would(ledger, successor with { Replaces = Credits.Transfer }));
    }

    [Fact]
    public void What_costs_nothing_needs_no_cover()
    {
        var indebted = Trusting(240).Held(Credits, Here);
        indebted = indebted.After(LedgerRules.SetPolicy(indebted, new(new(0), new(0), new(0), new(0), new(0)), null, Here));

        Assert.Null(indebted.Refusal(Credits with { Transfer = new(Some.Demand, 2), Each = Minutes.Zero }, Here));
    }

    [Fact]
    public void What_was_released_is_never_settled()
    {
        var released = Ledger.Empty.Released(Credits, Here);

        Assert.Throws<InvalidOperationException>(() => released.Posted(Credits, Here));
        Assert.Throws<InvalidOperationException>(() => LedgerRules.Record(released, Credits, Earner, Here));
    }

    [Fact]
    public void What_is_settled_is_what_was_held_whatever_the_demand_asks_for_by_then()
    {
        var (decision, _) = LedgerRules.Post(Ledger.Empty.Held(Credits, Here), Credits with { Level = 1, Each = new(90) }, Earner, 100, Here);

        var service = Assert.IsType<EntryPosted>(Assert.Single(decision.Events)).Entry.Service!;
        Assert.Equal((2, 90, Weight), (service.Level, service.Minutes.Value, service.Price.Percent));
    }

    [Fact]
    public void Money_has_no_limit_for_partners() => Assert.Null(LedgerRules.Hold(Trusting(60_000, mostCredits: 0), Money, Earner, Weight, Here).Cover.Reason);

    [Theory]
    [InlineData(240, null)]
    [InlineData(239, CandidateReason.StreetOwesTooMuch)]
    public void A_street_owes_another_no_more_than_it_is_trusted_with(long trust, CandidateReason? refused) =>
        Assert.Equal(refused, LedgerRules.Hold(Trusting(0, peerCredits: trust), Lent, Earner, Weight, There).Cover.Reason);

    [Fact]
    public void Across_streets_each_ledger_has_the_other_as_its_mirror()
    {
        var here = Ledger.Empty.Held(Lent, Here).Posted(Lent, Here);
        var there = Ledger.Empty.Held(Lent with { Price = here.EndOf(Lent.Transfer)!.Value.Price }, There);
        there = there.Posted(Lent, There);

        Assert.Equal(new Dictionary<string, long> { [$"{HomeFund} TimeCredit"] = -240, [$"{AccountId.OfMirror(Some.OtherStreet)} TimeCredit"] = 240 }, here.Posted());
        Assert.Equal(new Dictionary<string, long> { [$"{Partner} TimeCredit"] = 240, [$"{AccountId.OfMirror(Some.Street)} TimeCredit"] = -240 }, there.Posted());
    }

    [Fact]
    public void The_price_is_that_of_the_acceptance_whatever_the_rates_are_by_then()
    {
        var held = Ledger.Empty.Held(Credits, Here);
        var dearer = held.After(RateRules.SetRates(held, Rates(percent: 900), null, Here));

        Assert.Equal(240, dearer.Posted(Credits, Here).Posted()[$"{Partner} TimeCredit"]);
        Assert.Equal(540, dearer.Released(Credits, Here).Posted(Credits with { Transfer = new TransferId(Some.Demand, 2) }, Here).Posted()[$"{Partner} TimeCredit"]);
    }

    [Fact]
    public void A_version_that_was_decided_ahead_comes_whatever_is_decided_before_its_day()
    {
        var ledger = Ledger.Empty.After(RateRules.SetRates(Ledger.Empty, Rates(150) with { EffectiveFrom = Some.Now.AddDays(30) }, null, Here));
        ledger = ledger.After(RateRules.SetRates(ledger, Rates(120) with { FeePerHour = null, FundSharePercent = null }, null, Here));

        Assert.Equal((2, 3_000, 10), ledger.Rates.At(Some.Now) is var now ? (now.Number, now.FeePerHour.Value, now.FundSharePercent) : default);
        Assert.Equal(1, ledger.Rates.At(Some.Now.AddDays(30)).Number);
    }

    [Fact]
    public void A_version_is_in_force_from_its_date_on_and_a_level_has_the_rate_of_the_highest_below()
    {
        var terms = Rates(percent: 150) with { EffectiveFrom = Some.Now.AddDays(1), Rates = [new(Some.Skill, 1, 150), new(Some.Skill, 3, 500)] };
        var ledger = Ledger.Empty.After(RateRules.SetRates(Ledger.Empty, terms, null, Here));

        Assert.Equal((0, 400), Rate(ledger, 2, Some.Now));
        Assert.Equal((1, 150), Rate(ledger, 2, Some.Now.AddDays(1)));
        Assert.Equal((1, 500), Rate(ledger, 5, Some.Now.AddDays(1)));

        static (int Version, int Percent) Rate(Ledger ledger, int level, DateTimeOffset at) =>
            ledger.Rates.At(at).PriceOf(Some.Street, Unit.TimeCredit, Some.Skill, level, Weight) is var price ? (price.Version, price.Percent) : default;
    }

    [Fact]
    public void A_service_that_took_longer_is_paid_by_the_street_where_the_fund_has_not_enough()
    {
        var longer = Credits with { Each = new(90) };

        Assert.Equal(
            new Dictionary<string, long> { [$"{HomeFund} TimeCredit"] = -250, [$"{Partner} TimeCredit"] = 360, ["street TimeCredit"] = -110 },
            Trusting(fundCredits: 250).Held(Credits, Here).Posted(longer, Here).Posted());
    }

    [Fact]
    public void A_service_that_took_no_time_is_an_entry_of_nothing()
    {
        var ledger = Ledger.Empty.Held(Credits, Here).Posted(Credits with { Each = Minutes.Zero }, Here);

        Assert.Empty(ledger.Posted());
        Assert.Equal((0L, 1L), (ledger.Held(), ledger.Log.Size));
    }

    [Fact]
    public void An_assignment_from_before_there_were_ledgers_is_settled_at_todays_price() =>
        Assert.Equal(240, Ledger.Empty.Posted(Credits, Here).Posted()[$"{Partner} TimeCredit"]);

    [Fact]
    public void Whatever_is_asked_twice_is_done_once()
    {
        var held = Ledger.Empty.Held(Credits, Here);
        Assert.Equal("-", LedgerRules.Hold(held, Credits, Earner, Weight, Here).Decision.Told());

        var posted = held.Posted(Credits, Here);
        var (again, settlement) = LedgerRules.Post(posted, Credits, Earner, Weight, Here);
        Assert.Equal(("-", 1L, Weight), (again.Told(), settlement.Entry.Number, settlement.Price.Percent));
        Assert.Equal("-", LedgerRules.Release(posted, Credits.Transfer, Here).Told());

        var recorded = Ledger.Empty.After(LedgerRules.Record(Ledger.Empty, Payment(FeeMode.Volunteer), Earner, Here).Decision);
        Assert.Equal("-", LedgerRules.Record(recorded, Payment(FeeMode.Volunteer), Earner, Here).Decision.Told());
    }

    [Fact]
    public void A_hold_that_comes_after_its_release_is_refused()
    {
        var released = Ledger.Empty.Released(Credits, Here);

        Assert.Equal(CandidateReason.HoldEnded, LedgerRules.Hold(released, Credits, Earner, Weight, Here).Cover.Reason);
        Assert.Equal("-", LedgerRules.Release(released, Credits.Transfer, Here).Told());
    }

    [Fact]
    public void A_quarter_begins_with_all_that_is_carried_over_and_whoever_reads_on_from_there_knows_the_same()
    {
        var old = Ledger.Empty.Held(Credits, Here).Held(Lent with { Transfer = new TransferId(Some.Demand, 2) }, Here).Posted(Credits, Here);
        old = old.After(LedgerRules.Record(old, Payment(FeeMode.Volunteer, number: 3), Earner, Here).Decision);

        var (decision, _) = LedgerRules.Post(old, Lent with { Transfer = new TransferId(Some.Demand, 2) }, Earner, Weight, Keeper(Some.Street, Some.Now.AddMonths(2)));

        Assert.Equal("+PeriodOpened+EntryPosted", decision.Told());
        var (whole, late) = (old.After(decision), decision.Events.Aggregate(Ledger.Empty, (state, next) => state.Evolve(next)));
        Assert.Equal(whole.Posted(), late.Posted());
        Assert.Equal(whole.Log.Root, late.Log.Root);
        Assert.Equal(whole.Service.Given, late.Service.Given);
        Assert.Equal((20271, 0L), (late.Period, late.Held()));
        // What ended in the quarter before is remembered, and that of the one before it is not any more.
        Assert.Equal(1, whole.EndOf(Credits.Transfer)!.Value.Entry);
        Assert.True(whole.Remembers(Credits.Transfer, Credits.AcceptedAt));
        var later = whole.Evolve(whole.Carry(20272, Some.Now.AddMonths(5)));
        Assert.Null(later.EndOf(Credits.Transfer));
        Assert.False(later.Remembers(Credits.Transfer, Credits.AcceptedAt));
    }

    [Fact]
    public void A_policy_and_rates_that_make_no_sense_are_refused_each_at_its_field()
    {
        Assert.Equal(["rates.decision"], SetRates(Rates(100) with { Decision = " " })!.Fields);
        Assert.Equal(["rates.fund_share_percent"], SetRates(Rates(100) with { FundSharePercent = 101 })!.Fields);
        Assert.Equal(["rates.fee_per_hour_fen"], SetRates(Rates(100) with { FeePerHour = new(-1) })!.Fields);
        Assert.Equal(["rates.effective_time"], SetRates(Rates(100) with { EffectiveFrom = Some.Now.AddTicks(-1) })!.Fields);
        Assert.Equal(["rates.rates"], SetRates(Rates(100) with { Rates = [new(Some.Skill, 1, 100), new(Some.Skill, 1, 200)] })!.Fields);
        Assert.Equal(["rates.rates.percent"], SetRates(Rates(9))!.Fields);
        Assert.Equal(["rates.rates.level"], SetRates(Rates(100) with { Rates = [new(Some.Skill, 6, 100)] })!.Fields);
        Assert.Equal(["rates.rates.fee_per_hour_fen"], SetRates(Rates(100) with { Rates = [new(Some.Skill, 1, 100, new(100_001))] })!.Fields);
        Assert.Equal(["policy.peer_money_fen"], LedgerRules.SetPolicy(Ledger.Empty, LedgerPolicy.Default with { PeerMoney = new(-1) }, null, Here).Refusal!.Fields);
        Assert.Equal(["policy.most_credits_minutes"], LedgerRules.SetPolicy(Ledger.Empty, LedgerPolicy.Default with { MostCredits = new(Limits.MostAmount + 1) }, null, Here).Refusal!.Fields);
        Assert.Equal(RefusalReason.StreetNotFound, LedgerRules.SetPolicy(Ledger.Empty, LedgerPolicy.Default, Refusal.Of(RefusalReason.StreetNotFound), Here).Refusal!.Reason);

        static Refusal? SetRates(RateTerms terms) => RateRules.SetRates(Ledger.Empty, terms, null, Here).Refusal;
    }

    [Fact]
    public void An_entry_that_does_not_sum_to_nothing_is_impossible() => Assert.Throws<InvalidOperationException>(() =>
        EconomicBook.Empty.Post(new(EntryKind.Settlement, Credits.Transfer, [new(HomeFund, Unit.TimeCredit, -1), new(Partner, Unit.Cny, 1)])));

    [Fact]
    public void The_text_of_an_entry_is_what_it_always_was()
    {
        var (paid, unpaid) = (LedgerRules.Post(Ledger.Empty, Lent with { Each = new(67) }, Earner, Weight, Here).Decision, LedgerRules.Record(Ledger.Empty, Payment(FeeMode.Volunteer), Earner, Here).Decision);

        ApprovedFile.Match("entries.txt", $"{EntryText.Of(Some.Street, (EntryPosted)paid.Events[^1])}\n{EntryText.Of(Some.Street, (ServiceEntryRecorded)unpaid.Events[^1])}");
    }

    private static (int People, CandidateReason? Reason) Would(Ledger ledger, Payment payment) =>
        LedgerRules.WouldHold(ledger, payment, Earner, Weight, Here) is var cover ? (cover.People, cover.Reason) : default;

    private static RateTerms Rates(int percent) => new(null, "as the council decided", [new(Some.Skill, 1, percent)], new(3_000), 10);
}
