using System.Collections.Concurrent;
using System.Diagnostics;
using Pool.Demands;
using Pool.Hosting;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;

namespace Pool.Benchmarks;

/// <summary>
/// What a demand costs, and how long its first proposal takes, in pools of few and many streets: real streets and their real
/// neighbours (streets.csv), and for the largest the same again under other codes. One street in four has a specialist.
/// </summary>
internal static class StreetsBenchmark
{
    private const int Few = 100;
    private const int Nation = 9_000;
    private const int PartnersPerStreet = 8;
    private const int Callers = 8;
    private const int WarmUps = 2;
    private const int Rounds = 5;

    private static readonly SkillCode Skill = SkillCode.Parse("elder-care");

    /// <returns>Whether every goal was met.</returns>
    public static async Task<bool> Run()
    {
        var real = Neighbours();
        var nation = Again(real, Nation);
        var pools = new List<StreetsPool>();
        foreach (var streets in new List<string>[] { Nearest(real, 1), Nearest(real, Few), [.. real.Keys], [.. nation.Keys] })
        {
            var began = Stopwatch.GetTimestamp();
            pools.Add(await StreetsPool.Found(streets, nation));
            Console.Error.WriteLine($"{streets.Count:N0} streets stand after {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
        }

        var measured = pools.ToDictionary(pool => pool, _ => new List<StreetsRound>());
        for (var round = -WarmUps; round < Rounds; round++)
        {
            foreach (var pool in pools)
            {
                var played = await pool.Play();
                if (round >= 0)
                {
                    measured[pool].Add(played);
                }
            }
        }

        Console.WriteLine("| streets | processor µs a demand | ms to its first proposal |");
        Console.WriteLine("| --- | --- | --- |");
        foreach (var (pool, rounds) in measured)
        {
            Console.WriteLine($"| {pool.Streets:N0} | {Median(rounds.Select(round => round.Processor)):0} | {Median(rounds.Select(round => round.Latency)) / 1_000:0.0} |");
        }

        List<StreetsRound> few = measured[pools[1]], all = measured[pools[2]], most = measured[pools[3]];
        bool[] met =
        [
            Compare($"The processor time of a demand among {Nation:N0} streets", few, most, round => round.Processor, 1.5),
            Compare($"The processor time of a demand among {real.Count:N0} streets", few, all, round => round.Processor, 1.5),
            Compare($"The time to its first proposal among {real.Count:N0} streets", few, all, round => round.Latency, 1.3),
        ];
        foreach (var pool in pools)
        {
            await pool.DisposeAsync();
        }

        return met.All(goal => goal);
    }

    /// <summary>The streets of Zhejiang of 2023, with those that touch them; the sample district's README says where such facts come from.</summary>
    private static Dictionary<string, List<string>> Neighbours() =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "streets.csv")).Skip(1).Select(line => line.Split(','))
            .ToDictionary(street => street[0], street => street[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList());

    /// <summary>The same streets again and again, each time under the codes of another made-up province, until there are so many.</summary>
    private static Dictionary<string, List<string>> Again(Dictionary<string, List<string>> streets, int count) =>
        Enumerable.Range(0, (count / streets.Count) + 1)
            .SelectMany(time => streets.Select(street => (Code: Code(street.Key, time), Neighbours: street.Value.Select(neighbour => Code(neighbour, time)).ToList())))
            .Take(count).ToDictionary(street => street.Code, street => street.Neighbours);

    private static string Code(string street, int time) => $"{33 + time}{street[2..]}";

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

    private static bool Compare(string what, List<StreetsRound> few, List<StreetsRound> many, Func<StreetsRound, double> figure, double goal)
    {
        var ratios = many.Zip(few, (a, b) => figure(a) / figure(b)).ToList();
        return Goal.Tell(Median(ratios) <= goal, $"{what}: {Median(ratios):0.00} times that among {Few} (rounds {ratios.Min():0.00} to {ratios.Max():0.00}); goal at most {goal:0.0}");
    }

    private static double Median(IEnumerable<double> figures) => figures.Order().ElementAt(Rounds / 2);

    /// <param name="Processor">Microseconds of processor time a demand, of the whole process.</param>
    /// <param name="Latency">Microseconds from a posting to the first proposal, on average, one demand after the other.</param>
    private sealed record StreetsRound(double Processor, double Latency);

    /// <summary>A pool whose demands are posted, proposed and cancelled, so that it stays as it is.</summary>
    private sealed class StreetsPool : IAsyncDisposable
    {
        private const int DemandsAtOnce = 1_000;
        private const int DemandsInTurn = 200;

        private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = [];
        private readonly BenchmarkPool _pool;
        private readonly List<string> _streets;
        private int _posted;

        private StreetsPool(BenchmarkPool pool, List<string> streets)
        {
            (_pool, _streets) = (pool, streets);
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

        public int Streets => _streets.Count;

        public static async Task<StreetsPool> Found(List<string> streets, Dictionary<string, List<string>> neighbours)
        {
            var (pool, here) = (await BenchmarkPool.Start(), streets.ToHashSet());
            await pool.Grains.Skills().Add(new(Skill, "居家养老照护", "Elder care", "care", 100, false), BenchmarkPool.NewCommand());
            await Parallel.ForEachAsync(streets, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (street, _) =>
                await pool.AddStreet(StreetId.Parse(street), neighbours[street].Where(here.Contains).Select(StreetId.Parse), communities: 1));
            await Parallel.ForEachAsync(streets.Index(), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (street, _) =>
            {
                var (number, code) = street;
                foreach (var neighbour in neighbours[code].Where(here.Contains))
                {
                    await pool.Grains.Lender(StreetId.Parse(code)).SetTreaty(StreetId.Parse(neighbour), open: true, terms: null, BenchmarkPool.NewCommand());
                }

                await Task.WhenAll(Enumerable.Range(0, PartnersPerStreet).Select(partner => Register(pool, code, partner, isSpecialist: number % 4 == 0 && partner == 0)));
            });
            return new(pool, streets);
        }

        public async Task<StreetsRound> Play()
        {
            var before = Environment.CpuUsage.TotalTime;
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
            {
                for (var demand = 0; demand < DemandsAtOnce / Callers; demand++)
                {
                    await Cancel(await Post());
                }
            }));
            var processor = (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / DemandsAtOnce;
            var latency = TimeSpan.Zero;
            for (var demand = 0; demand < DemandsInTurn; demand++)
            {
                var begun = Stopwatch.GetTimestamp();
                var posted = await Post();
                latency += Stopwatch.GetElapsedTime(begun);
                await Cancel(posted);
            }

            return new(processor, latency.TotalMicroseconds / DemandsInTurn);
        }

        public ValueTask DisposeAsync() => _pool.DisposeAsync();

        private static async Task Register(BenchmarkPool pool, string street, int number, bool isSpecialist)
        {
            var (partner, community) = (PartnerId.Parse($"p{street}-{number}"), CommunityId.Parse($"{street}001"));
            await pool.Grains.Partner(partner).Register(
                community, new(partner.Text, PartnerKind.Organisation, Circle.Service, PartnerMode.PublicBenefit, Limits.Capacity), BenchmarkPool.NewCommand());
            var offer = new OfferTerms(
                new(partner, "offer"), Skill, isSpecialist ? 5 : 1, WeeklyHours.Always, Clock.DefaultZone, Limits.Capacity, FeeMode.Volunteer, 3, Minutes.Zero);
            await pool.Grains.Offer(offer.Offer).Make(offer, BenchmarkPool.NewCommand() with { Home = community });
        }

        /// <summary>Posts a demand, each in another street, and waits for its first proposal, or for the queue where there is none.</summary>
        private async Task<(CommunityId Community, Guid Demand)> Post()
        {
            var start = DateTimeOffset.UtcNow.AddDays(1);
            var terms = new DemandTerms("Care for an hour", "", Skill, 4, 1, new(start, start.AddHours(8)), new(60), [FeeMode.Volunteer], 2, false);
            var (community, command) = (CommunityId.Parse($"{_streets[(int)((uint)Interlocked.Increment(ref _posted) * 37L % _streets.Count)]}001"), BenchmarkPool.NewCommand());
            var proposed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited[$"demand/{command.RequestId}"] = proposed;
            await _pool.Grains.Community(community).PostDemand(terms, command);
            await proposed.Task;
            return (community, command.RequestId);
        }

        private async Task Cancel((CommunityId Community, Guid Demand) posted) =>
            await _pool.Grains.Demand(new DemandId(posted.Demand)).Cancel(posted.Community, "measured", BenchmarkPool.NewCommand());
    }
}
