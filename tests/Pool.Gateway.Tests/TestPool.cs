using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Silo.Hosting;
using Pool.V1;
using Xunit;

namespace Pool.Gateway.Tests;

/// <summary>
/// A real pool on free ports and a data folder of its own, with a clock that the test moves: Monday 2026-11-23, 08:00
/// in Shanghai. It holds a small world: Beigan Street with two communities, a neighbour, skills, partners.
/// </summary>
public sealed class TestPool : IAsyncLifetime
{
    public const string Beigan = "streets/330109002";
    public const string Xintang = "streets/330109004";
    public const string Home = $"{Beigan}/communities/330109002051";
    public const string Other = $"{Beigan}/communities/330109002052";
    public const string Far = $"{Xintang}/communities/330109004051";

    private readonly string _folder = Directory.CreateTempSubdirectory("pool-").FullName;
    private DataFolder? _taken;
    private WebApplication? _app;
    private GrpcChannel? _channel;

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));

    /// <summary>How many calls, and how many watches, the door has under way at a time.</summary>
    public int AtATime { get; init; } = new PoolOptions().ConcurrentCalls;

    /// <summary>How long a watch waits for a client that does not read.</summary>
    public TimeSpan WatchPatience { get; init; } = new PoolOptions().WatchPatience;

    public PoolAddresses Addresses { get; private set; } = new("", "");

    public IJournal Journal => _app!.Services.GetRequiredService<IJournal>();

    public IServiceProvider Services => _app!.Services;

    public GrpcChannel Channel => _channel!;

    public SkillService.SkillServiceClient Skills => new(Channel);

    public StreetService.StreetServiceClient Streets => new(Channel);

    public CommunityService.CommunityServiceClient Communities => new(Channel);

    public PartnerService.PartnerServiceClient Partners => new(Channel);

    public OfferService.OfferServiceClient Offers => new(Channel);

    public DemandService.DemandServiceClient Demands => new(Channel);

    public DispatchService.DispatchServiceClient Dispatch => new(Channel);

    public RoundService.RoundServiceClient Rounds => new(Channel);

    public SeriesService.SeriesServiceClient Series => new(Channel);

    public TreatyService.TreatyServiceClient Treaties => new(Channel);

    public LedgerService.LedgerServiceClient Ledgers => new(Channel);

    public EntryService.EntryServiceClient Entries => new(Channel);

    public TransferService.TransferServiceClient Transfers => new(Channel);

    public ClearingService.ClearingServiceClient Clearings => new(Channel);

    public ReceiptService.ReceiptServiceClient Receipts => new(Channel);

    /// <summary>The ledger of a street itself, behind the door.</summary>
    public Pool.Ledgers.ILedgerGrain Ledger(string street) => Services.GetRequiredService<IGrainFactory>().GetGrain<Pool.Ledgers.ILedgerGrain>(street);

    /// <summary>The files of the pool's folder that have some bytes in them.</summary>
    public IEnumerable<string> FilesWith(byte[] text) => Directory.EnumerateFiles(_folder, "*.db*").Where(file =>
    {
        using var read = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[read.Length];
        read.ReadExactly(bytes);
        return bytes.AsSpan().IndexOf(text) >= 0;
    });

    public IEnumerable<string> VaultWith(byte[] text) => FilesWith(text).Where(file => Path.GetFileName(file).StartsWith("vault", StringComparison.Ordinal));

    public IEnumerable<string> JournalWith(byte[] text) => FilesWith(text).Where(file => Path.GetFileName(file).StartsWith("journal", StringComparison.Ordinal));

    public static string NewId() => Guid.NewGuid().ToString();

    public async ValueTask InitializeAsync()
    {
        await Start();
        await Found();
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts the pool on its folder, as after a crash or a stop.</summary>
    public async Task Start()
    {
        _taken = DataFolder.Take(_folder);
        var options = new PoolOptions
        {
            GrpcPort = 0,
            HttpPort = 0,
            WatchCheckpoint = TimeSpan.FromMilliseconds(200),
            ConcurrentCalls = AtATime,
            ConcurrentWatches = AtATime,
            WatchPatience = WatchPatience,
        };
        _app = PoolHost.Build(options, _taken, Clock, LogLevel.Warning);
        await _app.StartAsync();
        Addresses = PoolAddresses.Of(_app);
        _channel = GrpcChannel.ForAddress(Addresses.Grpc);
    }

    public async Task Stop()
    {
        _channel?.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        _taken?.Dispose();
    }

    /// <summary>Holds the journal's write lock, so that no append commits until the lock is given back.</summary>
    public IDisposable HoldJournal() => Execute("BEGIN IMMEDIATE");

    /// <summary>Makes every append fail.</summary>
    public void BreakJournal() =>
        Execute("CREATE TRIGGER broken BEFORE INSERT ON journal BEGIN SELECT raise(ABORT, 'broken by the test'); END").Dispose();

    /// <summary>Restarts the pool with a stream that no actor can load, so that whoever asks that actor fails.</summary>
    public Task BreakStream(string stream) => Rewrite(stream, 1, "type = 'broken.by-the-test'");

    /// <summary>Restarts the pool with another event in a stream.</summary>
    public async Task Rewrite(string stream, int version, string columns)
    {
        await Stop();
        Execute($"UPDATE journal SET {columns} WHERE stream = '{stream}' AND version = {version}").Dispose();
        await Start();
    }

    /// <summary>Waits until the last event of a stream is of a type, off the journal's own news.</summary>
    /// <param name="times">How often it is there in the end.</param>
    public async Task Recorded(string stream, string type, int times)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var head = Journal.Head; (await Journal.ReadStream(stream, 0)).Count(record => record.Type == type) < times; head = Journal.Head)
        {
            await Journal.WaitBeyond(head, patience.Token);
        }
    }

    public async Task Recorded(string stream, string type)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var head = Journal.Head; (await Journal.ReadStream(stream, 0))[^1].Type != type; head = Journal.Head)
        {
            await Journal.WaitBeyond(head, patience.Token);
        }
    }

    private SqliteConnection Execute(string sql)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "journal.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
        return connection;
    }

    /// <summary>A partner of the community with one offer.</summary>
    /// <returns>The partner's name.</returns>
    public async Task<string> AddPartner(
        string community, string id, string skill = "skills/elder-care", int level = 3, int capacity = 1, int reach = 3, FeeMode feeMode = FeeMode.Volunteer, bool certified = false)
    {
        var partner = await Partners.CreatePartnerAsync(new()
        {
            Parent = community,
            PartnerId = id,
            Partner = new Partner
            {
                DisplayName = id,
                Kind = capacity == 1 ? PartnerKind.Person : PartnerKind.Team,
                Circle = Circle.Service,
                Mode = PartnerMode.PublicBenefit,
                Capacity = capacity,
            },
            RequestId = NewId(),
        });
        if (certified)
        {
            await Partners.CertifyPartnerAsync(new()
            {
                Name = partner.Name,
                Certificate = new Certificate { Skill = skill, Level = level, Issuer = "district", ExpireTime = Timestamp.FromDateTimeOffset(Clock.GetUtcNow().AddDays(30)) },
                RequestId = NewId(),
            });
        }

        await Offers.CreateOfferAsync(new()
        {
            Parent = partner.Name,
            OfferId = "offer-1",
            Offer = new Offer { Skill = skill, Level = level, Hours = { WholeWeek() }, Capacity = capacity, FeeMode = feeMode, Reach = reach },
            RequestId = NewId(),
        });
        return partner.Name;
    }

    /// <summary>A demand for one hour of elder care within this day.</summary>
    public Demand NewDemand(int seats = 1, int reach = 3, string skill = "skills/elder-care") => new()
    {
        Title = "Care for an hour",
        Skill = skill,
        MinLevel = 1,
        Seats = seats,
        WindowStartTime = Timestamp.FromDateTimeOffset(Clock.GetUtcNow().AddHours(1)),
        WindowEndTime = Timestamp.FromDateTimeOffset(Clock.GetUtcNow().AddHours(9)),
        DurationMinutes = 60,
        FeeModes = { FeeMode.Volunteer, FeeMode.TimeCredit },
        Reach = reach,
    };

    public async Task<Demand> Post(Demand? demand = null, string community = Home) =>
        await Demands.PostDemandAsync(new() { Parent = community, Demand = demand ?? NewDemand(), RequestId = NewId() });

    /// <summary>The demand as of the first event at which <paramref name="reached"/> holds, off its street's watch.</summary>
    public async Task<Demand> Until(Demand demand, Func<Demand, bool> reached)
    {
        var street = string.Join('/', demand.Name.Split('/').Take(2));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var watch = Dispatch.WatchDispatches(new() { Parent = street, Cursor = 0 }, cancellationToken: patience.Token);
        await foreach (var news in watch.ResponseStream.ReadAllAsync(patience.Token))
        {
            if (news.Demand?.Name == demand.Name && reached(news.Demand))
            {
                return news.Demand;
            }
        }

        throw new InvalidOperationException("The watch ended.");
    }

    public static IEnumerable<Hours> WholeWeek() =>
        Enumerable.Range(1, 7).Select(day => new Hours { Day = (V1.DayOfWeek)day, Start = "00:00", End = "24:00" });

    private async Task Found()
    {
        await AddSkill("elder-care", requiresCertificate: false);
        await AddSkill("legal-advice", requiresCertificate: true);
        foreach (var (street, neighbour) in new[] { (Beigan, Xintang), (Xintang, Beigan) })
        {
            await Streets.CreateStreetAsync(new()
            {
                StreetId = street[^9..],
                Street = new Street { DisplayName = street, Neighbours = { neighbour } },
                RequestId = NewId(),
            });
        }

        await Streets.SetTreatyAsync(new() { Name = Xintang, Borrower = Beigan, Open = true, RequestId = NewId() });
        foreach (var community in new[] { Home, Other, Far })
        {
            await Communities.CreateCommunityAsync(new()
            {
                Parent = community[..community.IndexOf("/communities", StringComparison.Ordinal)],
                CommunityId = community[^12..],
                Community = new Community { DisplayName = community },
                RequestId = NewId(),
            });
        }
    }

    /// <summary>A skill of its own lets a test decide alone who can serve its demand.</summary>
    public async Task AddSkill(string code, bool requiresCertificate = false) => await Skills.CreateSkillAsync(new()
    {
        SkillId = code,
        Skill = new Skill { NameZh = code, NameEn = code, Field = "care", DefaultWeightPercent = 100, RequiresCertificate = requiresCertificate },
        RequestId = NewId(),
    });
}
