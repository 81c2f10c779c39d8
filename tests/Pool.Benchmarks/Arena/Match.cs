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
}

/// <summary>Who is to play, and where.</summary>
internal sealed record Side(string Name, ArenaWorld World, Func<Task<Contestant>> Start);

/// <summary>One contestant's measured round.</summary>
/// <param name="Commits">Transactions of its database.</param>
/// <param name="Used">Processor seconds.</param>
internal sealed record Round(LoadResult Load, long Commits, Processors Used);

/// <summary>One goal: a figure of the pool beside another's, round by round.</summary>
/// <param name="AtLeast">Whether the goal is a least or a most.</param>
internal sealed record Comparison(string What, string Against, IReadOnlyList<double> Ratios, double Goal, bool AtLeast)
{
    public double Median => Ratios.Order().ElementAt(Ratios.Count / 2);

    public bool Met => AtLeast ? Median >= Goal : Median <= Goal;

    public override string ToString() =>
        $"{What} against {Against}: {Median:0.00} (rounds {Ratios.Min():0.00} to {Ratios.Max():0.00}); goal {(AtLeast ? "at least" : "at most")} {Goal:0.00}: {(Met ? "met" : "NOT MET")}";
}

/// <summary>Contestants that take turns on one machine and one server, the same load for each.</summary>
internal sealed class Match(ArenaSettings settings, IReadOnlyList<(Contestant Contestant, ArenaClients Clients)> sides) : IAsyncDisposable
{
    private readonly Dictionary<string, List<Round>> _rounds = sides.ToDictionary(side => side.Contestant.Name, _ => new List<Round>());

    public IReadOnlyDictionary<string, List<Round>> Rounds => _rounds;

    /// <summary>Starts contestants and makes its world in each.</summary>
    public static async Task<Match> Start(ArenaSettings settings, IEnumerable<Side> contestants)
    {
        var sides = new List<(Contestant, ArenaClients)>();
        foreach (var side in contestants.Where(side => settings.Sides.Count == 0 || settings.Sides.Contains(side.Name)))
        {
            var contestant = await side.Start();
            sides.Add((contestant, await ArenaClients.Start(side.World, contestant)));
        }

        return new(settings, sides);
    }

    /// <summary>Plays every round, and says of each what came of it.</summary>
    public async Task Play(Func<Contestant, ArenaClients, Task<LoadResult>> load)
    {
        // Whoever plays again is measured anew.
        foreach (var rounds in _rounds.Values)
        {
            rounds.Clear();
        }

        for (var round = -ArenaSettings.WarmUps; round < settings.Rounds; round++)
        {
            foreach (var (contestant, clients) in sides)
            {
                var (commits, used) = (await contestant.Commits(), Processors.Now(contestant.ProcessId));
                var result = await load(contestant, clients);
                var played = new Round(result, await contestant.Commits() - commits, Processors.Now(contestant.ProcessId).Since(used));
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
            ? [new(what, other, [.. ours.Zip(theirs, (a, b) => figure(a) / figure(b))], goal, atLeast)]
            : [];

    /// <summary>Holds a contestant's own figure against a goal; nothing where it does not play.</summary>
    public IEnumerable<Comparison> Measure(string what, string side, Func<Round, double> figure, double goal, bool atLeast = true) =>
        _rounds.TryGetValue(side, out var ours) ? [new(what, "nothing", [.. ours.Select(figure)], goal, atLeast)] : [];

    /// <summary>What the audits of all contestants find wrong; a figure of one that fails counts for nothing.</summary>
    public async Task<IReadOnlyList<string>> Audit()
    {
        var wrong = new List<string>();
        foreach (var (contestant, _) in sides)
        {
            wrong.AddRange((await contestant.Audit()).Select(sentence => $"{contestant.Name}: {sentence}"));
        }

        return wrong;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (contestant, clients) in sides)
        {
            await clients.DisposeAsync();
            await contestant.DisposeAsync();
        }
    }

    private static string Text(Round round)
    {
        var (done, each) = (Math.Max(1, round.Load.Done), 1e6 / Math.Max(1, round.Load.Done));
        return $"{round.Load.Rate:0}/s, p50 {round.Load.P50:0.0} ms, p99 {round.Load.P99:0.0} ms, {(double)round.Commits / done:0.000} commits each; processor µs each: server {round.Used.Server * each:0}, load {round.Used.Load * each:0}, database and system {round.Used.Others * each:0}";
    }
}
