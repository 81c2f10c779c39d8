using Pool.Demands;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Streets;
using Pool.Treaties;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>What a search of another street says of its treaty, and what holidays close.</summary>
public sealed class LendingSearchTests
{
    /// <summary>Monday from 11:00 to 19:00 in Shanghai.</summary>
    private static readonly RingQuery Query = Some.Posted(reach: 2).Ring(2);

    public static TheoryData<string, string, string> Terms() => new()
    {
        { "another skill", "SkillNotLent", "ExtendTreaty" },
        { "half an hour a quarter", "QuotaUsed", "ExtendTreaty" },
        { "trust of half an hour", "TrustUsed", "ExtendTreaty" },
        { "home hours all day", "HomeHours", "ExtendTreaty WidenWindow" },
        { "home hours until six", "", "" },
        { "an unanswered request", "AwaitsApproval", "ApproveLoan" },
        { "a declined request", "LoanDeclined", "" },
        { "an approved request", "", "" },
        { "a request for another demand", "", "" },
        { "an unanswered request for somebody else", "AwaitsApproval", "ApproveLoan" },
        { "a holiday", "Holiday", "WidenWindow" },
        { "a holiday on which the offer serves", "", "" },
        { "a holiday of tomorrow", "", "" },
    };

    [Theory, MemberData(nameof(Terms))]
    public void A_reason_and_a_cure_say_what_the_treaty_keeps_back(string what, string reason, string cures)
    {
        var found = MatchRules.Search(Street(what), new(), Query, Some.Now);
        Assert.Equal(reason, string.Join(' ', found.Refused.Select(group => group.Reason)));
        Assert.Equal(cures, string.Join(' ', found.Cures.Select(cure => cure.Kind).Order().Reverse()));
        Assert.Equal(reason.Length == 0, found.Candidates.Length == 1);
    }

    [Fact]
    public void Minutes_lent_in_return_count_as_far_as_the_street_has_heard_of_them()
    {
        var hints = new StreetHints();
        Assert.Empty(MatchRules.Search(Street("trust of half an hour"), hints, Query, Some.Now).Candidates);
        hints.LentBack[Some.Street] = new(30);
        Assert.Single(MatchRules.Search(Street("trust of half an hour"), hints, Query, Some.Now).Candidates);
    }

    [Fact]
    public void The_calendar_holds_no_time_at_which_the_street_is_closed()
    {
        var closed = Street("home hours until six").Profile!.ClosedTo(Some.Street);
        var request = new HoldRequest(new(Some.Demand, 1), Some.Window, Some.Hour, Some.Now.AddMinutes(15), false, 2, Some.Skill, FeeMode.Volunteer, 2, 1) { Closed = closed };
        var (_, held) = PartnerRules.TryHold(Some.Registered(), Some.Offer(Some.Partner), request, Some.Now);
        Assert.Equal(Some.Now.AddHours(9), held.Slot!.Value.Start);
        var (_, refused) = PartnerRules.TryHold(Some.Registered(), Some.Offer(Some.Partner), request with { Closed = new(WeeklyHours.Always, []) }, Some.Now);
        Assert.Equal(CandidateReason.HomeHours, refused.Reason);
    }

    [Fact]
    public void A_round_is_offered_no_start_at_which_the_street_is_closed()
    {
        var supply = MatchRules.Supply(Street("home hours until six"), new(), Query, Some.Now);
        Assert.Equal([Some.Now.AddHours(9)], Assert.Single(supply.Offers).Starts);
    }

    private static Street Street(string what)
    {
        var facts = SomeStreet.Facts("abroad") with { Community = Some.Abroad };
        var offer = Some.Offer(facts.Partner) with { ServesOnHolidays = what == "a holiday on which the offer serves" };
        var street = SomeStreet.Of(SomeStreet.Profile(Some.OtherStreet, Some.Street), SomeStreet.Index([offer], [facts]));
        street = street.Lending(Some.Street, what switch
        {
            "another skill" => new() { Skills = [SkillCode.Parse("gardening")] },
            "half an hour a quarter" => new() { MinutesPerQuarter = new(30) },
            "trust of half an hour" => new() { TrustLimit = new(30) },
            "home hours all day" => new() { HomeHours = default(WeeklyHours).With(DayOfWeek.Monday, 0, 48) },
            "home hours until six" => new() { HomeHours = default(WeeklyHours).With(DayOfWeek.Monday, 0, 36) },
            _ => new() { NeedsApproval = what.Contains("request", StringComparison.Ordinal) },
        });
        street = what.StartsWith("a holiday", StringComparison.Ordinal)
            ? street.Evolve(new StreetChanged(Some.Now, "Xintang", [Some.Street], street.Profile!.Policy) { Holidays = [new(2026, 11, what.EndsWith("tomorrow", StringComparison.Ordinal) ? 24 : 23)] })
            : street;
        var demand = what == "a request for another demand" ? DemandId.Parse("00000000-0000-0000-0000-000000000001") : Some.Demand;
        var asked = what == "an unanswered request for somebody else" ? new OfferId(PartnerId.Parse("somebody-else"), "advice") : offer.Offer;
        var request = new LoanRequest(1, Some.Now, Some.Home, demand, asked, Some.Skill, 1, Some.Hour, Some.Window.End);
        return what.Contains("request", StringComparison.Ordinal)
            ? what switch
            {
                "a declined request" => street.Evolve(new LoanAsked(Some.Now, request)).Evolve(new LoanAnswered(Some.Now, 1, false, "")),
                "an approved request" => street.Evolve(new LoanAsked(Some.Now, request)).Evolve(new LoanAnswered(Some.Now, 1, true, "")),
                _ => street.Evolve(new LoanAsked(Some.Now, request)),
            }
            : street;
    }
}
