using System.CommandLine;
using Pool.Benchmarks;
using Pool.Benchmarks.Arena;
using Pool.Benchmarks.Opponents;
using Pool.Cluster.Tests;

var root = new RootCommand("Benchmarks of ResourcePool. Each ends with 0 when every goal is met, with 2 when one is not.")
{
    ArenaCommand.Make(),
    Ratios("appends", "Durable appends through actors, beside a loop of single-row commits.", AppendBenchmark.Run),
    Ratios("database", "Durable appends to PostgreSQL, beside single-row commits.", DatabaseBenchmark.Run),
    Ratios("ledgers", "Transfers and settlements, beside SQL rows with locks.", LedgerBenchmark.Run),
    Ratios("post", "A durable posting over gRPC, beside a call that does nothing.", PostBenchmark.Run),
    Ratios("search", "A search in a pool of ten times as many streets.", SearchBenchmark.Run),
    Alone("limits", "What the parts of a lifecycle cost with nothing around them.", LimitBenchmark.Run),
    Alone("memory", "What a partner, an offer and a demand take.", MemoryBenchmark.Run),
    Alone("nation", "The indexes of 9,000 streets with 10 million offers.", () => Task.FromResult(NationBenchmark.Run())),
    Alone("recovery", "How long after a fault every actor answers again; a quarter of an hour.", RecoveryBenchmark.Run),
    Alone("rounds", "Balanced rounds, beside the linear-sum assignment and first come first served.", () => Task.FromResult(RoundBenchmark.Run())),
    Alone("streets", "A demand in pools of 1, 100, 1,267 and 9,000 streets.", StreetsBenchmark.Run),
    ColdStart(),
    Proofs(),
    Faults(),
    Simulate(),
    OpponentProcess(),
    StreetsProcess(),
};
return await root.Parse(args).InvokeAsync();

static Command Alone(string name, string description, Func<Task<bool>> run)
{
    var command = new Command(name, description);
    command.SetAction(async (_, _) => Code(await run()));
    return command;
}

static Command Ratios(string name, string description, Func<Task<IReadOnlyList<Ratio>>> run) => Alone(name, description, async () =>
{
    var ratios = await run();
    foreach (var ratio in ratios)
    {
        Console.WriteLine(ratio);
    }

    return ratios.All(ratio => ratio.Met);
});

static Command ColdStart()
{
    var demands = Numbers.Argument("demands", "Demands that stand open.", ColdStartBenchmark.Items, ColdStartBenchmark.Fewest);
    var command = new Command("cold-start", "A silo killed with a million open demands, and started again; ten minutes.") { demands };
    command.SetAction(async (parsed, _) => Code(await ColdStartBenchmark.Run(parsed.GetValue(demands))));
    return command;
}

static Command Proofs()
{
    var entries = Numbers.Argument("entries", "Entries of the log.", 10_000_000, least: 1_000);
    var command = new Command("proofs", "How long a proof takes in a long log.") { entries };
    command.SetAction(async (parsed, _) => Code(await ProofBenchmark.Run(parsed.GetValue(entries))));
    return command;
}

static Command Faults()
{
    var (runs, seed) = (Numbers.Argument("runs", "How many.", 200), Numbers.Argument("seed", "The first one's.", 1, least: 0));
    var fault = new Argument<Fault?>("fault") { Description = "The only one that is wanted.", DefaultValueFactory = _ => null };
    var command = new Command("faults", "Clusters of real processes under seeded faults, and a table of what was found; 200 take two to three hours.") { runs, seed, fault };
    command.SetAction(async (parsed, _) => Code(await FaultTable.Run(parsed.GetValue(runs), parsed.GetValue(seed), parsed.GetValue(fault))));
    return command;
}

static Command Simulate()
{
    var (seeds, steps, seed) = (Numbers.Argument("seeds", "How many.", 1_000), Numbers.Argument("steps", "Steps of each.", 100_000), Numbers.Argument("seed", "The first one.", 1, least: 0));
    var command = new Command("simulate", "The actors in virtual time under seeded faults, and what was found.") { seeds, steps, seed };
    command.SetAction((parsed, _) => Task.FromResult(Code(SimulationTable.Run(parsed.GetValue(seeds), parsed.GetValue(steps), parsed.GetValue(seed)))));
    return command;
}

// What the arena and the streets start of this program, each in a process of its own.
static Command OpponentProcess()
{
    var name = new Argument<string>("name");
    name.AcceptOnlyFromAmong([.. OpponentServer.Names]);
    var connections = new Argument<int>("connections");
    var command = new Command("opponent") { name, connections };
    command.Hidden = true;
    command.SetAction((parsed, _) => OpponentServer.Run(
        parsed.GetValue(name)!, Environment.GetEnvironmentVariable(Opponent.Variable) ?? throw new InvalidOperationException($"{Opponent.Variable} names no database."), parsed.GetValue(connections)));
    return command;
}

static Command StreetsProcess()
{
    var streets = new Argument<int>("streets");
    var command = new Command(StreetsBenchmark.Process) { streets };
    command.Hidden = true;
    command.SetAction((parsed, _) => StreetsBenchmark.Serve(parsed.GetValue(streets)));
    return command;
}

static int Code(bool met) => met ? 0 : 2;
