using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Serialization;
using Orleans.Storage;
using Pool.Actors;
using Pool.Communities;
using Pool.Databases;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Offers;
using Pool.Partners;
using Pool.Silo.Database;
using Pool.Silo.Hosting;
using Pool.Streets;
using Pool.Values;
using Xunit;

namespace Pool.Grains.Tests;

/// <summary>A real pool whose actors a test calls itself: one street with one community and one partner.</summary>
/// <param name="databases">Where the pool is a silo of a cluster; else it is a whole one in this process, over a folder.</param>
public sealed class GrainPool(TestDatabases? databases = null) : IAsyncLifetime
{
    /// <summary>How long a test waits for what must come.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly StreetId Office = StreetId.Parse("330109002");
    public static readonly CommunityId Home = CommunityId.Parse("330109002037");

    private DataFolder? _taken;
    private ClusterDatabase? _opened;
    private WebApplication? _app;

    public string Folder { get; } = Directory.CreateTempSubdirectory("pool-grains-").FullName;

    /// <summary>The database's connection string, where there is one.</summary>
    public string Database { get; private set; } = "";

    /// <summary>The pool's time; a cluster has its database's.</summary>
    public FakeTimeProvider Clock { get; } = new(JournalStore.Now);

    public IJournal Journal => _app!.Services.GetRequiredService<IJournal>();

    public IBirths Births => _app!.Services.GetRequiredService<IBirths>();

    public IGrainStorage Snapshots => _app!.Services.GetRequiredKeyedService<IGrainStorage>(ActorServices.SnapshotStorage);

    public Serializer Serializer => _app!.Services.GetRequiredService<Serializer>();

    public ICommunityGrain Community => Grains.Community(Home);

    public IPartnerGrain Partner => Grains.Partner(PartnerId.Parse("li-na"));

    public IGrainFactory Grains => _app!.Services.GetRequiredService<IGrainFactory>();

    public static string CommunityStream => $"community/{Home}";

    public static string PartnerStream => "partner/li-na";

    public static SkillCode Skill => SkillCode.Parse("elder-care");

    public static Command NewCommand() => new(Guid.NewGuid(), 1, "a test");

    public async ValueTask InitializeAsync()
    {
        Database = databases is null ? "" : await (await databases.Server).CreateDatabase();
        await Start();
        await Grains.Street(Office).Open("北干街道", [], DispatchPolicy.Default, [], NewCommand());
        await Community.Open("first", NewCommand());
        await Partner.Register(Home, new("Li Na", PartnerKind.Person, Circle.Service, PartnerMode.PublicBenefit, 1), NewCommand());
    }

    public async Task Start()
    {
        var ports = LoopbackPorts.Free(2);
        var options = new PoolOptions { GrpcPort = 0, HttpPort = 0, Database = Database, Address = IPAddress.Loopback, SiloPort = ports[0], ClientPort = ports[1] };
        if (databases is null)
        {
            _taken = DataFolder.Take(Folder);
            _app = PoolHost.Build(options, _taken, Clock, LogLevel.None);
        }
        else
        {
            _opened = await ClusterDatabase.OpenForSilo(options, default);
            _app = ClusterHost.Silo(options, _opened, LogLevel.None);
        }

        await _app.StartAsync();
    }

    public async Task Stop()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _taken?.Dispose();
        await (_opened?.DisposeAsync() ?? default);
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

    /// <summary>Partners with an offer each, of whom any can serve a demand of <see cref="Post"/>.</summary>
    public async Task AddCarers(params string[] partners)
    {
        await Grains.Skills().Add(new(Skill, "养老照护", "Elder care", "care", 100, false), NewCommand());
        foreach (var id in partners.Select(PartnerId.Parse))
        {
            await Grains.Partner(id).Register(Home, new(id.Text, PartnerKind.Person, Circle.Service, PartnerMode.PublicBenefit, 1), NewCommand());
            var offer = new OfferId(id, "care");
            await Grains.Offer(offer).Make(
                new(offer, Skill, 3, WeeklyHours.Always, Values.Clock.DefaultZone, 1, FeeMode.Volunteer, 3, Minutes.Zero), NewCommand());
        }
    }

    /// <summary>Posts a demand for an hour of care at home.</summary>
    public async Task<IDemandGrain> Post(int seats, DispatchMode mode = DispatchMode.Sequential)
    {
        var now = Clock.GetUtcNow();
        var posted = await Community.PostDemand(
            new("Care for an hour", "", Skill, 1, seats, new(now.AddHours(1), now.AddHours(9)), Minutes.FromHours(1), [FeeMode.Volunteer], 0, false) { Mode = mode }, NewCommand());
        return Grains.Demand(posted.Value!.Id);
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        Directory.Delete(Folder, recursive: true);
        if (databases is not null)
        {
            await (await databases.Server).DropDatabase(Database);
        }
    }

    /// <summary>Completes when the last event of a stream is of a type.</summary>
    public async Task Recorded(string stream, string type)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (var head = Journal.Head; (await Journal.ReadStream(stream, 0))[^1].Type != type; head = Journal.Head)
        {
            await Journal.WaitBeyond(head, patience.Token);
        }
    }
}
