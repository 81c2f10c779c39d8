using CsCheck;
using Pool.Actors;
using Pool.Ledgers;
using Pool.Offers;
using Pool.Treaties;
using Pool.Values;
using Xunit;
using static Pool.Rules.Tests.SomeLedger;

namespace Pool.Rules.Tests;

/// <summary>What was settled and turns out wrong: a counter-entry, and the right entry after it.</summary>
public sealed class CorrectionRulesTests
{
    private static readonly Payment Credits = Payment(FeeMode.TimeCredit);

    private static readonly Payment Unpaid = Payment(FeeMode.Volunteer);

    [Fact]
    public void The_wrong_entry_is_undone_by_its_opposite_and_the_right_one_follows()
    {
        var kept = Settled(Ledger.Empty);

        var (decision, entry) = kept.Correct(Credits, minutes: 90, correction: 1, wrong: 1);

        Assert.Equal("+EntryPosted+EntryPosted", decision.Told());
        Assert.Equal((3L, 3L), (entry, kept.Ledger.Log.Size));
        Assert.Equal(new Dictionary<string, long> { [$"{HomeFund} TimeCredit"] = -360, [$"{Partner} TimeCredit"] = 360 }, kept.Ledger.Posted());
        var (reversal, right) = (((EntryPosted)decision.Events[0]).Entry, ((EntryPosted)decision.Events[1]).Entry);
        Assert.Equal((EntryKind.Reversal, 1L, 60L), (reversal.Kind, reversal.Reverses, reversal.Service!.Minutes.Value));
        Assert.Equal((EntryKind.Settlement, null, 90L), (right.Kind, right.Reverses, right.Service!.Minutes.Value));
        Assert.Equal("-", kept.Correct(Credits, minutes: 90, correction: 1, wrong: 1).Decision.Told());
    }

    [Fact]
    public void The_price_is_the_one_of_before_whatever_the_rates_are_now()
    {
        var kept = Settled(Ledger.Empty);
        kept.Take(RateRules.SetRates(kept.Ledger, new(null, "17", [new(Some.Skill, 1, 900)], null, null), null, Here));

        kept.Correct(Credits, minutes: 30, correction: 1, wrong: 1);

        Assert.Equal(120, kept.Ledger.Economy.Of(Partner, Unit.TimeCredit).Posted);
    }

    [Fact]
    public void Who_has_spent_what_is_taken_back_is_in_debt_and_can_spend_nothing_until_it_is_made_good()
    {
        var kept = Settled(Ledger.Empty);
        var (elder, gift) = (AccountId.OfResident(Pseudonym.Parse("bbbbbbbbbbbbbbbb")), TransferId.OfOrder(Some.Demand.Value));
        kept.Take(TransferRules.Transfer(kept.Ledger, gift, new(EntryKind.GiftInNeed, Partner, elder, Unit.TimeCredit, 200), Here));

        kept.Correct(Credits, minutes: 0, correction: 1, wrong: 1);

        Assert.Equal(new Dictionary<string, long> { [$"{Partner} TimeCredit"] = -200, [$"{elder} TimeCredit"] = 200 }, kept.Ledger.Posted());
        Assert.Equal(-200, kept.Ledger.CoverOf(Partner, Unit.TimeCredit));
    }

    [Fact]
    public void What_the_fund_has_not_got_the_street_pays_of_the_right_entry()
    {
        var kept = Settled(Trusting(fundCredits: 250));

        kept.Correct(Credits, minutes: 90, correction: 1, wrong: 1);

        Assert.Equal(new Dictionary<string, long> { [$"{HomeFund} TimeCredit"] = -250, [$"{Partner} TimeCredit"] = 360, ["street TimeCredit"] = -110 }, kept.Ledger.Posted());
    }

    [Fact]
    public void Unpaid_minutes_are_corrected_in_the_service_record()
    {
        var kept = Recorded();

        var (decision, entry) = kept.Correct(Unpaid, minutes: 25, correction: 1, wrong: 1);

        Assert.Equal("+ServiceEntryRecorded+ServiceEntryRecorded", decision.Told());
        Assert.Equal((3L, 25L, 25L), (entry, kept.Ledger.Service.Given[Earner].Value, kept.Ledger.Service.Received[Some.Home].Value));
        Assert.Empty(kept.Ledger.Economy.Balances);
    }

