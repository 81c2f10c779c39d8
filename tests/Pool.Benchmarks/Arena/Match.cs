using System.Globalization;

namespace Pool.Benchmarks.Arena;

/// <param name="Rounds">Measured rounds of each contestant.</param>
/// <param name="Time">Of each round.</param>
/// <param name="Callers">Of a closed loop.</param>
/// <param name="Connections">Of each opponent to its database.</param>
/// <param name="Sides">Who plays, by name; all who are asked for when empty.</param>
internal sealed record ArenaSettings(int Rounds, TimeSpan Time, int Callers, int Connections, IReadOnlyCollection<string> Sides)
{
    /// <summary>Unmeasured rounds of each, while compilers and caches warm up.</summary>
    public const int WarmUps = 2;

    /// <summary>By which chance orders the sides of each round, the same each time.</summary>
    public const int Seed = 6;
}

/// <summary>Who is to play, and where.</summary>
internal sealed record Side(string Name, ArenaWorld World, Func<Task<Contestant>> Start);

/// <summary>One contestant's measured round.</summary>
/// <param name="Turn">After how many others of the same round it played.</param>
/// <param name="Commits">Transactions that wrote something, also of what it puts off until after the last answer; null where nobody counts them.</param>
/// <param name="Used">Processor seconds, of the same.</param>
internal sealed record Round(int Turn, LoadResult Load, long? Commits, Processors Used);

/// <summary>One goal: a figure of the pool beside another's, round by round.</summary>
/// <param name="Against">Whose; null where the figure stands alone.</param>
/// <param name="AtLeast">Whether the goal is a least or a most.</param>
internal sealed record Comparison(string What, string Side, string? Against, IReadOnlyList<double> Ratios, double Goal, bool AtLeast)
{
    /// <summary>Whether the audit found something wrong with one of the two: then the figure counts for nothing.</summary>
    public bool IsVoid { get; init; }

    public double Median => Benchmarks.Median.Of(Ratios);

    public bool Met => !IsVoid && (AtLeast ? Median >= Goal : Median <= Goal);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{What}{(Against is null ? "" : $" against {Against}")}: {Median:G3} (rounds {Ratios.Min():G3} to {Ratios.Max():G3}); goal {(AtLeast ? "at least" : "at most")} {Goal}: {(IsVoid ? "VOID, an audit failed" : Met ? "met" : "NOT MET")}");
}

/// <summary>Those who were named do not play in a scenario.</summary>
internal sealed class NobodyPlaysException(string message) : Exception(message);

/// <summary>Contestants that take turns on one machine and one server, the same load for each.</summary>
internal sealed class Match(ArenaSettings settings, IReadOnlyList<(Contestant Contestant, ArenaClients Clients)> sides) : IAsyncDisposable
{
    private readonly Dictionary<string, List<Round>> _rounds = [];

    public IReadOnlyDictionary<string, List<Round>> Rounds => _rounds;

    /// <summary>What the clients of a contestant were told so far; nothing where it does not play.</summary>
    public Acknowledged? ToldBy(string side) => sides.Where(playing => playing.Contestant.Name == side).Select(playing => playing.Clients.Told).FirstOrDefault();

    /// <summary>Starts contestants and makes its world in each.</summary>
    /// <exception cref="NobodyPlaysException">None of those who play is among those who were named.</exception>
    public static async Task<Match> Start(ArenaSettings settings, IEnumerable<Side> contestants)
    {
        var (all, sides) = (contestants.ToList(), new List<(Contestant, ArenaClients)>());
        var playing = all.Where(side => settings.Sides.Count == 0 || settings.Sides.Contains(side.Name)).ToList();
        if (playing.Count == 0)
        {
            throw new NobodyPlaysException($"None of {string.Join(", ", settings.Sides)} plays here; {string.Join(", ", all.Select(side => side.Name))} do.");
        }

        var match = new Match(settings, sides);
        try
        {
            foreach (var side in playing)
            {
                var contestant = await side.Start();
                sides.Add((contestant, await Founded(side.World, contestant)));
                match._rounds[contestant.Name] = [];
            }
        }
        catch
        {
            await match.DisposeAsync();
            throw;
        }

        return match;
    }

