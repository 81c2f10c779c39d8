using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Pool.Databases;
using Pool.Silo.Demo;

namespace Pool.Cluster.Tests;

/// <summary>Three silos and two gateways over one database, each a process of its own, each silo with a link of its own to the database.</summary>
public sealed class PoolCluster : IAsyncDisposable
{
    public const int Silos = 3;
    public const int Gateways = 2;

    /// <summary>Twenty times a second for half a minute: a client looks for a gateway that is back each second, and a silo is dead to the others sooner.</summary>
    private const int MostLooks = 600;

    private readonly DatabaseServer _server;
    private readonly DatabaseLink[] _links;
    private readonly PoolProgram?[] _silos = new PoolProgram?[Silos];
    private readonly PoolProgram?[] _gateways = new PoolProgram?[Gateways];
    private readonly int[] _ports = LoopbackPorts.Free((6 * Silos) + (2 * Gateways));

    private PoolCluster(DatabaseServer server, string database)
    {
        (_server, Database) = (server, database);
        var settings = new NpgsqlConnectionStringBuilder(database);
        _links = [.. Enumerable.Range(0, Silos).Select(_ => new DatabaseLink(settings.Host!, settings.Port))];
        Addresses = [.. Enumerable.Range(0, Gateways).Select(gateway => new IPEndPoint(IPAddress.Loopback, GatewayPort(gateway)))];
    }

    /// <summary>The database's connection string.</summary>
    public string Database { get; }

    /// <summary>Where the gateways serve gRPC.</summary>
    public IReadOnlyList<IPEndPoint> Addresses { get; }

