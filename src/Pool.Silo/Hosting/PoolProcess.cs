using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Pool.Hosting;
using Pool.Silo.Database;
using Pool.Silo.Journal;

namespace Pool.Silo.Hosting;

/// <summary>Runs a process of the pool: starts it, says where it serves, and turns what can go wrong into exit codes.</summary>
public static class PoolProcess
{
    /// <summary>Somewhat longer than a host takes that stops in order, and less than the deployments give it.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(35);

    /// <summary>The same for a silo that can do nothing more.</summary>
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(3);

    private const string OtherPorts = "Name other ports with --grpc-port and --http-port.";

    /// <summary>Serves the whole pool until the process is told to stop, or until <paramref name="work"/> says so.</summary>
    /// <param name="work">What to do once it serves; it returns whether to go on serving.</param>
    public static Task<ExitCode> Run(PoolOptions options, TimeProvider clock, LogLevel level, Func<PoolAddresses, CancellationToken, Task<bool>>? work = null) => Guard(level, async () =>
    {
        using var folder = DataFolder.Take(options.DataFolder);
        await using var app = PoolHost.Build(options, folder, clock, level);
        await Start(app);
        var addresses = PoolAddresses.Of(app);
        PoolLog.Serving(app.Logger, addresses.Grpc, addresses.Http, folder.FullPath);
        if (work is null || await work(addresses, app.Lifetime.ApplicationStopping))
        {
            await UntilEnded(app);
        }
        else
        {
            await app.StopAsync();
        }
    });

    /// <summary>Runs a silo of a cluster until the process is told to stop.</summary>
    public static Task<ExitCode> RunSilo(PoolOptions options, LogLevel level) => Guard(level, async () =>
    {
        using var deadline = new StopDeadline();
        await using var database = await UntilStopped(stopped => ClusterDatabase.OpenForSilo(options, stopped));
        await using var app = ClusterHost.Silo(options, database, level);
        using var stopping = app.Lifetime.ApplicationStopping.Register(() => deadline.EndAfter(StopPatience + (options.Door ? options.Drain : TimeSpan.Zero)));
        RequireFree(options.Address, options.SiloPort, options.ClientPort);
        await Start(app, database);
        if (options.Door)
        {
            TellDoor(app, options);
        }

        PoolLog.Joined(app.Logger, options.Cluster, database.Address, PoolAddresses.All(app)[^1]);
        if (await UntilItCannotGoOn(app) is { } refused)
        {
            deadline.EndAfter(LastPatience, refused);
            await app.StopAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw refused;
        }
    }, ports: options.Door ? OtherPorts : "Name another with --http-port.");

    /// <summary>Runs a gateway of a cluster until the process is told to stop.</summary>
    public static Task<ExitCode> RunGateway(PoolOptions options, LogLevel level) => Guard(level, async () =>
    {
        await using var database = await UntilStopped(stopped => ClusterDatabase.OpenForGateway(options, stopped));
        await using var app = ClusterHost.Gateway(options, database, level);
        await Start(app, database);
        TellDoor(app, options);
        await UntilEnded(app);
    });

    /// <summary>Brings a database to the newest schema.</summary>
    public static Task<ExitCode> Migrate(PoolOptions options, LogLevel level) => Guard(level, async () =>
    {
        var (address, scripts) = await UntilStopped(async stopped =>
        {
            try
            {
                return await ClusterDatabase.Migrate(options, stopped);
            }
            catch (OperationCanceledException)
            {
                // Whoever waits for the new schema must not take this for success.
                throw new StartRefusedException(ExitCode.Failed, "It was told to stop before the database had the newest schema. Run it again.");
            }
        });
        Console.WriteLine(scripts == 0 ? $"{address} has the newest schema already." : $"{address} has the newest schema now; {scripts} scripts were needed.");
    });

    private static void TellDoor(WebApplication app, PoolOptions options)
    {
        var addresses = PoolAddresses.Of(app);
        PoolLog.GatewayServing(app.Logger, addresses.Grpc, addresses.Http, options.Cluster);
    }

