using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Pool.Gateway.Availability;
using Pool.Gateway.Endpoints;
using Pool.Gateway.Errors;
using Pool.Gateway.OpenApi;
using Pool.Gateway.Requests;
using Pool.Hosting;

namespace Pool.Gateway;

/// <summary>The door: gRPC, the same as JSON, health, reflection, the OpenAPI page.</summary>
public static class GatewayHosting
{
    /// <summary>The tag of checks that say whether to send clients here.</summary>
    public const string Ready = "ready";

    /// <summary>How long calls under way, which wait for a lost silo at most so long, have to finish when the door has closed.</summary>
    private static readonly TimeSpan CallsEnd = TimeSpan.FromSeconds(20);

    public static IServiceCollection AddPoolGateway(this IServiceCollection services)
    {
        services.AddSingleton<PageTokens>().AddSingleton<Lists>().AddSingleton<Watches>();
        services.AddSingleton<Admission>();
        services.AddSingleton<Drain>().AddHostedService(provider => provider.GetRequiredService<Drain>());
        services.AddOptions<HostOptions>().Configure<IOptions<PoolOptions>>((host, pool) => host.ShutdownTimeout = pool.Value.Drain + CallsEnd);
        services.AddGrpc(grpc =>
            {
                grpc.Interceptors.Add<ErrorInterceptor>();
                grpc.Interceptors.Add<Admission>();
            })
            .AddJsonTranscoding(json =>
            {
                // As proto3 JSON has it: a 64-bit integer does not fit a JavaScript number.
                json.JsonSettings.WriteInt64sAsStrings = true;
                json.TypeRegistry = TypeRegistry.FromFiles(
                    Google.Rpc.ErrorDetailsReflection.Descriptor, V1.DemandsReflection.Descriptor, V1.DispatchReflection.Descriptor);
            });
        services.AddOptions<global::Grpc.AspNetCore.Server.GrpcServiceOptions>()
            .Configure<IOptions<PoolOptions>>((grpc, pool) => grpc.MaxReceiveMessageSize = pool.Value.MaxMessageBytes);
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks();
        services.AddHealthChecks().AddCheck<Drain>("open", tags: [Ready]);
        return services;
    }

    public static void MapPoolGateway(this WebApplication app)
    {
        app.UseStatusDetails();
        app.UseJsonRefusals();
        app.MapGrpcService<SkillEndpoint>();
        app.MapGrpcService<StreetEndpoint>();
        app.MapGrpcService<CommunityEndpoint>();
        app.MapGrpcService<PartnerEndpoint>();
        app.MapGrpcService<OfferEndpoint>();
        app.MapGrpcService<DemandEndpoint>();
        app.MapGrpcService<DispatchEndpoint>();
        app.MapGrpcService<RoundEndpoint>();
        app.MapGrpcService<SeriesEndpoint>();
        app.MapGrpcService<TreatyEndpoint>();
        app.MapGrpcService<LedgerEndpoint>();
        app.MapGrpcService<EntryEndpoint>();
        app.MapGrpcService<TransferEndpoint>();
        app.MapGrpcService<ClearingEndpoint>();
        app.MapGrpcService<ReceiptEndpoint>();
        app.MapGrpcReflectionService();
        app.MapGrpcHealthChecksService();
        app.MapPoolHealth();
        app.MapPoolOpenApi();
    }

    /// <summary>Over HTTP: <c>/healthz</c> says that the process lives, <c>/readyz</c> whether to send work to it.</summary>
    public static void MapPoolHealth(this WebApplication app)
    {
        app.MapHealthChecks("/healthz", new() { Predicate = _ => false });
        app.MapHealthChecks("/readyz", new() { Predicate = check => check.Tags.Contains(Ready) });
    }
}