    public static async Task<PoolCluster> Start(DatabaseServer server)
    {
        var cluster = new PoolCluster(server, await server.CreateDatabase());
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Silos).Select(silo => cluster.StartSilo(silo)));
            await Task.WhenAll(Enumerable.Range(0, Gateways).Select(cluster.StartGateway));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public PoolProgram Silo(int number) => _silos[number]!;

    public PoolProgram Gateway(int number) => _gateways[number]!;

    public DatabaseLink Link(int silo) => _links[silo];

    /// <summary>Starts a silo, or starts it again in the same place; returns when it is a member.</summary>
    /// <param name="skew">
    /// How wrong its clock is. Such a silo comes at ports of its own: at those of an earlier one it would, by its clock, be
    /// the older of the two, and Orleans would hold it for dead.
    /// </param>
    public async Task StartSilo(int number, TimeSpan skew = default)
    {
        var first = skew == default ? 3 * number : (3 * Silos) + (2 * Gateways) + (3 * number);
        var database = new NpgsqlConnectionStringBuilder(Database) { Host = "127.0.0.1", Port = _links[number].Port }.ConnectionString;
        var environment = new Dictionary<string, string>(skew == default ? [] : Skewed(skew)) { ["POOL_DATABASE"] = database };
        await Let(_silos, number);
        _silos[number] = PoolProgram.Start(
            environment, "silo", "--address", "127.0.0.1", "--silo-port", Port(first), "--client-port", Port(first + 1), "--http-port", Port(first + 2));
        await _silos[number]!.UntilItServes();
    }

    /// <summary>Starts a gateway, or starts it again in the same place; returns when it serves.</summary>
    public async Task StartGateway(int number)
    {
        await Let(_gateways, number);
        _gateways[number] = PoolProgram.Start(
            new Dictionary<string, string> { ["POOL_DATABASE"] = Database },
            "gateway", "--grpc-port", $"{GatewayPort(number)}", "--http-port", Port((3 * Silos) + (2 * number) + 1), "--drain", "1");
        await _gateways[number]!.UntilItServes();
    }

    /// <summary>Whether every gateway has a connection to every silo, so that calls go everywhere.</summary>
    public bool IsWhole => Enumerable.Range(0, Silos).All(silo => Connections(_ports[(3 * silo) + 1]) >= Gateways);

    /// <summary>Returns when a client has a connection to a gateway; for use while clients are at work.</summary>
    public Task UntilClientsAreAt(int gateway) =>
        Until(() => Task.FromResult(Connections(GatewayPort(gateway)) > 0), $"No client has found gateway {gateway} again.");

    /// <summary>Returns when the other silos have declared a silo dead.</summary>
    public async Task UntilDeclaredDead(int silo)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT NOT EXISTS (SELECT 1 FROM OrleansMembershipTable WHERE Port = $1 AND Status <> 6)", connection);
        command.Parameters.Add(new() { Value = _ports[3 * silo] });
        await Until(async () => (bool)(await command.ExecuteScalarAsync())!, $"Nobody has declared silo {silo} dead.");
    }

    /// <summary>A client that knows both gateways and retries as the README says.</summary>
    public GrpcChannel Client() => Client([.. Addresses]);

    /// <summary>A client that knows one gateway alone.</summary>
    public GrpcChannel Client(int gateway) => Client([Addresses[gateway]]);

    /// <summary>What every process has written to its output, for the record of a failure.</summary>
    public string Output() => string.Join(
        '\n', _silos.Concat(_gateways).Select((process, i) => $"== {(i < Silos ? $"silo {i}" : $"gateway {i - Silos}")}\n{process?.Output}"));

    /// <summary>Processes that have ended and should run, a sentence each.</summary>
    public IEnumerable<string> Ended() => _silos.Concat(_gateways).Select((process, i) => (Name: i < Silos ? $"Silo {i}" : $"Gateway {i - Silos}", process))
        .Where(each => each.process!.HasEnded).Select(each => $"{each.Name} has ended, and nothing was done to it.");

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _gateways.Concat(_silos).OfType<PoolProgram>())
        {
            await process.DisposeAsync();
        }

        foreach (var link in _links)
        {
            await link.DisposeAsync();
        }

        await _server.DropDatabase(Database);
    }

    private static GrpcChannel Client(IReadOnlyList<IPEndPoint> gateways)
    {
        var options = ClientRetries.Options();
        options.Credentials = ChannelCredentials.Insecure;
        options.ServiceConfig!.LoadBalancingConfigs.Add(new RoundRobinConfig());
        options.ServiceProvider = new ServiceCollection()
            .AddSingleton<ResolverFactory>(new StaticResolverFactory(_ => [.. gateways.Select(address => new BalancerAddress("127.0.0.1", address.Port))]))
            .BuildServiceProvider();
        return GrpcChannel.ForAddress("static:///pool", options);
    }

    private static async Task Let(PoolProgram?[] processes, int number)
    {
        if (processes[number] is { } earlier)
        {
            await earlier.DisposeAsync();
        }
    }

    /// <summary>A wrong clock, by the library that Debian's package "faketime" brings.</summary>
    private static Dictionary<string, string> Skewed(TimeSpan skew)
    {
        const string Library = "faketime/libfaketimeMT.so.1";
        var found = Directory.GetDirectories("/usr/lib").Append("/usr/lib").Select(folder => Path.Combine(folder, Library)).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("A silo with a wrong clock needs libfaketime (on Debian: apt-get install faketime).");
        return new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = found,
            ["FAKETIME"] = skew.TotalSeconds.ToString("+0;-0", CultureInfo.InvariantCulture),
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            // Else waits with a timeout end at once, for the sake of an old C library: the silo spins, and starves all others.
            ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
        };
    }

    private int GatewayPort(int number) => _ports[(3 * Silos) + (2 * number)];

    private string Port(int index) => $"{_ports[index]}";

    private static async Task Until(Func<Task<bool>> condition, string otherwise)
    {
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var looked = 0; !await condition(); looked++)
        {
            if (looked == MostLooks)
            {
                throw new TimeoutException(otherwise);
            }

            await looks.WaitForNextTickAsync();
        }
    }

    private static int Connections(int port) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Count(connection => connection.State == TcpState.Established && connection.RemoteEndPoint.Port == port);
}
