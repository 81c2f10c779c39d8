using System.CommandLine;
using System.Net;
using Pool.Hosting;

namespace Pool.Silo.Hosting;

/// <summary>The program's command line: every verb, and every option with its default.</summary>
internal static class CommandLine
{
    /// <summary>Where the connection string is read from when no option names one; so it need not stand in a list of processes.</summary>
    private const string DatabaseVariable = "POOL_DATABASE";

    private static readonly PoolOptions Defaults = new();

    private static readonly Option<string> Data = new("--data")
    {
        Description = "The folder of the pool's files. Default: data; the demo makes a new one under data/ each time.",
        HelpName = "folder",
    };

    private static readonly Option<string> Database = new("--database")
    {
        Description = $"The cluster's PostgreSQL database, like Host=db;Database=pool;Username=pool_silo; the password is read from PGPASSWORD or PGPASSFILE. Default: the variable {DatabaseVariable}.",
        HelpName = "connection",
    };

    private static readonly Option<string> Cluster = new("--cluster")
    {
        Description = "The cluster's name; a database belongs to one cluster.",
        HelpName = "name",
        DefaultValueFactory = _ => Defaults.Cluster,
    };

    private static readonly Option<IPAddress?> Address = new("--address")
    {
        Description = "The address at which other processes reach this silo. Default: this machine's first that is not loopback.",
        HelpName = "ip",
        CustomParser = Ip,
    };

    private static readonly Option<IPAddress?> Listen = new("--listen")
    {
        Description = "The address on which the ports for clients and for health listen; 0.0.0.0 takes all.",
        HelpName = "ip",
        CustomParser = Ip,
        DefaultValueFactory = _ => Defaults.Listen,
    };

    private static readonly Option<int> GrpcPort = Port("--grpc-port", "The port of gRPC; 0 takes a free one.", Defaults.GrpcPort);

    private static readonly Option<int> HttpPort = Port("--http-port", "The port of JSON over HTTP, the API page and health; 0 takes a free one.", Defaults.HttpPort);

    private static readonly Option<int> HealthPort = Port("--http-port", "The port of the silo's health over HTTP; 0 takes a free one.", 7184);

    private static readonly Option<int> SiloPort = Port("--silo-port", "The port at which silos reach each other.", Defaults.SiloPort);

    private static readonly Option<int> ClientPort = Port("--client-port", "The port at which gateways reach this silo.", Defaults.ClientPort);

    private static readonly Option<int> Wait = Count(
        "--wait", "seconds", "How long a start waits for the database, and a gateway for the first silo.", (int)Defaults.DatabasePatience.TotalSeconds);

    private static readonly Option<int> Drain = Count(
        "--drain", "seconds", "How long a gateway that was told to stop goes on taking calls, so that balancers learn of it first.", (int)Defaults.Drain.TotalSeconds);

    private static readonly Option<int> Calls = Count(
        "--calls", "number", "How many calls a gateway has under way at a time; more are refused at once.", Defaults.ConcurrentCalls, least: 1);

    private static readonly Option<int> Watches = Count(
        "--watches", "number", "How many watches a gateway serves at a time; more are refused at once.", Defaults.ConcurrentWatches, least: 1);

    private static readonly Option<bool> Door = new("--door")
    {
        Description = "Be a gateway, too: this process serves clients by itself, at --grpc-port, and JSON where its health is.",
    };

    private static readonly Option<LogLevel> Level = new("--log-level")
    {
        Description = "The least level of log messages: Trace, Debug, Information, Warning, Error, Critical or None.",
        DefaultValueFactory = _ => LogLevel.Information,
        HelpName = "level",
        Recursive = true,
    };

    /// <summary>Reads the arguments and runs what they ask for.</summary>
    public static Task<int> Run(string[] arguments, Verbs verbs)
    {
        var root = new RootCommand(
            """
            ResourcePool: community partners of neighbouring streets, matched, dispatched and settled (社区合伙人资源池).
            Without a command it serves the whole pool in one process from the data folder, and goes on where it was. Silos
            and gateways are the processes of a cluster over a PostgreSQL database.

            Exit codes: 0 ended as asked, 1 the command line cannot be read, 2 failed, 3 the data folder is in use, 4 it cannot be
            written, 5 a newer program wrote it, 6 a port is taken, 7 the demo needs a pool without data, 8 the connection string
            cannot be read, 9 the database or the cluster does not answer, 10 the database does not let this role do its work,
            11 there is no such database, 12 the database belongs to another cluster, 13 the disk is full, 14 the database was
            set back under a running silo, 15 a receipt proves nothing.
            """)
        {
            Level,
            Verb("silo", "Run a silo of a cluster: actors, journal, views and wake-ups.", verbs.Silo, Database, Cluster, Address, SiloPort, ClientPort, HealthPort, Listen, Wait, Door, GrpcPort, Calls, Watches, Drain),
            Verb("gateway", "Run a gateway of a cluster: the door for gRPC and JSON. Any number may run; they hold nothing.", verbs.Gateway, Database, Cluster, GrpcPort, HttpPort, Listen, Calls, Watches, Drain, Wait),
            Verb("migrate", "Bring a database to the newest schema, and say again what each role may do.", verbs.Migrate, Database, Wait),
            Verify(verbs.Verify),
            Demo(verbs.Demo),
        };
        foreach (var option in new Option[] { Data, GrpcPort, HttpPort, Listen })
        {
            root.Add(option);
        }

        root.SetAction(async (parsed, _) =>
        {
            var options = Options(parsed);
            options.DataFolder = options.DataFolder.Length == 0 ? Defaults.DataFolder : options.DataFolder;
            return (int)await verbs.Serve(options, parsed.GetValue(Level));
        });
        // The host itself ends on a signal, and takes the time that its work needs.
        return root.Parse(arguments).InvokeAsync(new() { ProcessTerminationTimeout = null });
    }

