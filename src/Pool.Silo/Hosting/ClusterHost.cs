using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Orleans.Configuration;
using Pool.EventSourcing;
using Pool.Gateway;
using Pool.Gateway.Availability;
using Pool.Hosting;
using Pool.Identities;
using Pool.Silo.Database;
using Pool.Silo.Identities;
using Pool.Silo.Journal;
using Pool.Silo.Snapshots;
using Pool.Silo.Telemetry;
using Pool.Silo.Views;
using Pool.Views;

namespace Pool.Silo.Hosting;

/// <summary>The processes of a cluster over one database: silos, which hold the actors, and gateways, which hold nothing.</summary>
public static class ClusterHost
{
    private const string Invariant = "Npgsql";
    private const string Service = "pool";

    /// <summary>
    /// How long a call between processes is waited for. A call in flight to a dead silo waits as long as this, so it is
    /// short; what takes longer is asked for again under the same request id.
    /// </summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Longer than it takes to declare a hung silo dead, which is when an actor of it can be placed elsewhere.</summary>
    private static readonly TimeSpan PlacementTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ClientDropTimeout = TimeSpan.FromSeconds(1);

    /// <summary>A silo: actors, journal, views, wake-ups, and its health over HTTP; the door as well, where it is asked for.</summary>
    public static WebApplication Silo(PoolOptions options, ClusterDatabase database, LogLevel level)
    {
        options.LedgerKey = database.LedgerKey;
        var builder = PoolHost.Begin(options, database.Clock, level);
        var services = builder.Services;
        Share(services, database);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<PostgresJournal>(provider, database.End));
        services.AddSingleton<IJournal>(provider => provider.GetRequiredService<PostgresJournal>());
        services.AddSingleton<IVault, PostgresVault>();
        services.AddSingleton<PostgresViewStore>();
        services.AddSingleton<IViewStore>(provider => provider.GetRequiredService<PostgresViewStore>());
        PoolHost.AddActorServices(services);
        builder.UseOrleans(silo => Actors(silo, options, database.Source));
        PoolHost.Follow(services, provider => provider.GetRequiredService<PostgresViewStore>());
        services.AddSingleton<DatabaseWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<DatabaseWatch>());
        services.AddHealthChecks().AddCheck<SiloReadiness>("member", tags: [GatewayHosting.Ready]);
        if (options.Door)
        {
            options.PageTokenKey = database.PageTokenKey;
            return WithDoor(builder, options);
        }

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(options.Listen, options.HttpPort, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        app.MapPoolHealth();
        return app;
    }

    /// <summary>A gateway: the door, and a client of the cluster.</summary>
    public static WebApplication Gateway(PoolOptions options, ClusterDatabase database, LogLevel level)
    {
        options.PageTokenKey = database.PageTokenKey;
        var builder = PoolHost.Begin(options, database.Clock, level);
        Share(builder.Services, database);
        builder.Services.AddSingleton<ClusterConnection>();
        builder.UseOrleansClient(client => Client(client, options, database.Source));
        builder.Services.AddHealthChecks().AddCheck<ClusterConnection>("cluster", tags: [GatewayHosting.Ready]);
        return WithDoor(builder, options);
    }

    /// <summary>The door of a process that other processes can stand in for: what a lost silo did not answer is asked again.</summary>
    private static WebApplication WithDoor(WebApplicationBuilder builder, PoolOptions options)
    {
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton<IOutgoingGrainCallFilter, LostSiloRetry>();
        builder.Services.AddPoolGateway();
        builder.WebHost.ConfigureKestrel(kestrel => PoolHost.ListenDoor(kestrel, options));
        var app = builder.Build();
        app.MapPoolGateway();
        return app;
    }

    /// <summary>The time that all processes share is also the one by which deadlines are compared.</summary>
    private static void Share(IServiceCollection services, ClusterDatabase database)
    {
        services.AddSingleton(database.Source);
        services.AddSingleton<TimeProvider>(database.Clock);
        services.AddSingleton(database.Clock);
        services.AddHostedService<DatabaseClockKeeper>();
    }

    private static void Actors(ISiloBuilder silo, PoolOptions options, NpgsqlDataSource database)
    {
        Name(silo.Services, options);
        silo.UseAdoNetClustering(clustering => (clustering.Invariant, clustering.DataSource) = (Invariant, database));
        if (options.Address is { } address)
        {
            silo.ConfigureEndpoints(address, options.SiloPort, options.ClientPort, listenOnAnyHostAddress: !IPAddress.IsLoopback(address));
        }
        else
        {
            silo.ConfigureEndpoints(options.SiloPort, options.ClientPort, listenOnAnyHostAddress: true);
        }

        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            // A silo that does not answer two probes of a second is dead when two others say so: about three seconds when
            // it was killed, eight when it hangs. The defaults take a minute for the latter.
            membership.ProbeTimeout = TimeSpan.FromSeconds(1);
            membership.MaxProbeTimeout = TimeSpan.FromSeconds(1.5);
            membership.NumMissedProbesLimit = 2;
            membership.NumVotesForDeathDeclaration = 2;
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            // What a whole cluster that was killed leaves in the table counts as gone after ten seconds, not ninety.
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
            membership.NumMissedTableIAmAliveLimit = 2;
        });
        silo.Configure<SiloMessagingOptions>(messaging =>
        {
            messaging.ResponseTimeout = ResponseTimeout;
            // Where an actor is, a silo asks another; a question that is lost is asked again, but only when it has timed out,
            // and until then everybody waits who wants that actor. The defaults take half a minute.
            messaging.SystemResponseTimeout = ResponseTimeout;
            messaging.PlacementTimeout = PlacementTimeout;
            // A silo keeps its answers for a gateway whose connection it lost, although the gateway may be asking through
            // another silo by now: so not for the minute of the default, in which all of them would be late.
            messaging.ClientDropTimeout = ClientDropTimeout;
        });

        // The default placement looks at load, and gathers the actors of a young cluster on its first silo; chance spreads
        // them. The directory stays the default one, too: the distributed one is not ready for half a minute after a start.
        silo.Services.AddSingleton<PlacementStrategy, RandomPlacement>();
        silo.AddTracePropagation();
        silo.AddAdoNetGrainStorage(ActorServices.SnapshotStorage, storage => storage.Configure<IServiceProvider>((ado, services) =>
        {
            ado.Invariant = Invariant;
            ado.DataSource = database;
            ado.GrainStorageSerializer = ActivatorUtilities.CreateInstance<SnapshotSerializer>(services);
        }));
    }

    private static void Client(IClientBuilder client, PoolOptions options, NpgsqlDataSource database)
    {
        Name(client.Services, options);
        client.UseAdoNetClustering(clustering => (clustering.Invariant, clustering.DataSource) = (Invariant, database));
        // A silo that joins is used, and one that left is forgotten, within seconds.
        client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
        client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = ResponseTimeout);
        client.Services.AddSingleton<IClientConnectionRetryFilter>(services => services.GetRequiredService<ClusterConnection>());
        client.AddGatewayCountChangedHandler(services => services.GetRequiredService<ClusterConnection>().Changed);
        client.AddTracePropagation();
    }

    private static void Name(IServiceCollection services, PoolOptions options) => services.Configure<ClusterOptions>(cluster =>
        (cluster.ServiceId, cluster.ClusterId) = (Service, options.Cluster));
}

/// <summary>Whether a silo is a member of its cluster and has its database.</summary>
internal sealed class SiloReadiness(ISiloStatusOracle membership, DatabaseClock clock) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        membership.CurrentStatus != SiloStatus.Active ? HealthCheckResult.Unhealthy($"The silo is {membership.CurrentStatus}.")
        : clock.Age > Patience ? HealthCheckResult.Unhealthy($"The database has not answered for {clock.Age.TotalSeconds:0} s.")
        : HealthCheckResult.Healthy());
}
