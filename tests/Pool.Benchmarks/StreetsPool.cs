using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Pool.Demands;
using Pool.Hosting;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;

namespace Pool.Benchmarks;

/// <param name="Processor">Microseconds of processor time a demand, of the whole process.</param>
/// <param name="Latency">Microseconds from a posting to the first proposal, on average, one demand after the other.</param>
internal sealed record StreetsRound(double Processor, double Latency)
{
    public static StreetsRound Parse(string line) => line.Split(' ') is [var processor, var latency]
        ? new(double.Parse(processor, CultureInfo.InvariantCulture), double.Parse(latency, CultureInfo.InvariantCulture))
        : throw new FormatException($"That is no round: {line}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Processor:R} {Latency:R}");
}

/// <summary>A pool whose demands are posted, proposed and cancelled, so that it stays as it is.</summary>
internal sealed class StreetsPool : IAsyncDisposable
{
    private const int PartnersPerStreet = 8;
    private const int Callers = 8;
    private const int DemandsAtOnce = 1_000;
    private const int DemandsInTurn = 200;

    /// <summary>A proposal, or the place in the queue, that takes longer will not come.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly SkillCode Skill = SkillCode.Parse("elder-care");

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
        await _pool.Rest();
        var processor = (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / DemandsAtOnce;
        var latency = TimeSpan.Zero;
        for (var demand = 0; demand < DemandsInTurn; demand++)
        {
            var begun = Stopwatch.GetTimestamp();
            var posted = await Post();
            latency += Stopwatch.GetElapsedTime(begun);
            await Cancel(posted);
        }

        await _pool.Rest();
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
        await proposed.Task.WaitAsync(Patience);
        return (community, command.RequestId);
    }

    private async Task Cancel((CommunityId Community, Guid Demand) posted) =>
        await _pool.Grains.Demand(new DemandId(posted.Demand)).Cancel(posted.Community, "measured", BenchmarkPool.NewCommand());
}
