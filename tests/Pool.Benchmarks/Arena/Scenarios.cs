using Pool.Benchmarks.Opponents;
using Pool.Databases;
using Pool.Values;

namespace Pool.Benchmarks.Arena;

/// <summary>What the arena can play, by name.</summary>
internal static class Scenarios
{
    private const string Pool = "pool";
    private const string Embedded = "embedded";
    private const string Watched = "watched";
    private const string Untraced = "untraced";
    private const string TracedSome = "traced-1";
    private const string TracedAll = "traced-100";

    /// <summary>Who can play in one scenario or another.</summary>
    public static readonly IReadOnlyList<string> Sides = [Pool, Embedded, .. OpponentServer.Names, Watched, Untraced, TracedSome, TracedAll];

    private static readonly ArenaWorld District = new(Streets: 8, Communities: 5, Partners: 30);

    public static readonly IReadOnlyDictionary<string, Func<DatabaseServer, ArenaSettings, Task<ScenarioResult>>> All =
        new Dictionary<string, Func<DatabaseServer, ArenaSettings, Task<ScenarioResult>>>
        {
            ["lifecycle"] = Lifecycle,
            ["propose"] = Propose,
            ["half-load"] = HalfLoad,
            ["hot-street"] = (server, settings) => Hot(server, settings, new(Streets: 1, Communities: 40, Partners: 30)),
            ["hot-partner"] = (server, settings) => Hot(server, settings, new(Streets: 1, Communities: 1, Partners: 1, Capacity: Limits.Capacity)),
            ["watchers"] = Watchers,
            ["tracing"] = Tracing,
        };

    /// <summary>From posted to settled, by as many callers as saturate each side.</summary>
    private static Task<ScenarioResult> Lifecycle(DatabaseServer server, ArenaSettings settings) => Play(
        settings,
        [Over(server), Against(server, settings, OpponentServer.Sql), Against(server, settings, OpponentServer.SqlFunctions), Against(server, settings, OpponentServer.RowPerGrain), Alone()],
        (_, clients) => Load.Closed(settings.Callers, settings.Time, clients.Live),
        match =>
        [
            .. match.Compare("Lifecycles a second", Pool, OpponentServer.Sql, Rate, 6),
            .. match.Compare("Lifecycles a second", Pool, OpponentServer.SqlFunctions, Rate, 3),
            .. match.Compare("Lifecycles a second", Pool, OpponentServer.RowPerGrain, Rate, 5),
            .. match.Compare("Lifecycles a second, embedded", Embedded, OpponentServer.SqlFunctions, Rate, 4),
            .. match.Compare("Commits a lifecycle", Pool, OpponentServer.SqlFunctions, Commits, 1.0 / 50, atLeast: false),
            .. match.Measure("Commits a lifecycle", Pool, Commits, 0.05, atLeast: false),
        ]);

    /// <summary>From posted to proposed alone: nobody ever accepts.</summary>
    private static Task<ScenarioResult> Propose(DatabaseServer server, ArenaSettings settings) => Play(
        settings, [Over(server), Against(server, settings, OpponentServer.SqlFunctions), Alone()],
        (_, clients) => Load.Closed(settings.Callers, settings.Time, clients.Propose),
        match =>
        [
            .. match.Compare("Proposals a second", Pool, OpponentServer.SqlFunctions, Rate, 3),
            .. match.Compare("Proposals a second, embedded", Embedded, OpponentServer.SqlFunctions, Rate, 4),
        ]);

    /// <summary>How long a durable proposal takes while whole lifecycles come at half the rate that saturates a side, each at its due time.</summary>
    private static async Task<ScenarioResult> HalfLoad(DatabaseServer server, ArenaSettings settings)
    {
        await using var match = await Match.Start(settings, [Over(server), Against(server, settings, OpponentServer.SqlFunctions)]);
        await match.Play((_, clients) => Load.Closed(settings.Callers, settings.Time, clients.Live));
        var half = match.Rounds.ToDictionary(side => side.Key, side => Median.Of(side.Value.Select(Rate)) / 2);
        await match.Play((contestant, clients) => Load.Open(half[contestant.Name], settings.Time, clients.Begin));
        return await match.Judge(
            [
                .. match.Compare("Median time to a durable proposal", Pool, OpponentServer.SqlFunctions, round => round.Load.P50, 1, atLeast: false),
                .. match.Measure("99 of 100 durable proposals, ms", Pool, round => round.Load.P99, 10, atLeast: false),
            ]);
    }