    private static Command Verb(string name, string description, Func<PoolOptions, LogLevel, Task<ExitCode>> run, params IEnumerable<Option> options)
    {
        var command = new Command(name, description);
        foreach (var option in options)
        {
            command.Add(option);
        }

        command.SetAction(async (parsed, _) => (int)await run(Options(parsed), parsed.GetValue(Level)));
        return command;
    }

    private static Command Verify(Func<string, IReadOnlyList<string>, Task<ExitCode>> run)
    {
        var receipt = new Argument<string>("receipt") { Description = "The file, as the pool gave it: GET /v1/streets/{street}/ledger/entries/{number}/receipt, or a partner's /serviceCertificate.json.", HelpName = "file" };
        var keys = new Option<string[]>("--key")
        {
            Description = "A verifier key, like name+id+base64: the street's, and that of each witness who must have signed, too. GET /v1/streets/{street}/ledger gives both kinds.",
            HelpName = "key",
            Required = true,
        };
        var command = new Command("verify", "Check that a receipt proves its entry, or that a street has signed a certificate. It needs no pool and no network, only the file and the keys.") { receipt, keys };
        command.SetAction(async (parsed, _) => (int)await run(parsed.GetRequiredValue(receipt), parsed.GetRequiredValue(keys)));
        return command;
    }

    private static Command Demo(Func<PoolOptions, LogLevel, string, bool, Task<ExitCode>> run)
    {
        var endpoint = new Option<string>("--endpoint")
        {
            Description = "Play against a pool that runs already, at this address of its gRPC port, like http://127.0.0.1:7180. Default: one of the demo's own.",
            HelpName = "url",
        };
        var exit = new Option<bool>("--exit") { Description = "End after the summary instead of serving on." };
        var command = new Command("demo", "Load a real district with a seeded roster, play a morning of 200 demands, tell what happened, and serve on.")
        {
            endpoint, exit, Data, GrpcPort, HttpPort,
        };
        command.SetAction(async (parsed, _) => (int)await run(Options(parsed), parsed.GetValue(Level), parsed.GetValue(endpoint) ?? "", parsed.GetValue(exit)));
        return command;
    }

    private static Option<int> Port(string name, string description, int standard) =>
        Number(name, "port", description, standard, IPEndPoint.MinPort, IPEndPoint.MaxPort, $"{name} takes a port from {IPEndPoint.MinPort} to {IPEndPoint.MaxPort}.");

    private static Option<int> Count(string name, string unit, string description, int standard, int least = 0) =>
        Number(name, unit, description, standard, least, 1_000_000, $"{name} takes a number from {least} to 1000000.");

    private static Option<int> Number(string name, string unit, string description, int standard, int least, int most, string refusal) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => standard,
        HelpName = unit,
        Validators =
        {
            parsed =>
            {
                if (parsed.GetValueOrDefault<int>() is var given && (given < least || given > most))
                {
                    parsed.AddError(refusal);
                }
            },
        },
    };

    private static IPAddress? Ip(System.CommandLine.Parsing.ArgumentResult given)
    {
        if (IPAddress.TryParse(given.Tokens[0].Value, out var address))
        {
            return address;
        }

        given.AddError($"'{given.Tokens[0].Value}' is no IP address.");
        return null;
    }

    /// <summary>What was said, and the default of what was not; an option that a verb does not have counts as not said.</summary>
    private static PoolOptions Options(ParseResult parsed) => new()
    {
        DataFolder = parsed.GetValue(Data) ?? "",
        GrpcPort = Given(parsed, GrpcPort, Defaults.GrpcPort),
        HttpPort = parsed.GetResult(HealthPort) is null ? Given(parsed, HttpPort, Defaults.HttpPort) : parsed.GetValue(HealthPort),
        // Not the option's default, which the help would print with its password.
        Database = parsed.GetValue(Database) ?? Environment.GetEnvironmentVariable(DatabaseVariable) ?? "",
        Cluster = Given(parsed, Cluster, Defaults.Cluster),
        Address = parsed.GetValue(Address),
        Listen = Given(parsed, Listen, null) ?? Defaults.Listen,
        SiloPort = Given(parsed, SiloPort, Defaults.SiloPort),
        ClientPort = Given(parsed, ClientPort, Defaults.ClientPort),
        DatabasePatience = TimeSpan.FromSeconds(Given(parsed, Wait, (int)Defaults.DatabasePatience.TotalSeconds)),
        Drain = TimeSpan.FromSeconds(Given(parsed, Drain, (int)Defaults.Drain.TotalSeconds)),
        Door = parsed.GetValue(Door),
        ConcurrentCalls = Given(parsed, Calls, Defaults.ConcurrentCalls),
        ConcurrentWatches = Given(parsed, Watches, Defaults.ConcurrentWatches),
    };

    private static T Given<T>(ParseResult parsed, Option<T> option, T standard) => parsed.GetResult(option) is null ? standard : parsed.GetValue(option)!;
}

/// <summary>What each verb of the command line runs.</summary>
internal sealed record Verbs(
    Func<PoolOptions, LogLevel, Task<ExitCode>> Serve,
    Func<PoolOptions, LogLevel, Task<ExitCode>> Silo,
    Func<PoolOptions, LogLevel, Task<ExitCode>> Gateway,
    Func<PoolOptions, LogLevel, Task<ExitCode>> Migrate,
    Func<string, IReadOnlyList<string>, Task<ExitCode>> Verify,
    Func<PoolOptions, LogLevel, string, bool, Task<ExitCode>> Demo);
