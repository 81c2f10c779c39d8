using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Pool.Hosting;

namespace Pool.Silo.Telemetry;

/// <summary>OpenTelemetry: one trace from the RPC through every actor to the journal, and the metrics of all parts.</summary>
internal static class TelemetryHosting
{
    /// <summary>The standard variables that name where to send; without one of them nothing is sent.</summary>
    private static readonly string[] EndpointVariables =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    public static void AddPoolTelemetry(this IServiceCollection services)
    {
        var isSent = EndpointVariables.Any(name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("resource-pool"))
            .WithTracing(tracing =>
            {
                tracing.AddAspNetCoreInstrumentation().AddSource(PoolTelemetry.SourceName, "Microsoft.Orleans.Application").AddNpgsql();
                if (!isSent)
                {
                    // Trace ids pass on to the answers and the journal all the same; what nobody receives is not recorded.
                    tracing.SetSampler(new AlwaysOffSampler());
                }
            })
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter(PoolTelemetry.SourceName, "Microsoft.Orleans"));
        if (isSent)
        {
            telemetry.UseOtlpExporter();
        }
    }
}
