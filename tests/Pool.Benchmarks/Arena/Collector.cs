using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Pool.Benchmarks.Arena;

/// <summary>A collector of OpenTelemetry that takes whatever is sent to it over gRPC, counts the spans, and keeps nothing.</summary>
internal sealed class Collector : IAsyncDisposable
{
    /// <summary>A gRPC message without content: not compressed, of no length.</summary>
    private static readonly byte[] Nothing = new byte[5];

    /// <summary>The service to which traces are sent, and where spans are in its message: of each resource, of each scope.</summary>
    private const string Traces = "opentelemetry.proto.collector.trace.v1.TraceService";
    private static readonly int[] SpansWithin = [1, 2, 2];

    private readonly WebApplication _app;
    private long _spans;

    private Collector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        _app = builder.Build();
        _app.MapPost("/{service}/Export", Take);
    }

    public string Address { get; private set; } = "";

    /// <summary>Spans that it was sent so far.</summary>
    public long Spans => Interlocked.Read(ref _spans);

    public static async Task<Collector> Start()
    {
        var collector = new Collector();
        await collector._app.StartAsync();
        collector.Address = collector._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return collector;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task Take(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if ((string)context.Request.RouteValues["service"]! == Traces)
        {
            Interlocked.Add(ref _spans, Count(new(body.GetBuffer(), Nothing.Length, (int)body.Length - Nothing.Length), SpansWithin));
        }

        context.Response.ContentType = "application/grpc";
        context.Response.AppendTrailer("grpc-status", "0");
        await context.Response.Body.WriteAsync(Nothing);
    }

    /// <summary>How many fields there are at the end of a path of field numbers.</summary>
    private static int Count(CodedInputStream message, ReadOnlySpan<int> path)
    {
        var count = 0;
        while (message.ReadTag() is not 0 and var tag)
        {
            if (WireFormat.GetTagFieldNumber(tag) != path[0])
            {
                message.SkipLastField();
            }
            else
            {
                var field = message.ReadBytes();
                count += path.Length == 1 ? 1 : Count(field.CreateCodedInput(), path[1..]);
            }
        }

        return count;
    }
}
