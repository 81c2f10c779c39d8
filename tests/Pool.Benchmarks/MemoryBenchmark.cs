using Pool.Demands;
using Pool.Hosting;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;

namespace Pool.Benchmarks;

/// <summary>
/// What partners, offers and demands take of a silo's memory: as actors that are awake, and when they have gone to sleep, where
/// their street goes on knowing the partners and offers, and the queue the demands that nobody serves yet.
/// </summary>
internal static class MemoryBenchmark
{
    private const int Communities = 40;
    private const int Count = 40_000;
    private const int Callers = 64;

    private static readonly StreetId Street = StreetId.Parse("330109002");

    /// <returns>True: no goal is set.</returns>
    public static async Task<bool> Run()
    {
        await using var pool = await BenchmarkPool.Start();
        await pool.Grains.Skills().Add(new(Skill("elder-care"), "居家养老照护", "Elder care", "care", 100, false), BenchmarkPool.NewCommand());
        await pool.Grains.Skills().Add(new(Skill("piano"), "钢琴", "Piano", "culture", 100, false), BenchmarkPool.NewCommand());
        await pool.AddStreet(Street, [], Communities);
        Console.WriteLine("| what | bytes each, awake | bytes each, asleep |");
        Console.WriteLine("| --- | --- | --- |");
        await Measure(pool, "partner", number => pool.Grains.Partner(Partner(number)).Register(
            Community(number), new(Partner(number).Text, PartnerKind.Organisation, Circle.Service, PartnerMode.PublicBenefit, 4), BenchmarkPool.NewCommand()));
        await Measure(pool, "offer", number => Offer(pool, new(
            new(Partner(number), "elder-care"), Skill("elder-care"), 1 + (number % 5), WeeklyHours.Always, Clock.DefaultZone, 1, FeeMode.Volunteer, 3, Minutes.Zero), Community(number)));
        await Measure(pool, "open demand that waits in the queue", number =>
        {
            var start = DateTimeOffset.UtcNow.AddDays(1 + (number % 30));
            var terms = new DemandTerms("A lesson", "", Skill("piano"), 4, 1, new(start, start.AddHours(8)), new(60), [FeeMode.Volunteer], 1, false);
            return pool.Grains.Community(Community(number)).PostDemand(terms, BenchmarkPool.NewCommand());
        });
        return true;
    }

    private static async Task Measure(BenchmarkPool pool, string what, Func<int, Task> make)
    {
        await Sleep(pool);
        var (before, next) = (GC.GetTotalMemory(forceFullCollection: true), -1);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            for (var number = Interlocked.Increment(ref next); number < Count; number = Interlocked.Increment(ref next))
            {
                await make(number);
            }
        }));
        await Rest(pool);
        var awake = GC.GetTotalMemory(forceFullCollection: true) - before;
        await Sleep(pool);
        var asleep = GC.GetTotalMemory(forceFullCollection: true) - before;
        Console.WriteLine($"| {what} | {(double)awake / Count:N0} | {(double)asleep / Count:N0} |");
    }

    /// <summary>Returns when nothing is owed any more.</summary>
    private static async Task Rest(BenchmarkPool pool)
    {
        while (await pool.Journal.NextDue() is { } next && next < DateTimeOffset.UtcNow.AddMinutes(1))
        {
            await pool.Journal.WaitBeyond(pool.Journal.Head, CancellationToken.None);
        }
    }

    private static async Task Sleep(BenchmarkPool pool)
    {
        await Rest(pool);
        await pool.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
    }

    private static async Task Offer(BenchmarkPool pool, OfferTerms terms, CommunityId home) =>
        await pool.Grains.Offer(terms.Offer).Make(terms, BenchmarkPool.NewCommand() with { Home = home });

    private static SkillCode Skill(string code) => SkillCode.Parse(code);

    private static PartnerId Partner(int number) => PartnerId.Parse($"partner-{number}");

    private static CommunityId Community(int number) => CommunityId.Parse($"{Street}{1 + (number % Communities):000}");
}