    [Fact]
    public void The_texts_of_corrections_are_permanent()
    {
        var events = Settled(Ledger.Empty).Correct(Credits, 90, 1, 1).Decision.Events.AddRange(Recorded().Correct(Unpaid, 25, 2, 1).Decision.Events);

        ApprovedFile.Match("corrections.txt", string.Join('\n', events.Select(happened => happened is EntryPosted posted ? EntryText.Of(Some.Street, posted) : EntryText.Of(Some.Street, (ServiceEntryRecorded)happened))));
    }

    [Fact]
    public void However_often_it_is_corrected_the_books_say_what_is_right_at_last() => Gen.Select(Gen.Int[0, 600].Array[1, 8], Gen.Bool).Sample((rights, unpaid) =>
    {
        var (kept, wrong) = (unpaid ? Recorded() : Settled(Ledger.Empty), 1L);
        foreach (var (i, right) in rights.Index())
        {
            wrong = kept.Correct(unpaid ? Unpaid : Credits, right, i + 1, wrong).Entry;
            Assert.Equal(0, kept.Ledger.Sum(Unit.TimeCredit));
        }

        Assert.Equal((rights[^1], 0L), (unpaid ? kept.Ledger.Service.Given[Earner].Value : kept.Ledger.Economy.Of(Partner, Unit.TimeCredit).Posted / 4, kept.Ledger.Held()));
    });

    [Fact]
    public void A_partners_hours_are_corrected_in_the_quarter_in_which_they_were_counted_once_for_each_correction()
    {
        var correction = new Partners.ServiceCorrection(new(Some.Demand, 1), 1, 20264, new(120), new(90));
        var partner = Partners.Partner.Empty with { Served = Partners.Partner.Empty.Served.Add(20264, new(300)).Add(20271, new(60)) };

        var decision = Partners.PartnerRules.CorrectService(partner, correction, Some.Now);
        var corrected = decision.Events.Aggregate(partner, (state, next) => state.Evolve(next));

        Assert.Equal((270L, 60L, partner.Revision + 1), (corrected.Served[20264].Value, corrected.Served[20271].Value, corrected.Revision));
        Assert.True(Partners.PartnerRules.CorrectService(corrected, correction, Some.Now).Events.IsEmpty);
        Assert.False(Partners.PartnerRules.CorrectService(corrected, correction with { Number = 2, Before = new(90) }, Some.Now).Events.IsEmpty);
    }

    [Fact]
    public void A_service_that_was_confirmed_at_a_quarters_end_and_counted_after_it_is_corrected_where_it_was_counted()
    {
        var correction = new Partners.ServiceCorrection(new(Some.Demand, 1), 1, Quarter.Of(Some.Now) - 1, new(120), new(90));
        var partner = Partners.Partner.Empty with { Calendar = Partners.Calendar.Empty.End(correction.Hold, Some.Now) };

        var corrected = Assert.IsType<Partners.ServiceCorrected>(Assert.Single(Partners.PartnerRules.CorrectService(partner, correction, Some.Now).Events));

        Assert.Equal(Quarter.Of(Some.Now), corrected.Correction.Quarter);
    }

    [Fact]
    public void Where_one_partner_pays_another_the_one_who_served_earns_what_is_right()
    {
        var payer = Pseudonym.Parse("cccccccccccccccc");
        var bought = Credits with { Payer = AccountId.OfPartner(payer) };
        var ledger = Ledger.Empty.After(TransferRules.Transfer(Ledger.Empty, TransferId.OfOrder(Guid.NewGuid()), new(EntryKind.Grant, HomeFund, bought.Payer.Value, Unit.TimeCredit, 1_000), Here));
        var kept = new Kept(ledger.Held(bought, Here));
        kept.Take(LedgerRules.Post(kept.Ledger, bought, Earner, Weight, Here).Decision);
        var (number, settled) = kept.Last;
        Assert.Equal(Earner, settled.Earner);

        kept.Correct(bought, minutes: 90, correction: 1, wrong: number, earner: settled.Earner);

        Assert.Equal((640L, 360L), (kept.Ledger.Economy.Of(bought.Payer.Value, Unit.TimeCredit).Posted, kept.Ledger.Economy.Of(Partner, Unit.TimeCredit).Posted));
    }