    private static async Task<ArenaClients> Founded(ArenaWorld world, Contestant contestant)
    {
        try
        {
            return await ArenaClients.Start(world, contestant);
        }
        catch
        {
            await contestant.DisposeAsync();
            if (await contestant.Log() is { Length: > 0 } log)
            {
                Console.Error.WriteLine($"{contestant.Name} said:\n{log}");
            }

            throw;
        }
    }

    /// <summary>
    /// Plays every round, each in an order of its own, and says of each what came of it. What a contestant puts off is done, and
    /// counted, before the next one plays.
    /// </summary>
    public async Task Play(Func<Contestant, ArenaClients, Task<LoadResult>> load)
    {
        // Whoever plays again is measured anew.
        foreach (var rounds in _rounds.Values)
        {
            rounds.Clear();
        }

        var (chance, order) = (new Random(ArenaSettings.Seed), sides.ToArray());
        for (var round = -ArenaSettings.WarmUps; round < settings.Rounds; round++)
        {
            chance.Shuffle(order);
            foreach (var (turn, (contestant, clients)) in order.Index())
            {
                var (commits, used) = (await contestant.Commits(), Processors.Now(contestant.ProcessId));
                var result = await load(contestant, clients);
                await contestant.Rest();
                var played = new Round(turn, result, await contestant.Commits() - commits, Processors.Now(contestant.ProcessId).Since(used));
                Console.WriteLine($"{(round < 0 ? "warm-up" : $"round {round + 1}")}: {contestant.Name} {Text(played)}");
                if (round >= 0)
                {
                    _rounds[contestant.Name].Add(played);
                }
            }
        }
    }

    /// <summary>Compares two contestants, round by round; nothing where one of them does not play.</summary>
    public IEnumerable<Comparison> Compare(string what, string side, string other, Func<Round, double> figure, double goal, bool atLeast = true) =>
        _rounds.TryGetValue(side, out var ours) && _rounds.TryGetValue(other, out var theirs)
            ? [new(what, side, other, [.. ours.Zip(theirs, (a, b) => figure(a) / figure(b))], goal, atLeast)]
            : [];

    /// <summary>Holds a contestant's own figure against a goal; nothing where it does not play.</summary>
    public IEnumerable<Comparison> Measure(string what, string side, Func<Round, double> figure, double goal, bool atLeast = true) =>
        _rounds.TryGetValue(side, out var ours) ? [new(what, side, null, [.. ours.Select(figure)], goal, atLeast)] : [];

    /// <summary>Audits every contestant, also whether all is stored of which clients were told; a figure of one that fails counts for nothing.</summary>
    public async Task<ScenarioResult> Judge(IEnumerable<Comparison> comparisons)
    {
        var wrong = new List<(string Side, string Sentence)>();
        foreach (var (contestant, clients) in sides)
        {
            wrong.AddRange((await contestant.Audit(clients.Told)).Select(sentence => (contestant.Name, sentence)));
        }

        var failed = wrong.Select(found => found.Side).ToHashSet();
        return new(
            _rounds,
            [.. comparisons.Select(comparison => comparison with { IsVoid = failed.Contains(comparison.Side) || (comparison.Against is { } against && failed.Contains(against)) })],
            wrong.ConvertAll(found => $"{found.Side}: {found.Sentence}"));
    }

    public async ValueTask DisposeAsync()
    {
        var failures = new List<Exception>();
        foreach (var part in sides.SelectMany(side => new IAsyncDisposable[] { side.Clients, side.Contestant }))
        {
            try
            {
                await part.DisposeAsync();
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                failures.Add(failure);
            }
        }

        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }
    }

    private static string Text(Round round)
    {
        var (done, each) = (Math.Max(1, round.Load.Done), 1e6 / Math.Max(1, round.Load.Done));
        var commits = round.Commits is { } counted ? $"{(double)counted / done:0.000} commits each" : "commits not counted";
        return $"{round.Load.Rate:0}/s, p50 {round.Load.P50:0.0} ms, p99 {round.Load.P99:0.0} ms, {commits}; processor µs each: server {round.Used.Server * each:0}, load {round.Used.Load * each:0}, database and system {round.Used.Others * each:0}";
    }
}
