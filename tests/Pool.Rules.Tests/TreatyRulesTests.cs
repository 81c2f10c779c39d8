using Pool.Actors;
using Pool.Matching;
using Pool.Partners;
using Pool.Streets;
using Pool.Treaties;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>What <see cref="Some.Street"/> lends to <see cref="Some.OtherStreet"/>.</summary>
public sealed class TreatyRulesTests
{
    private static readonly DateTimeOffset Now = Some.Now;

    private static readonly LoanId First = new(new(Some.Demand, 1), Some.Partner);

    private static readonly LoanId Second = new(new(Some.Demand, 2), Some.Stranger);

    private static Street Opened { get; } = SomeStreet.Of(SomeStreet.Profile(Some.Street, Some.OtherStreet), OfferIndex.Empty);

    public static TheoryData<string, string> Limits() => new()
    {
        { "no treaty", "NoTreaty" },
        { "closed", "NoTreaty" },
        { "unbound", "2" },
        { "other skills", "SkillNotLent" },
        { "this skill", "2" },
        { "a quota of one hour", "1" },
        { "a quota of less", "QuotaUsed" },
        { "trust of one hour", "1" },
        { "trust of less", "TrustUsed" },
        { "approval", "AwaitsApproval" },
    };

    [Theory, MemberData(nameof(Limits))]
    public void A_street_lends_what_the_treaty_says(string treaty, string expected)
    {
        var terms = treaty switch
        {
            "other skills" => new TreatyTerms { Skills = [SkillCode.Parse("gardening")] },
            "this skill" => new() { Skills = [Some.Skill] },
            "a quota of one hour" => new() { MinutesPerQuarter = new(119) },
            "a quota of less" => new() { MinutesPerQuarter = new(59) },
            "trust of one hour" => new() { TrustLimit = new(119) },
            "trust of less" => new() { TrustLimit = new(59) },
            "approval" => new() { NeedsApproval = true },
            _ => TreatyTerms.Unbound,
        };
        var street = treaty == "no treaty" ? Opened : Opened.Lending(Some.OtherStreet, terms, open: treaty != "closed");
        var (_, clearance) = TreatyRules.Authorise(street, Ask(First, people: 2), Minutes.Zero, Now);
        Assert.Equal(expected, clearance.Reason is { } reason ? $"{reason}" : $"{clearance.People}");
    }

    [Fact]
    public void At_home_nothing_is_lent_and_only_holidays_are_closed()
    {
        var street = Opened with { Profile = Opened.Profile! with { Holidays = [new(2026, 11, 24)] } };
        var (decision, clearance) = TreatyRules.Authorise(street, Ask(First) with { Home = Some.Home }, Minutes.Zero, Now);
        Assert.Equal("-", decision.Told());
        Assert.Equal(1, clearance.People);
        Assert.Equal((true, new DateOnly(2026, 11, 24)), (clearance.Closed.HomeHours.IsEmpty, Assert.Single(clearance.Closed.Holidays)));
    }

    [Fact]
    public void What_is_under_way_and_what_was_served_count_against_the_quarter()
    {
        var street = Opened.Lending(Some.OtherStreet, new() { MinutesPerQuarter = new(180) });
        street = After(street, TreatyRules.Authorise(street, Ask(First), Minutes.Zero, Now).Decision);
        street = After(street, TreatyRules.Book(street, First, 1, Now).Decision);
        // One hour was agreed, and an hour and a half served.
        street = After(street, TreatyRules.Serve(street, First, new(90), Now));
        Assert.Equal(1, TreatyRules.Authorise(street, Ask(Second, people: 9), Minutes.Zero, Now).Clearance.People);
        street = After(street, TreatyRules.Authorise(street, Ask(Second), Minutes.Zero, Now).Decision);
        var third = new LoanId(new(Some.Demand, 3), PartnerId.Parse("p-three"));
        Assert.Equal(CandidateReason.QuotaUsed, TreatyRules.Authorise(street, Ask(third), Minutes.Zero, Now).Clearance.Reason);
        // A loan that nobody books gives its minutes back by itself, and the next quarter has minutes of its own.
        Assert.Null(TreatyRules.Authorise(street, Ask(third) with { ExpiresAt = Now.AddHours(2) }, Minutes.Zero, Now.AddMinutes(17)).Clearance.Reason);
        Assert.Null(TreatyRules.Authorise(street, Ask(third) with { ExpiresAt = Now.AddDays(50) }, Minutes.Zero, Now.AddDays(45)).Clearance.Reason);
    }

