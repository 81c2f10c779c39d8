using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;
using Pool.EventSourcing;
using Pool.Gateway;
using Pool.Hosting;
using Pool.Identities;
using Pool.Ledgers;
using Pool.Silo.Identities;
using Pool.Silo.Journal;
using Pool.Silo.Snapshots;
using Pool.Silo.Telemetry;
using Pool.Silo.Views;
using Pool.Silo.WakeUps;
using Pool.Values;
using Pool.Views;

namespace Pool.Silo.Hosting;

/// <summary>The whole pool in one process: silo, journal, views and gateway over one data folder.</summary>
public static class PoolHost
{
    /// <param name="options">The settings; the folder is taken already.</param>
    /// <param name="folder">The data folder that this process holds.</param>
    /// <param name="clock">The pool's time; the runtime keeps the system's.</param>
    /// <param name="level">The least level of the pool's own log messages.</param>
    public static WebApplication Build(PoolOptions options, DataFolder folder, TimeProvider clock, LogLevel level)
    {
        options.DataFolder = folder.FullPath;
        options.PageTokenKey = folder.PageTokenKey;
        options.LedgerKey = folder.LedgerKey;
        // One process has nobody to go on serving elsewhere.
        options.Drain = TimeSpan.Zero;
        var builder = Begin(options, clock, level);
        builder.Services.AddSingleton<SqliteJournal>();
        builder.Services.AddSingleton<IJournal>(provider => provider.GetRequiredService<SqliteJournal>());
        builder.Services.AddSingleton<IVault, SqliteVault>();
        builder.Services.AddSingleton<SqliteViewStore>();
        builder.Services.AddSingleton<IViewStore>(provider => provider.GetRequiredService<SqliteViewStore>());
        AddActorServices(builder.Services);
        builder.UseOrleans(silo => Actors(silo, folder));
        Follow(builder.Services, provider => provider.GetRequiredService<SqliteViewStore>());
        builder.Services.AddPoolGateway();
        builder.WebHost.ConfigureKestrel(kestrel => ListenDoor(kestrel, options));
        var app = builder.Build();
        app.MapPoolGateway();
        // Whether it is the journal's is asked before anybody is served.
        app.Services.GetRequiredService<IVault>();
        return app;
    }

    /// <summary>What every process of the pool has.</summary>
    internal static WebApplicationBuilder Begin(PoolOptions options, TimeProvider clock, LogLevel level)
    {
        // Nothing is configured by files: watching for them would be to watch the data folder, which lies beside them, at every write.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        Log(builder.Logging, level);
        builder.Services.AddSingleton(Options.Create(options));
        builder.Services.AddKeyedSingleton(Clock.Key, clock);
        builder.AddPoolTelemetry();
        // What these libraries threw in one process must be readable in another, as the cause inside an exception.
        builder.Services.Configure<ExceptionSerializationOptions>(exceptions => exceptions.SupportedNamespacePrefixes.UnionWith(["Polly", "Npgsql"]));
        builder.WebHost.UseKestrelCore();
        return builder;
    }

    /// <summary>What actors work with, over the journal and the views of a silo.</summary>
    internal static void AddActorServices(IServiceCollection services)
    {
        services.AddSingleton(provider => new LedgerKeys(provider.GetRequiredService<IOptions<PoolOptions>>().Value.LedgerKey));
        services.AddSingleton<Births>().AddSingleton<IBirths>(provider => provider.GetRequiredService<Births>());
        services.AddSingleton<ActorServices>();
        services.AddSingleton<DispatchFeed>();
    }

    /// <summary>What works by itself. It starts after the silo, in the order of registration: nobody is woken before there is one.</summary>
    internal static void Follow(IServiceCollection services, Func<IServiceProvider, ViewStore> views)
    {
        services.AddHostedService(views);
        services.AddHostedService<DomainMetrics>();
        services.AddHostedService<WakeUpPump>();
    }

    /// <summary>The door's two ports: gRPC, and everything else.</summary>
    internal static void ListenDoor(KestrelServerOptions kestrel, PoolOptions options)
    {
        // Without TLS a port speaks either HTTP/2, which gRPC needs, or HTTP/1.1, which everybody else speaks.
        kestrel.Listen(options.Listen, options.GrpcPort, listen => listen.Protocols = HttpProtocols.Http2);
        kestrel.Listen(options.Listen, options.HttpPort, listen => listen.Protocols = HttpProtocols.Http1);
    }

    private static void Actors(ISiloBuilder silo, DataFolder folder)
    {
        // One silo talks to nobody, but Orleans opens its endpoint all the same; a free port lets several pools run.
        silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: FreePort(), serviceId: "pool", clusterId: "embedded");
        silo.Configure<ClusterMembershipOptions>(membership => membership.NumVotesForDeathDeclaration = 1);
        silo.AddTracePropagation();
        silo.AddAdoNetGrainStorage(ActorServices.SnapshotStorage, storage => storage.Configure<IServiceProvider>((ado, services) =>
        {
            ado.Invariant = "System.Data.SQLite";
            ado.DataSource = new GatedSqliteDataSource(Path.Combine(folder.FullPath, "snapshots.db"));
            ado.GrainStorageSerializer = ActivatorUtilities.CreateInstance<SnapshotSerializer>(services);
        }));
    }

    private static void Log(ILoggingBuilder logging, LogLevel level)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Pool", level);
        // A start that fails is told by the program, in one line.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        // Advice on the collector of big servers, and the watchdog's count of the time before its first look.
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        // A client that goes away while its call runs; what fails in a call of the pool is told by the door itself.
        logging.AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.Critical);
        // Each attempt of a call that Orleans retries by itself; a call that fails for good is told by its caller.
        logging.AddFilter("Polly", LogLevel.None);
        if (level <= LogLevel.Debug)
        {
            logging.SetMinimumLevel(level);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