    /// <summary>Lifecycles that all meet in one place.</summary>
    private static Task<ScenarioResult> Hot(DatabaseServer server, ArenaSettings settings, ArenaWorld world) => Play(
        settings,
        from side in new[] { Over(server), Against(server, settings, OpponentServer.Sql), Against(server, settings, OpponentServer.SqlFunctions), Against(server, settings, OpponentServer.RowPerGrain) }
        select side with { World = world },
        (_, clients) => Load.Closed(settings.Callers, settings.Time, clients.Live),
        match =>
        [
            .. match.Compare("Lifecycles a second", Pool, OpponentServer.Sql, Rate, 6),
            .. match.Compare("Lifecycles a second", Pool, OpponentServer.SqlFunctions, Rate, 3),
            .. match.Compare("Lifecycles a second", Pool, OpponentServer.RowPerGrain, Rate, 5),
        ]);

    /// <summary>Lifecycles of so many streets, each with somebody who watches it, beside those of a district.</summary>
    private static Task<ScenarioResult> Watchers(DatabaseServer server, ArenaSettings settings) => Play(
        settings,
        [Over(server), new(Watched, new(Streets: 1_000, Communities: 1, Partners: 2), async () => await PoolOverPostgres.Start(server, Watched))],
        (_, clients) => Load.Closed(settings.Callers, settings.Time, clients.Live),
        match => [.. match.Compare("Lifecycles a second of a thousand watched streets", Watched, Pool, Rate, 0.8)]);

    /// <summary>Lifecycles while nobody, one in a hundred and everybody is traced, each span sent to a collector on this machine.</summary>
    private static async Task<ScenarioResult> Tracing(DatabaseServer server, ArenaSettings settings)
    {
        await using var some = await Collector.Start();
        await using var all = await Collector.Start();
        await using var match = await Match.Start(
            settings, [new(Untraced, District, async () => await PoolOverPostgres.Start(server, Untraced)), Traced(TracedSome, some, "0.01"), Traced(TracedAll, all, "1")]);
        await match.Play((_, clients) => Load.Closed(settings.Callers, settings.Time, clients.Live));
        foreach (var (name, collector, part) in new[] { (TracedSome, some, 0.01), (TracedAll, all, 1) })
        {
            // The demands of the world's founding are few beside these.
            if (match.ToldBy(name) is { Settled.Count: > 0 } told)
            {
                Console.WriteLine($"{name}: the collector was sent {collector.Spans:N0} spans, {collector.Spans / (told.Settled.Count * part):0.0} of each traced lifecycle.");
            }
        }

        return await match.Judge(
            [
                .. match.Compare("Lifecycles a second, one trace in a hundred,", TracedSome, Untraced, Rate, 0.85),
                .. match.Compare("Lifecycles a second, every trace,", TracedAll, Untraced, Rate, 0.85),
            ]);

        Side Traced(string name, Collector collector, string sampled) => new(name, District, async () => await PoolOverPostgres.Start(server, name, new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
            ["OTEL_TRACES_SAMPLER"] = "parentbased_traceidratio",
            ["OTEL_TRACES_SAMPLER_ARG"] = sampled,
        }));
    }

    private static double Rate(Round round) => round.Load.Rate;

    private static double Commits(Round round) => (double)round.Commits!.Value / round.Load.Done;

    private static Side Over(DatabaseServer server) => new(Pool, District, async () => await PoolOverPostgres.Start(server));

    private static Side Against(DatabaseServer server, ArenaSettings settings, string opponent) => new(opponent, District, async () => await Opponent.Start(server, opponent, settings.Connections));

    private static Side Alone() => new(Embedded, District, async () => await EmbeddedPool.Start());

    private static async Task<ScenarioResult> Play(
        ArenaSettings settings, IEnumerable<Side> sides, Func<Contestant, ArenaClients, Task<LoadResult>> load, Func<Match, IReadOnlyList<Comparison>> compare)
    {
        await using var match = await Match.Start(settings, sides);
        await match.Play(load);
        return await match.Judge(compare(match));
    }
}

/// <param name="Wrong">What the audits found; empty when all is well.</param>
internal sealed record ScenarioResult(IReadOnlyDictionary<string, List<Round>> Rounds, IReadOnlyList<Comparison> Comparisons, IReadOnlyList<string> Wrong);