    [Fact]
    public void What_is_lent_in_return_earns_trust()
    {
        var street = Opened.Lending(Some.OtherStreet, new() { TrustLimit = new(60) });
        street = After(street, TreatyRules.Authorise(street, Ask(First), Minutes.Zero, Now).Decision);
        Assert.Equal(CandidateReason.TrustUsed, TreatyRules.Authorise(street, Ask(Second), new(59), Now).Clearance.Reason);
        Assert.Null(TreatyRules.Authorise(street, Ask(Second), new(60), Now).Clearance.Reason);
    }

    [Fact]
    public void The_same_loan_again_gets_the_same_answer_and_an_ended_one_is_not_lent_again()
    {
        var street = Opened.Lending(Some.OtherStreet);
        street = After(street, TreatyRules.Authorise(street, Ask(First, people: 3), Minutes.Zero, Now).Decision);
        var (again, clearance) = TreatyRules.Authorise(street, Ask(First, people: 9), Minutes.Zero, Now);
        Assert.Equal(("-", 3), (again.Told(), clearance.People));
        // One that came to nothing is as if it had never been, unless it was made again since.
        Assert.Equal("-", TreatyRules.Drop(street, First, Now.AddTicks(-1), Now).Told());
        var dropped = After(street, TreatyRules.Drop(street, First, Now, Now));
        Assert.Equal("+LoanAuthorised", TreatyRules.Authorise(dropped, Ask(First), Minutes.Zero, Now).Decision.Told());
        street = After(street, TreatyRules.Return(street, First, Now));
        Assert.Equal("-", TreatyRules.Return(street, First, Now).Told());
        Assert.Equal(CandidateReason.HoldEnded, TreatyRules.Authorise(street, Ask(First), Minutes.Zero, Now).Clearance.Reason);
        Assert.False(TreatyRules.Book(street, First, 1, Now).Booked);
        Assert.Equal("-", TreatyRules.Serve(street, First, Some.Hour, Now).Told());
    }

    [Fact]
    public void A_loan_is_booked_once_and_not_after_its_time()
    {
        var street = Opened.Lending(Some.OtherStreet);
        street = After(street, TreatyRules.Authorise(street, Ask(First, people: 3), Minutes.Zero, Now).Decision);
        var expires = street.Loans.Loans[First].ExpiresAt!.Value;
        Assert.Equal(Ask(First).ExpiresAt + Calendar.Grace, expires);
        Assert.False(TreatyRules.Book(street, First, 3, expires).Booked);
        street = After(street, TreatyRules.Book(street, First, 2, expires.AddTicks(-1)).Decision);
        Assert.Equal(new Minutes(120), street.Loans.UnderWay(Some.OtherStreet, null, expires.AddDays(1)));
        var (decision, booked) = TreatyRules.Book(street, First, 2, expires.AddDays(1));
        Assert.Equal(("-", true), (decision.Told(), booked));
    }

