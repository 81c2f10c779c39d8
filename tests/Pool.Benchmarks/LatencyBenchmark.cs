using System.Collections.Concurrent;
using System.Diagnostics;
using Pool.Communities;
using Pool.Demands;
using Pool.Offers;
using Pool.Partners;
using Pool.Skills;
using Pool.Streets;
using Pool.Treaties;
using Pool.Values;

namespace Pool.Benchmarks;

/// <summary>
/// From the posting of a sequential demand to its first proposal, in a pool of all streets of Zhejiang and in one of a
/// hundred: real streets, their real neighbours (streets.csv), and partners of whom one in four streets has a specialist.
/// </summary>
internal static class LatencyBenchmark
{
    private const int Few = 100;
    private const int PartnersPerStreet = 20;
    private const int Demands = 200;

    private static readonly SkillCode Skill = SkillCode.Parse("elder-care");

    public static async Task<IReadOnlyList<Ratio>> Run()
    {
        var neighbours = Neighbours();
        await using var few = await Pool(Nearest(neighbours, Few), neighbours);
        await using var all = await Pool([.. neighbours.Keys], neighbours);
        return
        [
            await Ratio.Measure(
                $"The first proposal of a sequential demand among {all.Streets.Count:N0} streets", () => all.Time(),
                $"among {Few}", () => few.Time(), goal: 1.3, atLeast: false, "µs"),
        ];
    }

    /// <summary>The streets of Zhejiang of 2023, with those that touch them; the sample district's README says where such facts come from.</summary>
    private static Dictionary<string, List<string>> Neighbours() =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "streets.csv")).Skip(1).Select(line => line.Split(','))
            .ToDictionary(street => street[0], street => street[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList());

    /// <summary>So many streets around the first, the nearest first.</summary>
    private static List<string> Nearest(Dictionary<string, List<string>> neighbours, int count)
    {
        var near = new List<string> { neighbours.Keys.First() };
        for (var at = 0; at < near.Count && near.Count < count; at++)
        {
            near.AddRange(neighbours[near[at]].Except(near).Take(count - near.Count));
        }

        return near;
    }

    private static async Task<LatencyPool> Pool(List<string> streets, Dictionary<string, List<string>> neighbours)
    {
        var pool = await BenchmarkPool.Start();
        await pool.Grains.GetGrain<ISkillCatalogueGrain>(SkillCatalogue.Key).Add(new(Skill, "居家养老照护", "Elder care", "care", 100, false), BenchmarkPool.NewCommand());
        var here = streets.ToHashSet();
        await Parallel.ForEachAsync(streets, async (street, _) =>
            await pool.AddStreet(StreetId.Parse(street), neighbours[street].Where(here.Contains).Select(StreetId.Parse), communities: 1));
        await Parallel.ForEachAsync(streets.Index(), async (street, _) =>
        {
            var (number, code) = street;
            var (grain, community) = (pool.Grains.GetGrain<IStreetGrain>(code), CommunityId.Parse($"{code}001"));
            foreach (var neighbour in neighbours[code].Where(here.Contains))
            {
                await pool.Grains.GetGrain<ILenderGrain>(code).SetTreaty(StreetId.Parse(neighbour), open: true, terms: null, BenchmarkPool.NewCommand());
            }

            for (var i = 0; i < PartnersPerStreet; i++)
            {
                var partner = PartnerId.Parse($"p{code}-{i}");
                await pool.Grains.GetGrain<IPartnerGrain>(partner.Text).Register(
                    community, new(partner.Text, PartnerKind.Organisation, Circle.Service, PartnerMode.PublicBenefit, Limits.Capacity), BenchmarkPool.NewCommand());
                var offer = new OfferTerms(
                    new(partner, "offer"), Skill, number % 4 == 0 && i == 0 ? 5 : 1, WeeklyHours.Always, Clock.DefaultZone, Limits.Capacity, FeeMode.Volunteer, 3, Minutes.Zero);
                await pool.Grains.GetGrain<IOfferGrain>(offer.Offer.Text).Make(offer, BenchmarkPool.NewCommand() with { Home = community });
            }
        });
        return new(pool, streets);
    }

    /// <summary>A pool that is measured one demand after the other.</summary>
    private sealed class LatencyPool : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = [];
        private readonly BenchmarkPool _pool;
        private int _posted;

        public LatencyPool(BenchmarkPool pool, IReadOnlyList<string> streets)
        {
            (_pool, Streets) = (pool, streets);
            pool.Journal.Written += records =>
            {
                foreach (var made in records.Where(record => record.Happened is ProposalMade or DemandQueued))
                {
                    if (_awaited.TryRemove(made.Stream, out var proposed))
                    {
                        proposed.SetResult();
                    }
                }
            };
        }

        public IReadOnlyList<string> Streets { get; }

        /// <summary>The mean microseconds from the posting to the first proposal, or to the queue where there is none.</summary>
        public async Task<double> Time()
        {
            var start = DateTimeOffset.UtcNow.AddDays(1);
            var terms = new DemandTerms("Care for an hour", "", Skill, 4, 1, new(start, start.AddHours(8)), new(60), [FeeMode.Volunteer], 2, false);
            var begun = Stopwatch.GetTimestamp();
            for (var i = 0; i < Demands; i++)
            {
                var street = Streets[_posted++ * 37 % Streets.Count];
                var command = BenchmarkPool.NewCommand();
                var proposed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _awaited[$"demand/{command.RequestId}"] = proposed;
                await _pool.Grains.GetGrain<ICommunityGrain>($"{street}001").PostDemand(terms, command);
                await proposed.Task;
            }

            return Stopwatch.GetElapsedTime(begun).TotalMicroseconds / Demands;
        }

        public ValueTask DisposeAsync() => _pool.DisposeAsync();
    }
}
