using Microsoft.Extensions.Configuration.Memory;
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

    /// <summary>
    /// What the standard variables say where nobody sets them: a busy pool makes tens of thousands of spans a second, and the
    /// exporter's own queue of 2,048 drops most of them. A batch stays far below the 4 MiB that collectors take in one message.
    /// </summary>
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        ["OTEL_BSP_MAX_QUEUE_SIZE"] = "65536",
        ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE"] = "2048",
    };

    public static void AddPoolTelemetry(this WebApplicationBuilder builder)
    {
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        var isSent = EndpointVariables.Any(name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("resource-pool"))
            .WithTracing(tracing =>
            {
                tracing.AddAspNetCoreInstrumentation().AddSource(PoolTelemetry.SourceName).AddNpgsql();
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
