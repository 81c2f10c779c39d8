using System.Collections.Immutable;
using Pool.Matching;
using Pool.Offers;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>What a shortage's cures promise: each counts the candidates that fail this one filter alone.</summary>
public sealed class CureTests
{
    private static readonly RingQuery Query = new(
        0, Some.Home, Some.Skill, 3, false, Some.Window, Some.Hour, [FeeMode.Volunteer], [], [], 16, 9);

    private static readonly WeeklyHours Tuesday = default(WeeklyHours).With(DayOfWeek.Tuesday, 18, 22);

    private static readonly WeeklyHours Saturday = default(WeeklyHours).With(DayOfWeek.Saturday, 18, 22);

    /// <summary>Tuesday 09:00 in Shanghai, the day after <see cref="Some.Now"/>.</summary>
    private static readonly DateTimeOffset TuesdayMorning = Some.Now.AddDays(1);

    [Fact]
    public void A_lower_level_counts_all_who_would_do_down_to_it()
    {
        var cures = Cures(Query, Offer("a-one") with { Level = 2 }, Offer("b-two") with { Level = 2 }, Offer("c-three") with { Level = 1 });
        Assert.Equal([new(CureKind.LowerLevel, 3, Level: 1), new(CureKind.LowerLevel, 2, Level: 2)], cures);
    }

    [Fact]
    public void Waiving_the_certificate_counts_those_who_lack_it_alone()
    {
        var query = Query with { RequiresCertificate = true };
        var cures = Cures(query, Offer("a-one"), Offer("b-two"), Offer("c-three") with { FeeMode = FeeMode.LowFee });
        Assert.Equal([new(CureKind.WaiveCertificate, 2)], cures);
    }

    [Fact]
    public void Another_fee_mode_counts_its_own_offers()
    {
        var cures = Cures(
            Query, Offer("a-one") with { FeeMode = FeeMode.LowFee }, Offer("b-two") with { FeeMode = FeeMode.TimeCredit },
            Offer("c-three") with { FeeMode = FeeMode.LowFee });
        Assert.Equal([new(CureKind.AcceptFeeMode, 2, FeeMode: FeeMode.LowFee), new(CureKind.AcceptFeeMode, 1, FeeMode: FeeMode.TimeCredit)], cures);
    }

    [Fact]
    public void A_wider_window_counts_all_who_have_a_slot_until_its_end()
    {
        var cures = Cures(Query, Offer("a-one") with { Hours = Tuesday }, Offer("b-two") with { Hours = Saturday }, Offer("c-three") with { Hours = Tuesday });
        Assert.Equal(
            [
                new(CureKind.WidenWindow, 3, Until: TuesdayMorning.AddDays(4).AddHours(1)),
                new(CureKind.WidenWindow, 2, Until: TuesdayMorning.AddHours(1)),
            ],
            cures);
    }

    [Fact]
    public void A_wider_window_waits_for_the_offers_notice()
    {
        var cures = Cures(Query, Offer("a-one") with { Notice = Minutes.FromHours(24) });
        Assert.Equal([new(CureKind.WidenWindow, 1, Until: TuesdayMorning.AddHours(1))], cures);
    }

    [Fact]
    public void A_treaty_counts_all_whom_the_street_would_lend()
    {
        var query = Query with { Ring = 2 };
        var facts = new[] { "a-one", "b-two" }.Select(name => SomeStreet.Facts(name) with { Community = Some.Abroad });
        var index = SomeStreet.Index([Offer("a-one"), Offer("b-two")], facts);
        var found = MatchRules.Search(SomeStreet.Of(SomeStreet.Profile(Some.OtherStreet, Some.Street), index), new(), query, Some.Now);
        Assert.Equal([new(CureKind.OpenTreaty, 2, Street: Some.OtherStreet)], found.Cures);
    }

    [Fact]
    public void Who_fails_two_filters_is_counted_by_no_cure() =>
        Assert.Empty(Cures(Query, Offer("a-one") with { Level = 1, FeeMode = FeeMode.LowFee }, Offer("b-two") with { Hours = Tuesday, Level = 2 }));

    [Fact]
    public void A_suspension_a_reach_and_an_earlier_question_have_no_cure()
    {
        var suspended = SomeStreet.Facts("a-one") with { Suspended = true };
        var index = SomeStreet.Index([Offer("a-one"), Offer("b-two")], [suspended, SomeStreet.Facts("b-two")]);
        var found = Search(index, Query with { Asked = [PartnerId.Parse("b-two")] });
        Assert.Equal(2, found.Refused.Length);
        Assert.Empty(found.Cures);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void Cures_are_named_only_when_fewer_fit_than_are_wanted(int wanted, bool named)
    {
        var index = SomeStreet.Index(
            [Offer("a-one"), Offer("b-two") with { Level = 2 }], [SomeStreet.Facts("a-one"), SomeStreet.Facts("b-two")]);
        var found = Search(index, Query with { Wanted = wanted });
        Assert.Single(found.Candidates);
        Assert.Equal(named, found.Cures.Length == 1);
    }

    private static ImmutableArray<Cure> Cures(RingQuery query, params OfferTerms[] offers) =>
        Search(SomeStreet.Index(offers, offers.Select(offer => SomeStreet.Facts(offer.Offer.Partner.Text))), query).Cures;

    private static StreetFindings Search(OfferIndex index, RingQuery query) => MatchRules.Search(
        SomeStreet.Of(SomeStreet.Profile(Some.Street, Some.OtherStreet), index), new(), query, Some.Now);

    private static OfferTerms Offer(string partner) => Some.Offer(PartnerId.Parse(partner));
}
