using System.Collections.Immutable;
using Pool.Demands;
using Pool.JointTransfers;
using Pool.Ledgers;
using Pool.Offers;
using Pool.Partners;
using Pool.Series;
using Pool.Skills;
using Pool.Streets;
using Pool.Treaties;
using Pool.Values;

namespace Pool.Simulation.Tests;

/// <summary>Three streets in a row, two communities in each, and partners whose hours are never enough for all.</summary>
internal static class World
{
    private const int PartnersEach = 3;

    public static LedgerKeys Keys { get; } = new(new byte[LedgerKeys.Length]);

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
        new(new(2 + chance.Next(20)), Dwell(chance), new(30 + chance.Next(120)))
        {
            Urgent = new(new(2 + chance.Next(5)), Dwell(chance)),
            TrialServices = chance.Next(3),
            RoundEvery = new(30 + chance.Next(90)),
            RoundStreet = chance.Chance(0.5) ? Streets[1] : null,
        };

    /// <summary>A demand of one of the two skills, in one of the modes.</summary>
    public static DemandTerms Demand(Scheduler chance)
    {
        var opens = chance.Now + chance.Between(-TimeSpan.FromHours(1), TimeSpan.FromHours(6));
        var mode = chance.Any(Enum.GetValues<DispatchMode>());
        // What is published is wanted by many, so that some must wait.
        var wanted = mode == DispatchMode.Claim && chance.Chance(0.7);
        return new(
            "Help", "", Skills[wanted ? 0 : chance.Next(4) / 3].Code, wanted ? 1 : 1 + chance.Next(3), wanted ? 1 : 1 + chance.Next(3), new(opens, opens + chance.Between(TimeSpan.FromHours(2), TimeSpan.FromHours(12))),
            new(30 * (1 + chance.Next(4))), [FeeMode.Volunteer, FeeMode.TimeCredit, FeeMode.LowFee], wanted ? 3 : chance.Next(4), chance.Chance(0.5))
        {
            Urgency = chance.Chance(0.3) ? Urgency.Urgent : Urgency.Routine,
            Mode = mode,
            AskAtOnce = mode == DispatchMode.Broadcast ? 1 + chance.Next(4) : 0,
            AllOrNone = chance.Chance(0.2),
        };
    }

    /// <summary>A demand of most days; some of its occurrences are too late to be posted.</summary>
    public static SeriesTerms Series(Scheduler chance)
    {
        var (each, opens) = (Demand(chance), chance.Now + chance.Between(TimeSpan.FromMinutes(10), TimeSpan.FromHours(12)));
        string[] rules = ["FREQ=DAILY;COUNT=3", "FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"];
        // A window that has no time to spare when it is posted just as it begins is too short.
        var (spare, ahead) = chance.Chance(0.2) ? (TimeSpan.Zero, Minutes.Zero) : (each.Window.Length, Minutes.FromHours(chance.Next(24)));
        return new(each with { Window = new(opens, opens + spare + each.Duration.ToTimeSpan()) }, chance.Any(rules), ahead, chance.Chance(0.5));
    }

    /// <summary>What a clerk does to a demand that nobody serves: widens it, hurries it, or switches its mode.</summary>
    public static DemandPatch Redirection(Scheduler chance) => chance.Next(3) switch
    {
        0 => new(1, 3, null, true, null, null, null, null, AnyPeople: true),
        1 => new(null, null, null, null, null, Urgency.Urgent, null, null),
        _ when chance.Chance(0.7) => new(null, null, null, null, null, null, chance.Chance(0.5) ? DispatchMode.Sequential : DispatchMode.Claim, null),
        _ => new(null, null, null, null, null, null, DispatchMode.Broadcast, 1 + chance.Next(4)),
    };

    private static Minutes Dwell(Scheduler chance) => chance.Chance(0.5) ? Minutes.Zero : new(1 + chance.Next(20));

    public static PartnerProfile Profile(Scheduler chance)
    {
        var capacity = 1 + chance.Next(3);
        return new("Somebody", capacity == 1 ? PartnerKind.Person : PartnerKind.Team, Circle.Service, PartnerMode.PublicBenefit, capacity);
    }

    public static OfferTerms Terms(OfferId offer, Scheduler chance) => new(
        offer, Skills[chance.Next(4) / 3].Code, 1 + chance.Next(5), Hours(chance), Clock.DefaultZone, 1 + chance.Next(3), chance.Any(Enum.GetValues<FeeMode>()), chance.Next(4), new(chance.Next(120)))
    {
        ServesOnHolidays = chance.Chance(0.5),
    };

    /// <summary>Twelve hours of every day, from a random half-hour on.</summary>
    public static WeeklyHours Hours(Scheduler chance)
    {
        var day = 0xffffffUL << chance.Next(24);
        return new(day, day, day, day, day, day, day);
    }

