using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pool.Databases;
using Pool.Hosting;

namespace Pool.Benchmarks.Arena;

/// <summary>The command "arena": starts PostgreSQL, plays scenarios, prints the ratios and writes a file of everything.</summary>
internal static class ArenaCommand
{
    /// <summary>What the server must have in common for all; whoever reads the file sees what it was.</summary>
    private static readonly string[] ServerSettings =
        ["server_version", "shared_buffers", "max_wal_size", "synchronous_commit", "fsync", "wal_level", "max_connections", "commit_delay", "checkpoint_timeout"];

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static Command Make()
    {
        var scenarios = new Argument<string[]>("scenario")
        {
            Description = $"What to play: {string.Join(", ", Scenarios.All.Keys)}. Default: all of them.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        scenarios.AcceptOnlyFromAmong([.. Scenarios.All.Keys]);
        var rounds = Numbers.Option("--rounds", "Measured rounds of each side, in turns.", 5);
        var seconds = Numbers.Option("--seconds", "The length of a round.", 10);
        var callers = Numbers.Option("--callers", "Callers of a closed loop.", 640);
        var connections = Numbers.Option("--connections", "Connections of each opponent to its database.", 32, most: 64);
        var sides = new Option<string[]>("--sides")
        {
            Description = "Who plays, by name, where a profile wants one alone; comparisons with others are left out. Default: everybody.",
            AllowMultipleArgumentsPerToken = true,
        };
        sides.AcceptOnlyFromAmong([.. Scenarios.Sides]);
        var results = new Option<string>("--results")
        {
            Description = "The file for what was measured, with the machine, the versions and the settings.",
            DefaultValueFactory = _ => $"arena-{DateTime.UtcNow:yyyyMMdd-HHmmss}.json",
        };
        var command = new Command("arena", "Play the pool against what a user would build instead, in turns on this machine.") { scenarios, rounds, seconds, callers, connections, sides, results };
        command.SetAction(async (parsed, _) =>
        {
            var played = parsed.GetValue(scenarios) is { Length: > 0 } named ? named : [.. Scenarios.All.Keys];
            return await Run(played, new(parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(callers), parsed.GetValue(connections), parsed.GetValue(sides) ?? []), parsed.GetValue(results)!);
        });
        return command;
    }

    private static async Task<int> Run(IEnumerable<string> scenarios, ArenaSettings settings, string file)
    {
        try
        {
            await using var tried = File.Open(file, FileMode.OpenOrCreate, FileAccess.Write);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"The results cannot be written to {file}: {cause.Message}");
            return 1;
        }

        try
        {
            return await Play(scenarios, settings, file);
        }
        finally
        {
            // Nothing was measured, and nobody's earlier results stand there.
            if (new FileInfo(file) is { Exists: true, Length: 0 })
            {
                File.Delete(file);
            }
        }
    }

    private static async Task<int> Play(IEnumerable<string> scenarios, ArenaSettings settings, string file)
    {
        var played = new Dictionary<string, ScenarioResult>();
        await using var server = await DatabaseServer.Start();
        Console.WriteLine($"PostgreSQL from {server.Origin}; {settings.Rounds} rounds of {settings.Time.TotalSeconds:0} s, {settings.Callers} callers");
        foreach (var name in scenarios)
        {
            Console.WriteLine($"== {name}");
            try
            {
                played[name] = await Scenarios.All[name](server, settings);
            }
            catch (NobodyPlaysException nobody)
            {
                Console.Error.WriteLine(nobody.Message);
                continue;
            }

            foreach (var line in played[name].Comparisons.Select(comparison => comparison.ToString()).Concat(played[name].Wrong.Select(wrong => $"AUDIT: {wrong}")))
            {
                Console.WriteLine(line);
            }

            // What was measured stays, whatever becomes of the next scenario.
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { At = DateTime.UtcNow, Machine = Machine(), Versions = Versions(), Server = await Settings(server), settings, Scenarios = played }, Json));
        }

        if (played.Count == 0)
        {
            return 1;
        }

        Console.WriteLine($"Everything stands in {file}.");
        return played.Values.Any(result => result.Wrong.Count > 0) ? 1 : played.Values.All(result => result.Comparisons.All(comparison => comparison.Met)) ? 0 : 2;
    }

    private static object Machine() => new
    {
        Processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim(),
        Environment.ProcessorCount,
        MemoryMiB = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024 / 1024,
        System = RuntimeInformation.OSDescription,
    };

    /// <summary>The libraries', and of the pool the commit that it was built from.</summary>
    private static Dictionary<string, string> Versions() => new[] { typeof(PoolOptions), typeof(object), typeof(Npgsql.NpgsqlConnection), typeof(Grain), typeof(global::Grpc.Net.Client.GrpcChannel) }
        .ToDictionary(type => type.Assembly.GetName().Name!, type => type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);

    private static async Task<Dictionary<string, string>> Settings(DatabaseServer server)
    {
        var settings = new Dictionary<string, string>();
        foreach (var name in ServerSettings)
        {
            settings[name] = Convert.ToString(await DatabaseServer.Execute(server.ConnectionString, $"SHOW {name}"), CultureInfo.InvariantCulture)!;
        }

        return settings;
    }
}
