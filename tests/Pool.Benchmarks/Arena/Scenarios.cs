using Pool.Benchmarks.Opponents;
using Pool.Databases;

namespace Pool.Benchmarks.Arena;

/// <summary>What the arena can play, by name.</summary>
internal static class Scenarios
{
    private const string Pool = "pool";
    private const string Embedded = "embedded";

    private static readonly ArenaWorld District = new(Streets: 8, Communities: 5, Partners: 30);

    public static readonly IReadOnlyDictionary<string, Func<DatabaseServer, ArenaSettings, Task<ScenarioResult>>> All =
        new Dictionary<string, Func<DatabaseServer, ArenaSettings, Task<ScenarioResult>>>
        {
            ["lifecycle"] = Lifecycle,
        };

    /// <summary>From posted to settled, by as many callers as saturate each side.</summary>
    private static Task<ScenarioResult> Lifecycle(DatabaseServer server, ArenaSettings settings) => Play(
        settings, District,
        [Over(server), Against(server, OpponentServer.Sql), Against(server, OpponentServer.SqlFunctions), Against(server, OpponentServer.RowPerGrain), Alone()],
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

    private static double Rate(Round round) => round.Load.Rate;

    private static double Commits(Round round) => (double)round.Commits / round.Load.Done;

    private static (string, Func<Task<Contestant>>) Over(DatabaseServer server) => (Pool, async () => await PoolOverPostgres.Start(server));

    private static (string, Func<Task<Contestant>>) Against(DatabaseServer server, string opponent) => (opponent, async () => await Opponent.Start(server, opponent));

    private static (string, Func<Task<Contestant>>) Alone() => (Embedded, async () => await EmbeddedPool.Start());

    private static async Task<ScenarioResult> Play(
        ArenaSettings settings, ArenaWorld world, IEnumerable<(string, Func<Task<Contestant>>)> contestants,
        Func<Contestant, ArenaClients, Task<LoadResult>> load, Func<Match, IReadOnlyList<Comparison>> compare)
    {
        await using var match = await Match.Start(settings, world, contestants);
        await match.Play(load);
        return new(match.Rounds, compare(match), await match.Audit());
    }
}

/// <param name="Wrong">What the audits found; empty when all is well.</param>
internal sealed record ScenarioResult(IReadOnlyDictionary<string, List<Round>> Rounds, IReadOnlyList<Comparison> Comparisons, IReadOnlyList<string> Wrong);