    /// <summary>Away for some hours soon, and seldom willing to work all day.</summary>
    public static PartnerTimes Times(Scheduler chance)
    {
        var leaves = chance.Now + chance.Between(TimeSpan.Zero, TimeSpan.FromHours(12));
        return new(
            chance.Chance(0.5) ? [] : [new(leaves, leaves + chance.Between(TimeSpan.FromHours(1), TimeSpan.FromHours(6)))],
            new(chance.Chance(0.5) ? 0 : 60 * (2 + chance.Next(20))), new(chance.Next(60)), new(chance.Next(30)));
    }

    /// <summary>A treaty that now and then keeps something back.</summary>
    public static TreatyTerms Treaty(Scheduler chance) => new()
    {
        Skills = chance.Chance(0.8) ? [] : [chance.Any(Skills).Code],
        MinutesPerQuarter = new(chance.Chance(0.6) ? 0 : 60 * (2 + chance.Next(20))),
        HomeHours = chance.Chance(0.7) ? default : Hours(chance),
        NeedsApproval = chance.Chance(0.3),
        TrustLimit = new(chance.Chance(0.7) ? 0 : 60 * (2 + chance.Next(10))),
    };

    /// <summary>Little trust, now and then none, so that cover is what everybody runs out of.</summary>
    public static LedgerPolicy Ledger(Scheduler chance) => new(
        Minutes.FromHours(2 + chance.Next(40)), Minutes.FromHours(chance.Next(60)), new(3_000 * chance.Next(60)), Minutes.FromHours(chance.Next(40)), new(3_000 * chance.Next(40)))
    {
        MostGifts = new(chance.Next(600)),
        StreetCredits = new(chance.Next(3_000)),
        StreetMoney = new(chance.Next(3_000)),
        ExpireAfterQuarters = chance.Next(3),
    };

    public static ResidentId Elder(Scheduler chance) => ResidentId.Parse($"elder-{chance.Next(3)}");

    /// <summary>An order between people, funds and the street office; not every one makes sense.</summary>
    public static TransferRequest Order(Scheduler chance, StreetId street)
    {
        var kind = chance.Any(Enum.GetValues<EntryKind>().Where(kind => kind is not (EntryKind.Settlement or EntryKind.Reversal or EntryKind.Expiry) && !JointTransfers.Clearing.Clears(kind)).ToArray());
        var abroad = chance.Chance(0.6) && TransferRules.Crosses(kind) ? chance.Any(Streets) : street;
        var (paidIn, paidOut) = (kind is EntryKind.Allocation or EntryKind.Deposit, kind == EntryKind.Withdrawal);
        var unit = kind is EntryKind.Deposit or EntryKind.Withdrawal ? Unit.Cny : kind is EntryKind.GiftInNeed or EntryKind.GiftToRelative ? Unit.TimeCredit : chance.Any(Enum.GetValues<Unit>());
        return new(
            new(chance.NextId(), chance.Next(int.MaxValue), "somebody"), kind, paidIn ? null : Somebody(street, funds: kind is EntryKind.Grant), paidOut ? null : Somebody(abroad, funds: kind is EntryKind.Donation or EntryKind.Allocation), unit, chance.Next(400) - 5);

        Party Somebody(StreetId from, bool funds)
        {
            var home = chance.Any(Communities.Where(community => community.Street == from).ToArray());
            return funds ? new(home)
                : chance.Chance(0.6) ? new(home, chance.Any(Partners.Where(partner => partner.Home == home).ToArray()).Partner)
                : new(home, Resident: Elder(chance));
        }
    }

    /// <summary>A clearing, mostly of something that a street owes.</summary>
    /// <param name="owed">What the street owes another, as the ledger says it.</param>
    public static Clearing Clearing(Scheduler chance, StreetId street, StreetId creditor, Unit unit, long owed)
    {
        var kind = chance.Any(unit == Unit.Cny ? [EntryKind.Remittance, EntryKind.Waiver, EntryKind.Offset] : new[] { EntryKind.Waiver, EntryKind.Waiver, EntryKind.Offset });
        var amount = 1 + chance.Next((int)owed);
        var third = Streets.First(other => other != street && other != creditor);
        return new(kind, unit, amount, kind == EntryKind.Offset ? [street, creditor, third] : [street, creditor], "as agreed");
    }

    /// <summary>Rates at which something is always left over.</summary>
    public static RateTerms Rates(Scheduler chance) => new(
        chance.Chance(0.5) ? null : chance.Now + chance.Between(TimeSpan.FromMinutes(1), TimeSpan.FromHours(12)), "as the council decided",
        [new(Skills[0].Code, 1, 95 + chance.Next(20)), new(Skills[1].Code, 2 + chance.Next(3), 333, new(7_001))], new(1_000 + chance.Next(3_000)), chance.Next(40));

    /// <summary>A day or two of the next ones.</summary>
    public static ImmutableArray<DateOnly> Holidays(Scheduler chance) =>
        chance.Chance(0.5) ? [] : [.. Enumerable.Range(0, 1 + chance.Next(2)).Select(day => DateOnly.FromDateTime(chance.Now.UtcDateTime).AddDays(day))];

    public static Certificate Certificate(Scheduler chance) =>
        new(Skills[1].Code, 1 + chance.Next(5), chance.Now + TimeSpan.FromDays(chance.Next(20) - 2), "the chamber");
}