    [Fact]
    public void Where_nobody_knows_any_more_whose_account_it_is_the_fund_of_its_home_earns()
    {
        var kept = new Kept(Ledger.Empty);
        kept.Take(LedgerRules.Post(Ledger.Empty, Credits with { Each = new(0) }, Earner, Weight, Here).Decision);

        var (decision, _) = kept.Correct(Credits, minutes: 30, correction: 1, wrong: 1, earner: null);

        Assert.Equal("+EntryPosted+EntryPosted", decision.Told());
        Assert.Equal(new Dictionary<string, long> { [$"{HomeFund} TimeCredit"] = -120, [$"{AccountId.OfFund(Some.Neighbour)} TimeCredit"] = 120 }, kept.Ledger.Posted());
    }

    [Fact]
    public void What_was_lent_is_corrected_in_the_quarter_in_which_it_was_lent()
    {
        var loan = new LoanId(new(Some.Demand, 1), Some.Partner);
        var book = LoanBook.Empty with { Served = LoanBook.Empty.Served.Add((Some.OtherStreet.Text, 20264), new(120)) };
        var street = SomeStreet.Of(SomeStreet.Profile(Some.Street, Some.OtherStreet), SomeStreet.Index([], [])) with { Loans = book };

        var decision = TreatyRules.Correct(street, Some.OtherStreet, loan, new(loan.Hold, 1, 20264, new(120), new(150)), Some.Now);
        var corrected = decision.Events.Aggregate(street, (state, next) => state.Evolve(next));

        Assert.Equal(150, corrected.Loans.ServedIn(Some.OtherStreet, 20264).Value);
        Assert.True(TreatyRules.Correct(corrected, Some.OtherStreet, loan, new(loan.Hold, 1, 20264, new(120), new(150)), Some.Now).Events.IsEmpty);
    }

    private static Kept Settled(Ledger ledger)
    {
        var kept = new Kept(ledger.Held(Credits, Here));
        kept.Take(LedgerRules.Post(kept.Ledger, Credits, Earner, Weight, Here).Decision);
        return kept;
    }

    private static Kept Recorded()
    {
        var kept = new Kept(Ledger.Empty);
        kept.Take(LedgerRules.Record(Ledger.Empty, Unpaid, Earner, Here).Decision);
        return kept;
    }

    /// <summary>A ledger, and its entries as the views keep them.</summary>
    private sealed class Kept(Ledger ledger)
    {
        private readonly Dictionary<long, ListedEntry> _entries = [];

        public Ledger Ledger { get; private set; } = ledger;

        public (long Number, ListedEntry Entry) Last => (_entries.Keys.Max(), _entries[_entries.Keys.Max()]);

        public void Take(Decision<LedgerEvent> decision)
        {
            Ledger = Ledger.After(decision);
            foreach (var happened in decision.Events)
            {
                var entry = happened switch
                {
                    EntryPosted posted => new ListedEntry(Some.Street, posted.Number, posted.At, posted.Entry, null, []),
                    ServiceEntryRecorded recorded => new ListedEntry(Some.Street, recorded.Number, recorded.At, null, recorded.Entry, []),
                    _ => null,
                };
                if (entry is not null)
                {
                    _entries[entry.Number] = entry;
                }
            }
        }

        /// <summary>Says what is right; gives the entry that stands then.</summary>
        public (Decision<LedgerEvent> Decision, long Entry) Correct(Payment payment, int minutes, int correction, long wrong) => Correct(payment, minutes, correction, wrong, Earner);

        public (Decision<LedgerEvent> Decision, long Entry) Correct(Payment payment, int minutes, int correction, long wrong, Pseudonym? earner)
        {
            var (decision, entry) = LedgerRules.Correct(Ledger, payment with { Transfer = new(Some.Demand, 1, correction), Each = new(minutes) }, _entries[wrong], earner, Here);
            Take(decision);
            return (decision, entry.Number);
        }
    }
}
