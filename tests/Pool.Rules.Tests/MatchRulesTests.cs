using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Streets;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>Who is a candidate of a ring, why another is not, and who comes first.</summary>
public sealed class MatchRulesTests
{
    private static readonly RingQuery Query = new(
        0, Some.Home, Some.Skill, 2, false, Some.Window, Some.Hour, [FeeMode.Volunteer, FeeMode.TimeCredit], [], [], 16, 1);

    private static readonly WeeklyHours Sunday = default(WeeklyHours).With(DayOfWeek.Sunday, 0, 48);

    [Theory]
    [InlineData(0, "home")]
    [InlineData(1, "neighbour")]
    public void The_own_street_gives_its_community_to_ring_0_and_the_others_to_ring_1(int ring, string expected)
    {
        var offers = new[] { Offer("home"), Offer("neighbour") };
        var found = Search(Query with { Ring = ring }, offers, Facts("home"), Facts("neighbour") with { Community = Some.Neighbour });
        Assert.Equal([expected], Names(found));
        Assert.Empty(found.Refused);
        Assert.Equal(ring, found.Candidates[0].Ring);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Another_street_gives_all_its_communities_to_rings_2_and_3_where_a_treaty_lends_them(int ring)
    {
        var query = Query with { Ring = ring };
        Assert.Equal(["abroad"], Names(SearchAbroad(query, lends: true)));
        Assert.Equal(["NoTreaty:abroad"], Reasons(SearchAbroad(query, lends: false)));
        Assert.Equal(["NoTreaty:abroad"], Reasons(SearchAbroad(query, lends: null)));
    }

    [Theory]
    [InlineData(0, 0, false, true)]
    [InlineData(1, 0, false, false)]
    [InlineData(1, 0, true, true)]
    [InlineData(1, 3, false, true)]
    public void A_newcomer_serves_its_own_community_first_or_comes_along(int ring, int services, bool mentored, bool fits)
    {
        var profile = SomeStreet.Profile(Some.Street, Some.OtherStreet) with { Policy = DispatchPolicy.Default with { TrialServices = 3 } };
        var facts = Facts("newcomer") with { Services = services, Community = ring == 0 ? Some.Home : Some.Neighbour };
        var found = MatchRules.Search(
            SomeStreet.Of(profile, SomeStreet.Index([Offer("newcomer")], [facts])), new(),
            Query with { Ring = ring, IsMentored = mentored }, Some.Now);
        Assert.Equal(fits ? [] : ["OnTrial:newcomer"], Reasons(found));
        Assert.All(found.Candidates, candidate => Assert.Equal(services < 3, candidate.OnTrial));
    }

    [Fact]
    public void Every_filter_has_its_reason()
    {
        (CandidateReason Reason, OfferTerms Offer, PartnerFacts Facts, RingQuery Query)[] rows =
        [
            (CandidateReason.Suspended, Offer("p-one"), Facts("p-one") with { Suspended = true }, Query),
            (CandidateReason.OutOfReach, Offer("p-one") with { Reach = 0 }, Facts("p-one") with { Community = Some.Neighbour }, Query with { Ring = 1 }),
            (CandidateReason.LevelTooLow, Offer("p-one") with { Level = 1 }, Facts("p-one"), Query),
            (CandidateReason.CertificateNotValid, Offer("p-one"), Facts("p-one"), Query with { RequiresCertificate = true }),
            (CandidateReason.CertificateNotValid, Offer("p-one"), Certified("p-one", 1, Some.Window.End), Query with { RequiresCertificate = true }),
            (CandidateReason.CertificateNotValid, Offer("p-one"), Certified("p-one", 2, Some.Window.Start), Query with { RequiresCertificate = true }),
            (CandidateReason.FeeModeNotAccepted, Offer("p-one") with { FeeMode = FeeMode.LowFee }, Facts("p-one"), Query),
            (CandidateReason.NotAvailable, Offer("p-one") with { Hours = Sunday }, Facts("p-one"), Query),
            (CandidateReason.NotAvailable, Offer("p-one"), Facts("p-one") with { Away = [Some.Window] }, Query),
            (CandidateReason.NoticeTooShort, Offer("p-one") with { Notice = Minutes.FromHours(10) }, Facts("p-one"), Query),
            (CandidateReason.AskedBefore, Offer("p-one"), Facts("p-one"), Query with { Asked = [PartnerId.Parse("p-one")] }),
        ];
        Assert.All(rows, row =>
        {
            var found = Search(row.Query, [row.Offer], row.Facts);
            Assert.Empty(found.Candidates);
            Assert.Equal([$"{row.Reason}:p-one"], Reasons(found));
        });
    }

    [Fact]
    public void Of_several_reasons_the_lowest_number_is_given()
    {
        // Everything is wrong with this one; each step mends the reason that was given.
        var offer = Offer("p-one") with { Reach = 1, Level = 1, FeeMode = FeeMode.LowFee, Hours = Sunday };
        var facts = Facts("p-one") with { Suspended = true, Community = Some.Abroad };
        var query = Query with { Ring = 2, RequiresCertificate = true, Asked = [facts.Partner] };
        var lends = false;
        foreach (var (expected, mend) in new (CandidateReason, Action)[]
        {
            (CandidateReason.Suspended, () => facts = facts with { Suspended = false }),
            (CandidateReason.NoTreaty, () => lends = true),
            (CandidateReason.OutOfReach, () => offer = offer with { Reach = 2 }),
            (CandidateReason.LevelTooLow, () => offer = offer with { Level = 2 }),
            (CandidateReason.CertificateNotValid, () => facts = Certified("p-one", 2, Some.Window.End) with { Community = Some.Abroad }),
            (CandidateReason.FeeModeNotAccepted, () => offer = offer with { FeeMode = FeeMode.TimeCredit }),
            (CandidateReason.NotAvailable, () => offer = offer with { Hours = WeeklyHours.Always, Notice = Minutes.FromHours(10) }),
            (CandidateReason.NoticeTooShort, () => offer = offer with { Notice = Minutes.Zero }),
            (CandidateReason.AskedBefore, () => query = query with { Asked = [] }),
        })
        {
            Assert.Equal([$"{expected}:p-one"], Reasons(SearchAbroad(query, lends, offer, facts)));
            mend();
        }

        Assert.Equal(["p-one"], Names(SearchAbroad(query, lends, offer, facts)));
    }

    [Fact]
    public void What_was_tried_another_skill_and_an_unknown_partner_are_passed_over_in_silence()
    {
        var other = Offer("p-two") with { Skill = SkillCode.Parse("elder-care") };
        var query = Query with { Tried = [Offer("p-one").Offer] };
        var found = Search(query, [Offer("p-one"), other, Offer("unknown")], Facts("p-one"), Facts("p-two"));
        Assert.Empty(found.Candidates);
        Assert.Empty(found.Refused);
    }

    [Fact]
    public void A_certificate_need_only_last_until_the_first_slot_ends()
    {
        var query = Query with { RequiresCertificate = true };
        var ends = Some.Window.Start.AddHours(1);
        Assert.Equal(["p-one"], Names(Search(query, [Offer("p-one")], Certified("p-one", 2, ends))));
        Assert.Empty(Names(Search(query, [Offer("p-one")], Certified("p-one", 2, ends.AddTicks(-1)))));
    }

    [Fact]
    public void Candidates_rank_by_fee_preference_then_load_then_level_surplus_then_stars_then_id()
    {
        // Each is better than the next by one criterion, and worse by every criterion below it.
        var offers = new[]
        {
            Offer("zz-fee") with { FeeMode = FeeMode.Volunteer, Level = 5 },
            Offer("yy-load") with { FeeMode = FeeMode.TimeCredit, Level = 5 },
            Offer("xx-level") with { FeeMode = FeeMode.TimeCredit, Level = 3 },
            Offer("ww-stars") with { FeeMode = FeeMode.TimeCredit, Level = 4 },
            Offer("aa-id") with { FeeMode = FeeMode.TimeCredit, Level = 4 },
            Offer("bb-id") with { FeeMode = FeeMode.TimeCredit, Level = 4 },
        };
        var found = Search(
            Query, offers,
            Loaded("zz-fee", 999, 100), Loaded("yy-load", 59, 100), Loaded("xx-level", 60, 100),
            Loaded("ww-stars", 60, 400), Loaded("aa-id", 60, 399), Loaded("bb-id", 60, 399));
        Assert.Equal(["zz-fee", "yy-load", "xx-level", "ww-stars", "aa-id", "bb-id"], Names(found));
        Assert.Equal(found.Candidates.Select(candidate => candidate.Rank).Order(), found.Candidates.Select(candidate => candidate.Rank));
    }

    [Fact]
    public void Load_counts_this_quarters_minutes_and_what_is_booked_and_no_load_outweighs_a_fee_mode()
    {
        var offers = new[] { Offer("p-old"), Offer("p-now"), Offer("p-booked"), Offer("p-credit") with { FeeMode = FeeMode.TimeCredit } };
        var facts = new[]
        {
            Loaded("p-old", 5_000, 300) with { QuarterNumber = 20263 }, Loaded("p-now", 100, 300),
            Loaded("p-booked", 50, 300), Loaded("p-credit", 0, 500),
        };
        var hints = new Dictionary<PartnerId, BusyHint> { [PartnerId.Parse("p-booked")] = new([], new Minutes(10_000_000)) };
        Assert.Equal(["p-old", "p-now", "p-booked", "p-credit"], Names(Search(Query, offers, hints, facts)));
    }

    [Fact]
    public void A_hint_of_what_was_served_counts_while_the_index_does_not_know_it_yet()
    {
        var facts = new[] { Loaded("p-serves", 0, 300) with { Revision = 7 }, Loaded("p-rests", 50, 300) };
        BusyHint Told(long revision, int quarter) => new([], Minutes.Zero, revision, quarter, new(60));
        IEnumerable<string> Ranked(BusyHint hint) => Names(Search(Query, [Offer("p-serves"), Offer("p-rests")], new() { [PartnerId.Parse("p-serves")] = hint }, facts));

        Assert.Equal(["p-rests", "p-serves"], Ranked(Told(8, facts[0].QuarterNumber)));
        Assert.Equal(["p-serves", "p-rests"], Ranked(Told(8, facts[0].QuarterNumber - 1)));
        Assert.Equal(["p-serves", "p-rests"], Ranked(Told(7, facts[0].QuarterNumber)));
    }

    [Fact]
    public void A_partner_that_seems_full_is_still_a_candidate_but_the_last()
    {
        var hints = new Dictionary<PartnerId, BusyHint> { [PartnerId.Parse("p-one")] = new([Some.Window], Minutes.Zero) };
        var found = Search(Query, [Offer("p-one"), Offer("p-two") with { FeeMode = FeeMode.TimeCredit }], hints, Facts("p-one"), Loaded("p-two", 900, 0));
        Assert.Equal(["p-two", "p-one"], Names(found));
    }

    [Fact]
    public void Only_the_best_are_given_and_the_rest_are_counted()
    {
        string[] names = ["p-one", "p-two", "p-three"];
        var found = Search(Query with { Limit = 2 }, [.. names.Select(Offer)], [.. names.Select(Facts)]);
        Assert.Equal(["p-one", "p-three"], Names(found));
        Assert.Equal(1, found.Remaining);
        Assert.Equal(0, Search(Query, [.. names.Select(Offer)], [.. names.Select(Facts)]).Remaining);
    }

    [Fact]
    public void Findings_carry_the_streets_neighbours_and_policy()
    {
        var found = Search(Query, []);
        Assert.Equal([Some.OtherStreet], found.Neighbours);
        Assert.Equal(DispatchPolicy.Default, found.Policy);
    }

    private static StreetFindings Search(RingQuery query, OfferTerms[] offers, params PartnerFacts[] facts) =>
        Search(query, offers, [], facts);

    private static StreetFindings Search(RingQuery query, OfferTerms[] offers, Dictionary<PartnerId, BusyHint> calendars, params PartnerFacts[] facts)
    {
        var hints = new StreetHints();
        foreach (var (partner, hint) in calendars)
        {
            hints.Calendars[partner] = hint;
        }

        return MatchRules.Search(SomeStreet.Of(SomeStreet.Profile(Some.Street, Some.OtherStreet), SomeStreet.Index(offers, facts)), hints, query, Some.Now);
    }

    private static StreetFindings SearchAbroad(RingQuery query, bool? lends, OfferTerms? offer = null, PartnerFacts? facts = null)
    {
        var index = SomeStreet.Index([offer ?? Offer("abroad")], [facts ?? Facts("abroad") with { Community = Some.Abroad }]);
        var street = SomeStreet.Of(SomeStreet.Profile(Some.OtherStreet, Some.Street), index);
        return MatchRules.Search(lends is { } open ? street.Lending(Some.Street, open: open) : street, new(), query, Some.Now);
    }

    private static OfferTerms Offer(string partner) => Some.Offer(PartnerId.Parse(partner));

    private static PartnerFacts Facts(string partner) => SomeStreet.Facts(partner);

    private static PartnerFacts Loaded(string partner, int minutes, int centiStars) =>
        Facts(partner) with { Served = new(minutes), CentiStars = centiStars };

    private static PartnerFacts Certified(string partner, int level, DateTimeOffset expires) => SomeStreet.Certified(partner, level, expires);

    private static IEnumerable<string> Names(StreetFindings found) => found.Candidates.Select(candidate => candidate.Offer.Partner.Text);

    private static IEnumerable<string> Reasons(StreetFindings found) =>
        found.Refused.SelectMany(group => group.Offers.Select(offer => $"{group.Reason}:{offer.Partner}"));
}
