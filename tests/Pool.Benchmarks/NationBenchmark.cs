using System.Collections.Immutable;
using System.Diagnostics;
using HdrHistogram;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Streets;
using Pool.Treaties;
using Pool.Values;

namespace Pool.Benchmarks;

/// <summary>
/// The indexes of a nation's streets in one process: what they take and how long a search of one takes, street after street, so
/// that none is found in a processor's cache. The shape is the nation's, the names are made up.
/// </summary>
internal static class NationBenchmark
{
    private const int Streets = 9_000;
    private const int CommunitiesPerStreet = 13;
    private const int PartnersPerStreet = 389;
    private const int OffersPerStreet = 1_112;
    private const int Skills = 40;
    private const int Templates = 24;
    private const int Searches = 200_000;

    /// <summary>Of so many partners one is busy.</summary>
    private const int PartnersPerBusy = 10;
    private const double MostGigabytes = 1.5;
    private const double MostMicroseconds = 20;

    private static readonly DateTimeOffset Now = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);

    /// <returns>Whether both goals were met.</returns>
    public static bool Run()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (streets, hints) = (new Street[Streets], new StreetHints[Streets]);
        for (var number = 0; number < Streets; number++)
        {
            streets[number] = Make(number);
            if ((number + 1) % (Streets / 10) == 0)
            {
                Console.Error.WriteLine($"{number + 1:N0} streets");
            }
        }

        var index = Gigabytes();
        for (var number = 0; number < Streets; number++)
        {
            hints[number] = Hints(number);
        }

        var gigabytes = Gigabytes();
        var offers = streets.Sum(street => (long)Codes.Sum(skill => street.Index.Of(skill).Length));
        var met = Goal.Tell(gigabytes <= MostGigabytes, $"{Streets:N0} streets, {Streets * CommunitiesPerStreet:N0} communities, {Streets * PartnersPerStreet:N0} partners, {offers:N0} offers: {gigabytes:0.000} GB, {index * 1e9 / offers:0} bytes an offer and {gigabytes - index:0.000} GB of hints that one partner in {PartnersPerBusy} is busy; goal {MostGigabytes} GB");
        Search(streets, hints, Searches / 10);
        var latencies = Search(streets, hints, Searches);
        return Goal.Tell(
            latencies.GetMean() / 1_000 <= MostMicroseconds,
            $"One street's answer to a search, {Searches:N0} of rings 0, 1 and 2 in streets by chance: mean {latencies.GetMean() / 1_000:0.0} µs, p50 {latencies.GetValueAtPercentile(50) / 1_000.0:0.0}, p99 {latencies.GetValueAtPercentile(99) / 1_000.0:0.0}; goal {MostMicroseconds} µs") & met;

        double Gigabytes() => (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e9;
    }

    private static readonly ImmutableArray<SkillCode> Codes = [.. Enumerable.Range(0, Skills).Select(number => SkillCode.Parse($"skill-{number:00}"))];

    private static LongHistogram Search(Street[] streets, StreetHints[] hints, int searches)
    {
        var (chance, latencies) = (new Random(1), new LongHistogram(10_000_000_000, 3));
        for (var i = 0; i < searches; i++)
        {
            var (number, ring) = (chance.Next(Streets), i % 3);
            var home = CommunityId.Parse($"{Id(ring == 2 ? Neighbour(number) : number)}{1 + chance.Next(CommunitiesPerStreet):000}");
            var opens = Now.AddMinutes(30 * chance.Next(1, 14 * 48));
            var query = new RingQuery(
                ring, home, Codes[chance.Next(Skills)], chance.Next(1, 4), RequiresCertificate: chance.Next(10) == 0, new(opens, opens.AddHours(8)), Minutes.FromHours(1),
                [FeeMode.Volunteer, FeeMode.LowFee], [], [], Limit: 16, Wanted: 1);
            var begun = Stopwatch.GetTimestamp();
            MatchRules.Search(streets[number], hints[number], query, Now);
            latencies.RecordValue((long)Stopwatch.GetElapsedTime(begun).TotalNanoseconds);
        }

        return latencies;
    }

    private static int Neighbour(int street) => (street + 1) % Streets;

    private static string Id(int street) => $"{110_101_001 + street}";

    /// <summary>A street as its events made it, each with texts of its own, as they are read from a journal.</summary>
    private static Street Make(int number)
    {
        var (chance, id) = (new Random(number), StreetId.Parse(Id(number)));
        var street = Street.Empty
            .Evolve(new StreetOpened(Now, id, $"Street {number}", [StreetId.Parse(Id(Neighbour(number)))], DispatchPolicy.Default))
            .Evolve(new TreatySet(Now, StreetId.Parse(Id(Neighbour(number))), Open: true, Terms: null));
        for (var partner = 0; partner < PartnersPerStreet; partner++)
        {
            street = street.Evolve(new PartnerIndexed(Now, Facts(number, partner, chance)));
        }

        for (var offer = 0; offer < OffersPerStreet; offer++)
        {
            var (partner, turn) = (offer % PartnersPerStreet, offer / PartnersPerStreet);
            street = street.Evolve(new OfferIndexed(Now, Terms(PartnerOf(number, partner), $"skill-{((partner * 7) + (turn * 13)) % Skills:00}", chance), Revision: 1));
        }

        return street;
    }

    /// <summary>What busy partners have told their street: three stretches each of the next two weeks in which they have no room.</summary>
    private static StreetHints Hints(int number)
    {
        var (chance, hints) = (new Random(number), new StreetHints());
        for (var partner = 0; partner < PartnersPerStreet; partner += PartnersPerBusy)
        {
            hints.Calendars[PartnerOf(number, partner)] = new(
                [.. Enumerable.Range(0, 3).Select(_ => TimeWindow.From(Now.AddHours(chance.Next(14 * 24)), Minutes.FromHours(2)))], Minutes.FromHours(6), Revision: 1, Quarter.Of(Now), Minutes.FromHours(10));
        }

        return hints;
    }

    private static PartnerId PartnerOf(int street, int partner) => PartnerId.Parse($"p{Id(street)}-{partner}");

    /// <summary>One partner in ten has a certificate, one in twenty is away for a week.</summary>
    private static PartnerFacts Facts(int street, int partner, Random chance) => new(
        PartnerOf(street, partner), 1, CommunityId.Parse($"{Id(street)}{1 + (partner % CommunitiesPerStreet):000}"), Suspended: partner % 100 == 0,
        partner % 10 == 0 ? [new(SkillCode.Parse($"skill-{partner * 7 % Skills:00}"), 5, Now.AddYears(1), "issuer")] : [],
        Quarter.Of(Now), new(60 * chance.Next(40)), chance.Next(300, 501), chance.Next(50))
    {
        Away = partner % 20 == 1 ? [TimeWindow.From(Now.AddDays(chance.Next(30)), Minutes.FromHours(24 * 7))] : [],
    };

    /// <summary>Most partners serve at usual times, one in fifty at times of its own.</summary>
    private static OfferTerms Terms(PartnerId partner, string skill, Random chance)
    {
        var template = chance.Next(50) == 0 ? chance.Next() : chance.Next(Templates);
        var (first, length) = (12 + (template % 8), 8 + (template / 8 % 12));
        var hours = Enum.GetValues<DayOfWeek>().Where(day => ((template >> (int)day) & 3) != 3).Aggregate(default(WeeklyHours), (hours, day) => hours.With(day, first, first + length));
        return new(
            new(partner, skill), SkillCode.Parse(new string(skill)), chance.Next(1, 6), hours, new string(Clock.DefaultZone), 1 + chance.Next(3),
            (FeeMode)(1 + chance.Next(3)), chance.Next(4), new(30 * chance.Next(3)));
    }
}
