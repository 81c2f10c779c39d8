using Pool.Benchmarks;
using Pool.Benchmarks.Arena;
using Pool.Benchmarks.Opponents;

var benchmarks = new Dictionary<string, Func<Task<IReadOnlyList<Ratio>>>>
{
    ["appends"] = AppendBenchmark.Run,
    ["post"] = PostBenchmark.Run,
    ["search"] = SearchBenchmark.Run,
    ["database"] = DatabaseBenchmark.Run,
    ["ledgers"] = LedgerBenchmark.Run,
};
if (args is ["arena", ..])
{
    return await new System.CommandLine.RootCommand { ArenaCommand.Make() }.Parse(args).InvokeAsync();
}

if (args is ["opponent", var opponent, var connections] && OpponentServer.Names.Contains(opponent))
{
    await OpponentServer.Run(
        opponent, Environment.GetEnvironmentVariable(Opponent.Variable) ?? throw new InvalidOperationException($"{Opponent.Variable} names no database."),
        int.Parse(connections, System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}

Task<bool>? alone = args switch
{
    ["faults", .. var given] => FaultTable.Run(given),
    ["simulate", .. var given] => Task.FromResult(SimulationTable.Run(given)),
    ["proofs", .. var given] => ProofBenchmark.Run(given),
    ["rounds"] => Task.FromResult(RoundBenchmark.Run()),
    ["nation"] => Task.FromResult(NationBenchmark.Run()),
    ["streets"] => StreetsBenchmark.Run(),
    ["memory"] => MemoryBenchmark.Run(),
    ["cold-start"] => ColdStartBenchmark.Run(),
    ["cold-start", var given] when int.TryParse(given, out var demands) && demands >= ColdStartBenchmark.Fewest => ColdStartBenchmark.Run(demands),
    ["limits"] => LimitBenchmark.Run(),
    ["recovery"] => RecoveryBenchmark.Run(),
    _ => null,
};
if (alone is not null)
{
    return await alone ? 0 : 2;
}

if (args.Any(name => !benchmarks.ContainsKey(name)))
{
    Console.Error.WriteLine($"usage: Pool.Benchmarks [{string.Join("] [", benchmarks.Keys)}] | rounds | streets | nation | memory | limits | cold-start [demands, from {ColdStartBenchmark.Fewest}] | proofs [entries] | arena --help | recovery | faults [runs [first seed [fault]]] | simulate [seeds [steps [first seed]]]");
    return 1;
}

var met = true;
foreach (var name in args.Length == 0 ? [.. benchmarks.Keys] : args)
{
    foreach (var ratio in await benchmarks[name]())
    {
        Console.WriteLine(ratio);
        met &= ratio.Met;
    }
}

return met ? 0 : 2;
