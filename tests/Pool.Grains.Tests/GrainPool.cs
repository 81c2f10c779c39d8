using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Pool.Actors;
using Pool.Communities;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Partners;
using Pool.Silo.Hosting;
using Pool.Streets;
using Pool.Values;
using Xunit;

namespace Pool.Grains.Tests;

/// <summary>A real pool whose actors a test calls itself: one street with one community and one partner.</summary>
public sealed class GrainPool : IAsyncLifetime
{
    private static readonly StreetId Office = StreetId.Parse("330109002");
    private static readonly CommunityId Home = CommunityId.Parse("330109002037");

    private DataFolder? _taken;
    private WebApplication? _app;

    public string Folder { get; } = Directory.CreateTempSubdirectory("pool-grains-").FullName;

    public FakeTimeProvider Clock { get; } = new(JournalFolder.Now);

    public IJournal Journal => _app!.Services.GetRequiredService<IJournal>();

    public ICommunityGrain Community => Grains.GetGrain<ICommunityGrain>(Home.Text);

    public IPartnerGrain Partner => Grains.GetGrain<IPartnerGrain>("li-na");

    private IGrainFactory Grains => _app!.Services.GetRequiredService<IGrainFactory>();

    public static string CommunityStream => $"community/{Home}";

    public static string PartnerStream => "partner/li-na";

    public static Command NewCommand() => new(Guid.NewGuid(), 1, "a test");

    public async ValueTask InitializeAsync()
    {
        await Start();
        await Grains.GetGrain<IStreetGrain>(Office.Text).Open("北干街道", [], DispatchPolicy.Default, NewCommand());
        await Community.Open("first", NewCommand());
        await Partner.Register(Home, new("Li Na", PartnerKind.Person, Circle.Service, PartnerMode.PublicBenefit, 1), NewCommand());
    }

    public async Task Start()
    {
        _taken = DataFolder.Take(Folder);
        _app = PoolHost.Build(new PoolOptions { GrpcPort = 0, HttpPort = 0 }, _taken, Clock, LogLevel.None);
        await _app.StartAsync();
    }

    public async Task Stop()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _taken!.Dispose();
    }

    /// <summary>Gives the partner one name after the other; each is an event.</summary>
    public async Task<Answer<Partner>> RenamePartner(int times, Command? last = null)
    {
        for (var i = 1; i < times; i++)
        {
            await Partner.Change(new($"Li Na {i}", null, null, null, null), NewCommand());
        }

        return await Partner.Change(new($"Li Na {times}", null, null, null, null), last ?? NewCommand());
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        Directory.Delete(Folder, recursive: true);
    }
}
