using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Pool.Hosting;

namespace Pool.Silo.Hosting;

/// <summary>Runs a pool in this process: starts it, says where it serves, and turns what can go wrong into exit codes.</summary>
public static class PoolProcess
{
    /// <summary>Serves until the process is told to stop, or until <paramref name="work"/> says so.</summary>
    /// <param name="work">What to do once it serves; it returns whether to go on serving.</param>
    public static async Task<ExitCode> Run(PoolOptions options, TimeProvider clock, LogLevel level, Func<PoolAddresses, CancellationToken, Task<bool>>? work = null)
    {
        try
        {
            using var folder = DataFolder.Take(options.DataFolder);
            await using var app = PoolHost.Build(options, folder, clock, level);
            await Start(app);
            var addresses = PoolAddresses.Of(app);
            PoolLog.Serving(app.Logger, addresses.Grpc, addresses.Http, folder.FullPath);
            var stopping = app.Lifetime.ApplicationStopping;
            if (work is null || await work(addresses, stopping))
            {
                await app.WaitForShutdownAsync();
            }
            else
            {
                await app.StopAsync();
            }

            return ExitCode.Ok;
        }
        catch (StartRefusedException refused)
        {
            return await Refuse(refused.Code, refused.Message);
        }
        catch (IOException taken) when (taken.InnerException is SocketException or Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            return await Refuse(ExitCode.PortInUse, $"{taken.Message} Name other ports with --grpc-port and --http-port.");
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
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        return new(addresses[0], addresses[1]);
    }
}
