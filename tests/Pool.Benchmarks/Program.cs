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

if (args is ["faults", .. var faults])
{
    return await FaultTable.Run(faults) ? 0 : 2;
}

if (args is ["simulate", .. var simulation])
{
    return SimulationTable.Run(simulation) ? 0 : 2;
}

if (args is ["proofs", .. var proofs])
{
    return await ProofBenchmark.Run(proofs) ? 0 : 2;
}

if (args is ["rounds"])
{
    return RoundBenchmark.Run() ? 0 : 2;
}

if (args is ["nation"])
{
    return NationBenchmark.Run() ? 0 : 2;
}

if (args is ["streets"])
{
    return await StreetsBenchmark.Run() ? 0 : 2;
}

if (args is ["memory"])
{
    await MemoryBenchmark.Run();
    return 0;
}

if (args is ["cold-start", .. var cold])
{
    return await ColdStartBenchmark.Run(cold) ? 0 : 2;
}

if (args is ["recovery"])
{
    return await RecoveryBenchmark.Run() ? 0 : 2;
}

if (args.Any(name => !benchmarks.ContainsKey(name)))
{
    Console.Error.WriteLine($"usage: Pool.Benchmarks [{string.Join("] [", benchmarks.Keys)}] | rounds | streets | nation | memory | cold-start [demands] | proofs [entries] | arena --help | recovery | faults [runs [first seed [fault]]] | simulate [seeds [steps [first seed]]]");
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
