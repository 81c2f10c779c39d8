using Pool.Demands;
using Pool.Matching;
using Pool.Offers;
using Pool.Streets;
using Pool.Treaties;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>What a treaty of <see cref="Some.OtherStreet"/> would have changed for demands of <see cref="Some.Street"/>.</summary>
public sealed class RehearsalTests
{
    private static readonly Dictionary<int, IReadOnlyList<StreetId>> Rings = new() { [0] = [Some.Street], [1] = [Some.Street], [2] = [Some.OtherStreet] };

    [Fact]
    public void What_home_cannot_serve_the_lender_would_and_nothing_more()
    {
        // Twelve demands for the same eight hours, an hour each; one partner at home, one abroad.
        var rehearsal = Rehearse(TreatyTerms.Unbound, demands: 12);
        Assert.Equal((12, 12, 2), (rehearsal.Demands, rehearsal.Seats, rehearsal.Ring));
        Assert.Equal((8, "330109002: 8 seats, 480 min"), Told(rehearsal.Without));
        Assert.Equal((12, "330109002: 8 seats, 480 min; 330109003: 4 seats, 240 min"), Told(rehearsal.With));
        // At home the services begin 2 to 9 hours after the posting; abroad 2 to 5.
        Assert.Equal(new Minutes((int)(60 * 5.5)), rehearsal.Without.Waiting);
        Assert.Equal(new Minutes(60 * ((8 * 11) + (4 * 7)) / 2 / 12), rehearsal.With.Waiting);
    }

    [Theory]
    [InlineData("two hours a quarter", 10)]
    [InlineData("trust of an hour", 9)]
    [InlineData("another skill", 8)]
    [InlineData("home hours from noon on", 9)]
    public void The_terms_limit_what_it_lends(string what, int filled)
    {
        TreatyTerms terms = what switch
        {
            "two hours a quarter" => new() { MinutesPerQuarter = new(120) },
            "trust of an hour" => new() { TrustLimit = new(60) },
            "another skill" => new() { Skills = [SkillCode.Parse("gardening")] },
            _ => new() { HomeHours = default(WeeklyHours).With(DayOfWeek.Monday, 24, 48) },
        };
        Assert.Equal(filled, Rehearse(terms, demands: 12).With.SeatsFilled);
    }

    [Fact]
    public void A_lender_that_is_too_far_lends_nothing()
    {
        var rehearsal = Rehearsal.Of([Demand(0)], new Dictionary<int, IReadOnlyList<StreetId>> { [0] = [Some.Street], [1] = [Some.Street] }, [Home(served: false)], Some.OtherStreet, Some.Street, TreatyTerms.Unbound);
        Assert.Equal((0, 0, 0), (rehearsal.Ring, rehearsal.Without.SeatsFilled, rehearsal.With.SeatsFilled));
    }

    [Fact]
    public void All_or_none_serves_nobody_where_a_seat_stays_open()
    {
        var demand = Demand(0, seats: 2, allOrNone: true);
        Assert.Equal(0, Of([demand], TreatyTerms.Unbound, [Home(), Abroad(served: false)]).With.SeatsFilled);
        Assert.Equal(2, Of([demand], TreatyTerms.Unbound, [Home(), Abroad()]).With.SeatsFilled);
    }

    [Fact]
    public void All_or_none_come_at_the_same_time()
    {
        // Whoever is at home has the first hour taken by another demand; who is abroad has it free.
        Demand[] demands = [Demand(0), Demand(1, seats: 2, allOrNone: true)];
        var rehearsal = Of(demands, TreatyTerms.Unbound, [Home(), Abroad()]);
        Assert.Equal(3, rehearsal.With.SeatsFilled);
        // One service at the first hour, and two at the second.
        Assert.Equal(new Minutes(((2 * 60) + (2 * 3 * 60)) / 3), rehearsal.With.Waiting);
    }

    [Fact]
    public void Only_those_serve_who_are_wanted()
    {
        var demand = Demand(0) with { People = [PartnerId.Parse("abroad")] };
        Assert.Equal((0, 1), (Of([demand], TreatyTerms.Unbound, [Home(), Abroad()]).Without.SeatsFilled, Of([demand], TreatyTerms.Unbound, [Home(), Abroad()]).With.SeatsFilled));
    }

    [Fact]
    public void The_treaty_that_is_open_already_is_left_out_and_nothing_is_changed()
    {
        var abroad = Abroad().Lending(Some.Street);
        var rehearsal = Of([Demand(0)], TreatyTerms.Unbound, [Home(served: false), abroad]);
        Assert.Equal((0, 1), (rehearsal.Without.SeatsFilled, rehearsal.With.SeatsFilled));
        Assert.Empty(abroad.Loans.Loans);
    }

    private static TreatyRehearsal Rehearse(TreatyTerms terms, int demands) => Of([.. Enumerable.Range(0, demands).Select(number => Demand(number))], terms, [Home(), Abroad()]);

    private static TreatyRehearsal Of(Demand[] demands, TreatyTerms terms, Street[] streets) =>
        Rehearsal.Of(demands, Rings, streets, Some.OtherStreet, Some.Street, terms);

    private static Demand Demand(int number, int seats = 1, bool allOrNone = false)
    {
        var id = DemandId.Parse($"00000000-0000-0000-0000-{number + 1:d12}");
        return Demands.Demand.Empty.Evolve(new DemandPosted(Some.Now, id, Some.Home, Some.Terms(seats, reach: 2) with { AllOrNone = allOrNone }, false));
    }

    private static Street Home(bool served = true) => Street(Some.Street, Some.OtherStreet, "home", Some.Home, served);

    private static Street Abroad(bool served = true) => Street(Some.OtherStreet, Some.Street, "abroad", Some.Abroad, served);

    private static Street Street(StreetId id, StreetId neighbour, string partner, CommunityId community, bool served)
    {
        var facts = SomeStreet.Facts(partner) with { Community = community };
        return SomeStreet.Of(SomeStreet.Profile(id, neighbour), served ? SomeStreet.Index([Some.Offer(facts.Partner)], [facts]) : OfferIndex.Empty);
    }

    private static (int, string) Told(RehearsedFates fates) =>
        (fates.SeatsFilled, string.Join("; ", fates.Services.Select(served => $"{served.Street}: {served.Seats} seats, {served.Minutes}")));
}