    [Fact]
    public void The_clerk_is_asked_once_and_the_answer_holds_for_this_demand_and_partner()
    {
        var street = Opened.Lending(Some.OtherStreet, new() { NeedsApproval = true });
        street = After(street, TreatyRules.Authorise(street, Ask(First), Minutes.Zero, Now).Decision);
        var (again, waits) = TreatyRules.Authorise(street, Ask(First), Minutes.Zero, Now);
        Assert.Equal(("-", CandidateReason.AwaitsApproval), (again.Told(), waits.Reason!.Value));
        Assert.Equal("LoanRequestNotFound", Answer(street, 2, approved: true));
        Assert.Equal("+LoanAnswered", Answer(street, 1, approved: true));
        var approved = After(street, TreatyRules.Answer(street, Some.Street, Some.OtherStreet, 1, true, "", Now));
        Assert.Equal("LoanRequestAnswered", Answer(approved, 1, approved: false));
        // Another hold of the same demand, for the same partner.
        Assert.Equal("+LoanAuthorised", TreatyRules.Authorise(approved, Ask(new(new(Some.Demand, 5), Some.Partner)), Minutes.Zero, Now).Decision.Told());
        // While one is asked for, no more people are than the demand wants.
        Assert.Equal("+LoanAsked", TreatyRules.Authorise(approved, Ask(Second), Minutes.Zero, Now).Decision.Told());
        Assert.Equal("-", TreatyRules.Authorise(street, Ask(Second), Minutes.Zero, Now).Decision.Told());
        Assert.Equal("+LoanAsked", TreatyRules.Authorise(street, Ask(Second, people: 2), Minutes.Zero, Now).Decision.Told());
        var declined = After(street, TreatyRules.Answer(street, Some.Street, Some.OtherStreet, 1, false, "", Now));
        Assert.Equal(CandidateReason.LoanDeclined, TreatyRules.Authorise(declined, Ask(First), Minutes.Zero, Now).Clearance.Reason);
    }

    [Fact]
    public void A_request_that_nobody_can_answer_any_more_stops_nobody()
    {
        var street = Opened.Lending(Some.OtherStreet, new() { NeedsApproval = true });
        var late = Ask(First) with { LastStart = Now.AddMinutes(5) };
        street = After(street, TreatyRules.Authorise(street, late, Minutes.Zero, Now).Decision);
        // The demand was widened: the clerk is asked again, and for others.
        var (asked, _) = TreatyRules.Authorise(street, Ask(First), Minutes.Zero, Now.AddMinutes(6));
        Assert.Equal("+LoanAsked", asked.Told());
        Assert.Equal("+LoanAsked", TreatyRules.Authorise(street, Ask(Second), Minutes.Zero, Now.AddMinutes(6)).Decision.Told());
    }

    [Fact]
    public void A_recall_closes_the_treaty_and_owes_word_to_every_demand()
    {
        var street = Opened.Lending(Some.OtherStreet);
        street = After(street, TreatyRules.Authorise(street, Ask(First), Minutes.Zero, Now).Decision);
        street = After(street, TreatyRules.Book(street, First, 1, Now).Decision);
        street = After(street, TreatyRules.Authorise(street, Ask(Second), Minutes.Zero, Now).Decision);
        Assert.Null(street.DueAt);
        street = After(street, TreatyRules.Recall(street, Some.Street, Some.OtherStreet, "a flood", Now));
        Assert.Equal(Now + Patience.ForStep, street.DueAt);
        Assert.Equal(First, TreatyRules.NextStep(street)!.Loan);
        Assert.Equal(CandidateReason.HoldEnded, TreatyRules.Authorise(street, Ask(Second), Minutes.Zero, Now).Clearance.Reason);
        Assert.False(TreatyRules.Book(street, Second, 1, Now).Booked);
        street = After(street, TreatyRules.Recalled(street, First, Now));
        Assert.Equal("-", TreatyRules.Recalled(street, First, Now).Told());
        street = After(street, TreatyRules.Return(street, Second, Now));
        Assert.Null(TreatyRules.NextStep(street));
        // A service that had begun runs to its end and is counted.
        street = After(street, TreatyRules.Serve(street, First, Some.Hour, Now));
        Assert.Equal(Some.Hour, street.Loans.ServedTo(Some.OtherStreet));
    }

