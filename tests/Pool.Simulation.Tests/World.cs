using System.Collections.Immutable;
using Pool.Offers;
using Pool.Partners;
using Pool.Skills;
using Pool.Streets;
using Pool.Values;

namespace Pool.Simulation.Tests;

/// <summary>Three streets in a row, two communities in each, and partners whose hours are never enough for all.</summary>
internal static class World
{
    private const int PartnersEach = 3;

    public static ImmutableArray<StreetId> Streets { get; } = [StreetId.Parse("330109001"), StreetId.Parse("330109002"), StreetId.Parse("330109003")];

    public static ImmutableArray<CommunityId> Communities { get; } =
        [.. Streets.SelectMany(street => new[] { CommunityId.Parse($"{street.Text}001"), CommunityId.Parse($"{street.Text}002") })];

    public static ImmutableArray<RegisteredPartner> Partners { get; } =
        [.. Communities.SelectMany(community => Enumerable.Range(1, PartnersEach).Select(number => new RegisteredPartner(community, PartnerId.Parse($"partner-{community.Text}-{number}"))))];

    public static ImmutableArray<Skill> Skills { get; } =
    [
        new(SkillCode.Parse("elder-care"), "助老", "Elder care", "care", 100, RequiresCertificate: false),
        new(SkillCode.Parse("legal-advice"), "法律咨询", "Legal advice", "law", 400, RequiresCertificate: true),
    ];

    public static ImmutableArray<StreetId> Neighbours(StreetId street)
    {
        var at = Streets.IndexOf(street);
        return [.. Streets.Where((_, other) => Math.Abs(other - at) == 1)];
    }

    public static DispatchPolicy Policy(Scheduler chance) =>
        new(new(2 + chance.Next(20)), chance.Chance(0.5) ? Minutes.Zero : new(1 + chance.Next(20)), new(30 + chance.Next(120)));

    public static PartnerProfile Profile(Scheduler chance)
    {
        var capacity = 1 + chance.Next(3);
        return new("Somebody", capacity == 1 ? PartnerKind.Person : PartnerKind.Team, Circle.Service, PartnerMode.PublicBenefit, capacity);
    }

    public static OfferTerms Terms(OfferId offer, Scheduler chance) => new(
        offer, Skills[chance.Next(4) / 3].Code, 1 + chance.Next(5), Hours(chance), Clock.DefaultZone, 1 + chance.Next(3), chance.Any(Enum.GetValues<FeeMode>()), chance.Next(4), new(chance.Next(120)));

    /// <summary>Twelve hours of every day, from a random half-hour on.</summary>
    public static WeeklyHours Hours(Scheduler chance)
    {
        var day = 0xffffffUL << chance.Next(24);
        return new(day, day, day, day, day, day, day);
    }

    public static Certificate Certificate(Scheduler chance) =>
        new(Skills[1].Code, 1 + chance.Next(5), chance.Now + TimeSpan.FromDays(chance.Next(20) - 2), "the chamber");
}
