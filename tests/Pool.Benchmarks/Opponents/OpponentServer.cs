using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Storage;
using Pool.Databases;

namespace Pool.Benchmarks.Opponents;

/// <summary>An opponent as a process of its own: gRPC in front, its tables behind. It says where it serves, and ends with its input.</summary>
internal static class OpponentServer
{
    /// <summary>What a user would build instead, by the name of the command line.</summary>
    public static readonly IReadOnlyList<string> Names = [Sql, SqlFunctions, RowPerGrain];

    public const string Sql = "sql";
    public const string SqlFunctions = "sql-functions";
    public const string RowPerGrain = "row-per-grain";

    /// <summary>What it says when it serves, before the address.</summary>
    public const string Serves = "serves ";

    private static readonly TimeSpan ExpireEvery = TimeSpan.FromSeconds(1);

    /// <param name="address">An empty database; its tables are made.</param>
    /// <param name="connections">To the database.</param>
    public static async Task Run(string name, string address, int connections)
    {
        await using var database = Open(address, connections);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        Func<Task> expire = () => Task.CompletedTask;
        switch (name)
        {
            case Sql:
                await SqlTables.Create(database, "schema.sql");
                var dispatch = new SqlDispatch(database);
                builder.Services.AddSingleton<IDispatch>(dispatch);
                expire = () => dispatch.Expire(100);
                break;
            case SqlFunctions:
                await SqlTables.Create(database, "schema.sql", "functions.sql");
                builder.Services.AddSingleton<IDispatch>(new SqlFunctionsDispatch(database));
                expire = async () =>
                {
                    await using var command = database.CreateCommand("SELECT expire_proposals(100)");
                    await command.ExecuteNonQueryAsync();
                };
                break;
            case RowPerGrain:
                await CreateStorage(address);
                builder.Services.AddSingleton<IDispatch, RowPerGrainDispatch>();
                builder.UseOrleans(silo => Actors(silo, database));
                break;
        }

        await using var app = builder.Build();
        app.MapGrpcService<SkillEndpoint>();
        app.MapGrpcService<StreetEndpoint>();
        app.MapGrpcService<CommunityEndpoint>();
        app.MapGrpcService<PartnerEndpoint>();
        app.MapGrpcService<OfferEndpoint>();
        app.MapGrpcService<DemandEndpoint>();
        app.MapGrpcService<DispatchEndpoint>();
        await app.StartAsync();
        Console.WriteLine(Serves + app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        var ended = Task.Run(Console.In.ReadToEndAsync);
        using var ticks = new PeriodicTimer(ExpireEvery);
        while (!ended.IsCompleted)
        {
            await Task.WhenAny(ended, ticks.WaitForNextTickAsync().AsTask());
            try
            {
                await expire();
            }
            catch (NpgsqlException failure)
            {
                // The next second tries again.
                await Console.Error.WriteLineAsync($"{name} could not end what has expired: {failure.Message}");
            }
        }

        await app.StopAsync();
    }

    /// <summary>Prepared statements, and connections that are kept and not reset.</summary>
    private static NpgsqlDataSource Open(string address, int connections) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(address)
    {
        MinPoolSize = connections,
        MaxPoolSize = connections,
        MaxAutoPrepare = 64,
        AutoPrepareMinUsages = 2,
        NoResetOnClose = true,
        Timeout = 60,
    });

    private static void Actors(ISiloBuilder silo, NpgsqlDataSource database)
    {
        var ports = LoopbackPorts.Free(2);
        silo.UseLocalhostClustering(ports[0], ports[1], serviceId: "rows", clusterId: "rows");
        silo.Configure<ClusterMembershipOptions>(membership => membership.NumVotesForDeathDeclaration = 1);
        silo.AddAdoNetGrainStorage(RowPerGrainDispatch.Storage, storage => storage.Configure<Serializer>((ado, serializer) =>
        {
            ado.Invariant = "Npgsql";
            ado.DataSource = database;
            ado.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
        }));
    }

    /// <summary>The pool's own script of grain storage, which is the official one with the race of first writes mended.</summary>
    private static async Task CreateStorage(string address)
    {
        var assembly = typeof(Silo.Hosting.PoolHost).Assembly;
        var name = assembly.GetManifestResourceNames().Single(name => name.EndsWith("2-orleans.sql", StringComparison.Ordinal));
        using var script = new StreamReader(assembly.GetManifestResourceStream(name)!);
        await DatabaseServer.Execute(address, await script.ReadToEndAsync());
    }
}
