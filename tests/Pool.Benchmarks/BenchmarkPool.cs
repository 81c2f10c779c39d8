using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pool.Actors;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Silo.Hosting;
using Pool.Skills;
using Pool.Streets;
using Pool.Values;
using Pool.Views;

namespace Pool.Benchmarks;

/// <summary>A pool as its users run it, on free ports and a folder of its own.</summary>
internal sealed class BenchmarkPool : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pool-benchmark-").FullName;
    private readonly DataFolder _taken;
    private readonly WebApplication _app;

    private BenchmarkPool()
    {
        _taken = DataFolder.Take(_folder);
        _app = PoolHost.Build(new PoolOptions { GrpcPort = 0, HttpPort = 0 }, _taken, TimeProvider.System, LogLevel.Warning);
        _app.MapGrpcService<NothingEndpoint>();
    }

    public IGrainFactory Grains => _app.Services.GetRequiredService<IGrainFactory>();

    public IJournal Journal => _app.Services.GetRequiredService<IJournal>();

    public string Address { get; private set; } = "";

    public string Folder => _folder;

    public static async Task<BenchmarkPool> Start()
    {
        var pool = new BenchmarkPool();
        await pool._app.StartAsync();
        pool.Address = PoolAddresses.Of(pool._app).Grpc;
        return pool;
    }

    /// <summary>Completes when nothing is put off for some seconds any more, and the list views have come to the journal's end.</summary>
    public async Task Rest()
    {
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await Journal.NextDue() <= DateTimeOffset.UtcNow + Patience.ForStep)
        {
            await looks.WaitForNextTickAsync();
        }

        await _app.Services.GetRequiredService<IViewStore>().Find<Skill>(["none"], Journal.Head);
    }

    public static Command NewCommand() => new(Guid.NewGuid(), 1, "benchmark");

    /// <summary>A street with so many communities; the street's neighbours are given.</summary>
    public async Task AddStreet(StreetId street, IEnumerable<StreetId> neighbours, int communities)
    {
        await Grains.Street(street).Open(street.Text, [.. neighbours], DispatchPolicy.Default, [], NewCommand());
        for (var i = 1; i <= communities; i++)
        {
            await Grains.Community(CommunityId.Parse($"{street.Text}{i:000}")).Open("community", NewCommand());
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _taken.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class NothingEndpoint : Wire.Nothing.NothingBase
    {
        private static readonly Task<Wire.Empty> Done = Task.FromResult(new Wire.Empty());

        public override Task<Wire.Empty> Do(Wire.Empty request, global::Grpc.Core.ServerCallContext context) => Done;
    }
}