    /// <summary>Waits until a silo has stopped, as it was told to (null), or cannot go on.</summary>
    private static async Task<StartRefusedException?> UntilItCannotGoOn(WebApplication silo)
    {
        var setBack = silo.Services.GetRequiredService<PostgresJournal>().SetBack;
        var cutOff = silo.Services.GetRequiredService<DatabaseWatch>().CutOff;
        var ended = await Task.WhenAny(UntilEnded(silo), setBack, cutOff);
        if (ended != setBack && ended != cutOff)
        {
            await ended;
        }

        return ended == setBack ? new(ExitCode.DatabaseSetBack, $"{await setBack} Start it again, so that it reads everything anew.")
            : ended == cutOff ? new(ExitCode.DatabaseUnreachable, $"{await cutOff} Mend the way to the database and start it again; its actors go on elsewhere.")
            : null;
    }

    /// <summary>Waits until a process has stopped.</summary>
    /// <exception cref="Exception">One of its services failed, which is why it stopped.</exception>
    private static async Task UntilEnded(WebApplication app)
    {
        await app.WaitForShutdownAsync();
        if (app.Services.GetServices<IHostedService>().OfType<BackgroundService>().FirstOrDefault(service => service.ExecuteTask is { IsFaulted: true }) is { } failed)
        {
            throw new InvalidOperationException($"{failed.GetType().Name} failed: {failed.ExecuteTask!.Exception!.InnerException!.Message}", failed.ExecuteTask.Exception);
        }
    }

    /// <summary>Runs what is under way before there is a host: SIGTERM and Ctrl+C end it.</summary>
    private static async Task<T> UntilStopped<T>(Func<CancellationToken, Task<T>> open)
    {
        using var stopped = new CancellationTokenSource();
        using var terminate = PosixSignals.Cancel(stopped);
        return await open(stopped.Token);
    }

    /// <param name="ports">What to do about a port that is taken.</param>
    internal static async Task<ExitCode> Guard(LogLevel level, Func<Task> run, string ports = OtherPorts)
    {
        try
        {
            await run();
            return ExitCode.Ok;
        }
        catch (OperationCanceledException)
        {
            // Told to stop while it waited.
            return ExitCode.Ok;
        }
        catch (StartRefusedException refused)
        {
            return await Refuse(refused.Code, refused.Message);
        }
        catch (IOException taken) when (taken.InnerException is SocketException or Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            return await Refuse(ExitCode.PortInUse, $"{taken.Message} {ports}");
        }
        catch (Exception full) when (DataFolder.IsFull(full))
        {
            return await Refuse(ExitCode.DiskFull, $"The disk is full: {full.Message}. Make room, or name a folder on another disk with --data.");
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            if (level <= LogLevel.Debug)
            {
                await Console.Error.WriteLineAsync(cause.ToString());
            }

            return await Refuse(ExitCode.Failed, $"{cause.Message} --log-level Debug says where.");
        }
    }

    /// <summary>The ports are bound last: where they cannot be, everything else has started and is stopped in order.</summary>
    private static async Task Start(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException)
        {
            await app.StopAsync();
            throw;
        }
    }

    /// <summary>The same on a database, which may have gone meanwhile, or not let this role do what the process needs.</summary>
    private static async Task Start(WebApplication app, ClusterDatabase database)
    {
        try
        {
            await Start(app);
        }
        catch (Exception cause) when (cause is not IOException && DatabaseFault.Within(cause, database.Address) is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>
    /// Refuses ports that another process uses. Orleans would share them with another silo of the same user, which it then
    /// takes for an earlier life of this one, and declares dead.
    /// </summary>
    private static void RequireFree(IPAddress? address, params IEnumerable<int> ports)
    {
        foreach (var port in ports)
        {
            try
            {
                using var probe = new TcpListener(address ?? IPAddress.Any, port);
                probe.Start();
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                throw new StartRefusedException(ExitCode.PortInUse, $"The port {port} is taken. Name others with --silo-port and --client-port.");
            }
        }
    }

    private static async Task<ExitCode> Refuse(ExitCode code, string message)
    {
        await Console.Error.WriteLineAsync($"pool: {message.ReplaceLineEndings(" ")}");
        return code;
    }
}

/// <summary>Where a pool serves.</summary>
/// <param name="Grpc">gRPC over HTTP/2 without TLS.</param>
/// <param name="Http">JSON over HTTP/1.1, the API page and health.</param>
public sealed record PoolAddresses(string Grpc, string Http)
{
    /// <summary>The addresses in the order in which the host listens.</summary>
    public static PoolAddresses Of(WebApplication app)
    {
        var addresses = All(app);
        return new(addresses[0], addresses[1]);
    }

    internal static List<string> All(WebApplication app) => [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
}
