using System.Diagnostics;

namespace Pool.Benchmarks;

/// <summary>
/// What a demand costs, and how long its first proposal takes, in pools of few and many streets: real streets and their real
/// neighbours (streets.csv), and for the largest the same again under other codes. One street in four has a specialist. Each pool
/// is a process of its own, so that none pays for another's heap.
/// </summary>
internal static class StreetsBenchmark
{
    private const int Few = 100;
    private const int Nation = 9_000;
    private const int WarmUps = 2;
    private const int Rounds = 5;

    /// <summary>By which chance orders the pools of each round, the same each time.</summary>
    private const int Seed = 5;

    /// <summary>The command of a pool's process.</summary>
    public const string Process = "streets-process";

    /// <summary>What a pool's process says when it stands, and before what came of a round.</summary>
    private const string Stands = "stands";
    private const string Played = "played ";

    /// <returns>Whether every goal was met.</returns>
    public static async Task<bool> Run()
    {
        var real = Neighbours();
        int[] sizes = [1, Few, real.Count, Nation];
        var pools = new List<(int Streets, Child Pool)>();
        try
        {
            foreach (var streets in sizes)
            {
                var (began, pool) = (Stopwatch.GetTimestamp(), Child.Start(new Dictionary<string, string>(), Process, $"{streets}"));
                pools.Add((streets, pool));
                await pool.Says(Stands);
                Console.Error.WriteLine($"{streets:N0} streets stand after {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
            }

            return Tell(await Play([.. pools]), real.Count);
        }
        finally
        {
            foreach (var (_, pool) in pools)
            {
                await pool.DisposeAsync();
            }
        }
    }

    /// <summary>Founds the pool of so many streets, and plays a round for each line that comes.</summary>
    public static async Task Serve(int streets)
    {
        var real = Neighbours();
        var nation = Again(real, Nation);
        await using var pool = await StreetsPool.Found(streets < real.Count ? Nearest(real, streets) : [.. nation.Keys.Take(streets)], nation);
        Console.WriteLine(Stands);
        while (await Console.In.ReadLineAsync() is not null)
        {
            Console.WriteLine($"{Played}{await pool.Play()}");
        }
    }

    /// <summary>The measured rounds by the number of streets: one pool after the other, in an order of its own each round.</summary>
    private static async Task<Dictionary<int, List<StreetsRound>>> Play((int Streets, Child Pool)[] pools)
    {
        var (measured, chance) = (pools.ToDictionary(of => of.Streets, _ => new List<StreetsRound>()), new Random(Seed));
        for (var round = -WarmUps; round < Rounds; round++)
        {
            chance.Shuffle(pools);
            foreach (var (streets, pool) in pools)
            {
                await pool.Tell("play");
                var played = StreetsRound.Parse(await pool.Says(Played));
                if (round >= 0)
                {
                    measured[streets].Add(played);
                }
            }
        }

        return measured;
    }

    /// <param name="real">How many streets are real.</param>
    private static bool Tell(Dictionary<int, List<StreetsRound>> measured, int real)
    {
        Console.WriteLine("| streets | processor µs a demand | ms to its first proposal |");
        Console.WriteLine("| --- | --- | --- |");
        foreach (var (streets, rounds) in measured)
        {
            Console.WriteLine($"| {streets:N0} | {Median.Of(rounds.Select(round => round.Processor)):0} | {Median.Of(rounds.Select(round => round.Latency)) / 1_000:0.0} |");
        }

        var (few, all, most) = (measured[Few], measured[real], measured[Nation]);
        bool[] met =
        [
            Compare($"The processor time of a demand among {Nation:N0} streets", few, most, round => round.Processor, 1.5),
            Compare($"The processor time of a demand among {real:N0} streets", few, all, round => round.Processor, 1.5),
            Compare($"The time to its first proposal among {real:N0} streets", few, all, round => round.Latency, 1.3),
        ];
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
        return Goal.Tell(Median.Of(ratios) <= goal, $"{what}: {Median.Of(ratios):0.00} times that among {Few} (rounds {ratios.Min():0.00} to {ratios.Max():0.00}); goal at most {goal:0.0}");
    }
}