    [Fact]
    public void A_treaty_keeps_its_terms_unless_others_are_given_and_lends_no_less_than_is_lent()
    {
        var terms = new TreatyTerms { MinutesPerQuarter = new(120) };
        var street = Opened.Lending(Some.OtherStreet, terms);
        Assert.Equal(terms, Set(street, null));
        Assert.Equal(TreatyTerms.Unbound, Set(Opened, null));
        street = After(street, TreatyRules.Authorise(street, Ask(First, people: 2), Minutes.Zero, Now).Decision);
        Assert.Equal("QuotaBelowLent", TreatyRules.Set(street, Some.Street, Some.OtherStreet, true, new() { MinutesPerQuarter = new(119) }, null, Now).Told());
        Assert.Equal("+TreatySet", TreatyRules.Set(street, Some.Street, Some.OtherStreet, true, new() { MinutesPerQuarter = new(120) }, null, Now).Told());
        Assert.Equal("+TreatySet", TreatyRules.Set(street, Some.Street, Some.OtherStreet, true, TreatyTerms.Unbound, null, Now).Told());
        // More was served than lent for: what is not lowered is no fault, nor is an end.
        var served = After(street, TreatyRules.Book(street, First, 2, Now).Decision);
        served = After(served, TreatyRules.Serve(served, First, new(150), Now));
        Assert.Equal("+TreatySet", TreatyRules.Set(served, Some.Street, Some.OtherStreet, false, null, null, Now).Told());
        Assert.Equal("+TreatySet", TreatyRules.Set(served, Some.Street, Some.OtherStreet, true, new() { MinutesPerQuarter = new(130) }, null, Now).Told());
        Assert.Equal("TreatyWithItself", TreatyRules.Set(street, Some.Street, Some.Street, true, null, null, Now).Told());
        Assert.Equal("ValueOutOfRange", TreatyRules.Set(street, Some.Street, Some.OtherStreet, true, new() { TrustLimit = new(-1) }, null, Now).Told());

        static TreatyTerms? Set(Street street, TreatyTerms? terms) =>
            Assert.IsType<TreatySet>(Assert.Single(TreatyRules.Set(street, Some.Street, Some.OtherStreet, true, terms, null, Now).Events)).Terms;
    }

    [Theory]
    [InlineData("none", "-", "-", "-", "-")]
    [InlineData("authorised", "+LoanBooked", "+LoanDropped", "+LoanReturned", "-")]
    [InlineData("booked", "-", "-", "+LoanReturned", "+LoanServed")]
    [InlineData("lapsed", "+LoanLapsed", "+LoanDropped", "+LoanReturned", "-")]
    [InlineData("returned", "-", "-", "-", "-")]
    [InlineData("served", "-", "-", "-", "-")]
    public void Every_state_of_a_loan_meets_every_verb(string state, string book, string drop, string giveBack, string serve)
    {
        var street = Opened.Lending(Some.OtherStreet);
        street = state == "none" ? street : After(street, TreatyRules.Authorise(street, Ask(First), Minutes.Zero, Now).Decision);
        street = state is "booked" or "served" ? After(street, TreatyRules.Book(street, First, 1, Now).Decision) : street;
        street = state == "returned" ? After(street, TreatyRules.Return(street, First, Now)) : street;
        street = state == "served" ? After(street, TreatyRules.Serve(street, First, Some.Hour, Now)) : street;
        var now = state == "lapsed" ? Now.AddDays(1) : Now;
        Assert.Equal((book, drop, giveBack, serve), (
            TreatyRules.Book(street, First, 1, now).Decision.Told(), TreatyRules.Drop(street, First, Now, now).Told(), TreatyRules.Return(street, First, now).Told(), TreatyRules.Serve(street, First, Some.Hour, now).Told()));
    }

    private static string Answer(Street street, int request, bool approved) =>
        TreatyRules.Answer(street, Some.Street, Some.OtherStreet, request, approved, "", Now).Told();

    private static Borrowing Ask(LoanId loan, int people = 1) =>
        new(loan, Some.Abroad, new(loan.Partner, "advice"), Some.Skill, Some.Hour, people, Now.AddMinutes(15), Now.AddHours(9));

    private static Street After(Street street, Decision<StreetEvent> decision)
    {
        Assert.Null(decision.Refusal);
        return decision.Events.Aggregate(street, (state, next) => state.Evolve(next));
    }
}
