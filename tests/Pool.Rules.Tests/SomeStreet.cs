using System.Collections.Immutable;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Streets;
using Pool.Treaties;
using Pool.Values;

namespace Pool.Rules.Tests;

/// <summary>A street as the search sees it.</summary>
internal static class SomeStreet
{
    public static StreetProfile Profile(StreetId street, StreetId neighbour) =>
        new(street, "Beigan", [neighbour], DispatchPolicy.Default, ImmutableSortedDictionary<string, Treaty>.Empty);

    /// <summary>A treaty that limits everything.</summary>
    public static TreatyTerms Treaty { get; } = new()
    {
        Skills = [Some.Skill],
        MinutesPerQuarter = new(600),
        HomeHours = default(WeeklyHours).With(DayOfWeek.Monday, 18, 24),
        NeedsApproval = true,
        TrustLimit = new(900),
    };

    public static Street Of(StreetProfile profile, OfferIndex index) => Street.Empty with { Profile = profile, Index = index };

    public static Street Lending(this Street street, StreetId borrower, TreatyTerms? terms = null, bool open = true) =>
        street.Evolve(new TreatySet(Some.Now, borrower, open, terms));

    public static OfferIndex Index(IEnumerable<OfferTerms> offers, IEnumerable<PartnerFacts> partners) =>
        partners.Aggregate(
            offers.Aggregate(OfferIndex.Empty, (index, offer) => index.With(new IndexedOffer(offer, 1))),
            (index, facts) => index.With(facts));

    public static PartnerFacts Facts(string partner) =>
        new(PartnerId.Parse(partner), 1, Some.Home, false, [], 20264, Minutes.Zero, 300);

    public static PartnerFacts Certified(string partner, int level, DateTimeOffset expires) =>
        Facts(partner) with { Certificates = [new(Some.Skill, level, expires, "Bar")] };
}
