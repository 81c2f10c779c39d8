using System.Diagnostics;
using Pool.Hosting;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;

namespace Pool.Benchmarks;

/// <summary>A search of rings 0 to 2 in a pool of ten times as many streets.</summary>
internal static class SearchBenchmark
{
    private const int Few = 40;
    private const int Many = 10 * Few;
    private const int Neighbours = 2;
    private const int PartnersPerStreet = 100;
    private const int Searches = 5_000;

    private static readonly SkillCode Skill = SkillCode.Parse("elder-care");

    public static async Task<IReadOnlyList<Ratio>> Run()
    {
        await using var few = await Pool(Few);
        await using var many = await Pool(Many);
        return
        [
            await Ratio.Measure(
                $"A search of rings 0 to 2 among {Many} streets", () => Time(many, Many),
                $"among {Few}", () => Time(few, Few), goal: 1.2, atLeast: false, "µs"),
        ];
    }

    private static StreetId Street(int number) => StreetId.Parse($"{330_000_000 + number}");

    /// <summary>Streets in a circle, each with its nearest as neighbours and partners of its own.</summary>
    private static async Task<BenchmarkPool> Pool(int streets)
    {
        var pool = await BenchmarkPool.Start();
        await Parallel.ForEachAsync(Enumerable.Range(0, streets), async (number, _) =>
        {
            var near = Enumerable.Range(-Neighbours, (2 * Neighbours) + 1).Where(step => step != 0).Select(step => Street((number + step + streets) % streets)).ToList();
            await pool.AddStreet(Street(number), near, communities: 0);
            var grain = pool.Grains.Street(Street(number));
            foreach (var neighbour in near)
            {
                await pool.Grains.Lender(Street(number)).SetTreaty(neighbour, open: true, terms: null, BenchmarkPool.NewCommand());
            }

            for (var i = 0; i < PartnersPerStreet; i++)
            {
                var partner = PartnerId.Parse($"p{number}-{i}");
                await grain.Publish(new PartnerFacts(partner, 1, CommunityId.Parse($"{Street(number)}{1 + (i % 10):000}"), false, [], 20264, Minutes.Zero, 300));
                await grain.List(new OfferTerms(new(partner, "offer"), Skill, 1 + (i % 5), WeeklyHours.Always, Clock.DefaultZone, 1, FeeMode.Volunteer, 3, Minutes.Zero), 1);
            }
        });
        return pool;
    }

    /// <summary>The mean microseconds of one search, asked as a demand asks: ring by ring, the streets of a ring at once.</summary>
    private static async Task<double> Time(BenchmarkPool pool, int streets)
    {
        var start = DateTimeOffset.UtcNow.AddDays(1);
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < Searches; i++)
        {
            var home = CommunityId.Parse($"{Street(i * 37 % streets)}001");
            RingQuery Query(int ring) => new(
                ring, home, Skill, 1, false, new TimeWindow(start, start.AddHours(8)), new Minutes(60), [FeeMode.Volunteer], [], [], 16, 1);
            await pool.Grains.Street(home.Street).Search(Query(0));
            var own = await pool.Grains.Street(home.Street).Search(Query(1));
            await Task.WhenAll(own.Neighbours.Select(street => pool.Grains.Street(street).Search(Query(2))));
        }

        return Stopwatch.GetElapsedTime(begun).TotalMicroseconds / Searches;
    }
}
