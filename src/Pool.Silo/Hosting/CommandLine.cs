using System.CommandLine;
using System.Net;
using Pool.Hosting;

namespace Pool.Silo.Hosting;

/// <summary>The program's command line: every option with its default.</summary>
internal static class CommandLine
{
    private static readonly PoolOptions Defaults = new();

    private static readonly Option<string> Data = new("--data")
    {
        Description = "The folder of the pool's files. Default: data; the demo makes a new one under data/ each time.",
        HelpName = "folder",
        Recursive = true,
    };

    private static readonly Option<int> GrpcPort = Port("--grpc-port", "The port of gRPC on loopback; 0 takes a free one.", Defaults.GrpcPort);

    private static readonly Option<int> HttpPort =
        Port("--http-port", "The port of JSON over HTTP, the API page and health on loopback; 0 takes a free one.", Defaults.HttpPort);

    private static readonly Option<LogLevel> Level = new("--log-level")
    {
        Description = "The least level of log messages: Trace, Debug, Information, Warning, Error, Critical or None.",
        DefaultValueFactory = _ => LogLevel.Information,
        HelpName = "level",
        Recursive = true,
    };

    /// <summary>Reads the arguments and runs what they ask for.</summary>
    public static Task<int> Run(
        string[] arguments,
        Func<PoolOptions, LogLevel, Task<ExitCode>> serve,
        Func<PoolOptions, LogLevel, bool, Task<ExitCode>> demo)
    {
        var exit = new Option<bool>("--exit") { Description = "End after the summary instead of serving on." };
        var demoCommand = new Command("demo", "Load a real district with a seeded roster, play a morning of 200 demands, tell what happened, and serve on.") { exit };
        demoCommand.SetAction(async (parsed, _) => (int)await demo(Options(parsed), parsed.GetValue(Level), parsed.GetValue(exit)));
        var root = new RootCommand(
            """
            ResourcePool: community partners of neighbouring streets, matched, dispatched and settled (社区合伙人资源池).
            Without a command it serves the pool in the data folder, and goes on where it was.

            Exit codes: 0 ended as asked, 1 the command line cannot be read, 2 failed, 3 the data folder is in use, 4 it cannot be
            written, 5 a newer program wrote it, 6 a port is taken, 7 the demo needs a folder without a pool.
            """)
        {
            Data, GrpcPort, HttpPort, Level, demoCommand,
        };
        root.SetAction(async (parsed, _) =>
        {
            var options = Options(parsed);
            options.DataFolder = options.DataFolder.Length == 0 ? Defaults.DataFolder : options.DataFolder;
            return (int)await serve(options, parsed.GetValue(Level));
        });
        // The host itself ends on a signal, and takes the time that its work needs.
        return root.Parse(arguments).InvokeAsync(new() { ProcessTerminationTimeout = null });
    }

    private static Option<int> Port(string name, string description, int standard) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => standard,
        HelpName = "port",
        Recursive = true,
        Validators =
        {
            parsed =>
            {
                if (parsed.GetValueOrDefault<int>() is < IPEndPoint.MinPort or > IPEndPoint.MaxPort)
                {
                    parsed.AddError($"{name} takes a port from {IPEndPoint.MinPort} to {IPEndPoint.MaxPort}.");
                }
            },
        },
    };

    private static PoolOptions Options(ParseResult parsed) => new()
    {
        DataFolder = parsed.GetValue(Data) ?? "",
        GrpcPort = parsed.GetValue(GrpcPort),
        HttpPort = parsed.GetValue(HttpPort),
    };
}
