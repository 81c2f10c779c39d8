using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Pool.Hosting;
using Pool.Silo.Hosting;
using Pool.V1;

namespace Pool.Silo.Demo;

/// <summary>The demo: a district is loaded, a morning of 200 demands is played through the door, and told.</summary>
internal sealed class Morning(DemoClient client, SampleDistrict district, IReadOnlyList<RosterPartner> roster, IReadOnlyList<SampleTreaty> treaties, MorningClock clock, Random random, CancellationToken stopping)
{
    private const int Seed = 20_261;
    private const int DemandCount = 200;
    private const int AskAtOnce = 3;
    private const double PilotShare = 0.75;

    /// <summary>How much faster than the clock on the wall the morning runs.</summary>
    private const double Rate = 800;

    /// <summary>From 08:00 to 12:00 in Xiaoshan; demands come in the first three hours.</summary>
    private static readonly TimeSpan Length = TimeSpan.FromHours(4);
    private static readonly TimeSpan Posting = TimeSpan.FromHours(3);
    private static readonly TimeSpan Opening = TimeSpan.FromHours(8);
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    /// <summary>Loads, plays, tells; then serves on unless <paramref name="exit"/>.</summary>
    /// <param name="endpoint">A pool that runs already, which the demo then uses as any client does; empty for one of its own.</param>
    public static async Task<ExitCode> Run(PoolOptions options, LogLevel level, string endpoint, bool exit)
    {
        var started = Stopwatch.GetTimestamp();
        if (endpoint.Length > 0)
        {
            return await PoolProcess.Guard(level, () => PlayAgainst(endpoint, started));
        }

        options.DataFolder = options.DataFolder.Length == 0 ? NewFolder() : options.DataFolder;
        if (DataFolder.HoldsPool(options.DataFolder))
        {
            await Console.Error.WriteLineAsync($"pool: {options.DataFolder} holds a pool already, and the demo needs a folder without one. Serve it without 'demo', or name another with --data.");
            return ExitCode.PoolNotEmpty;
        }

        var clock = new MorningClock(LastMorning());
        return await PoolProcess.Run(options, clock, level, async (addresses, stopping) =>
        {
            await PlayAll(addresses.Grpc, clock, options.DataFolder, stopping);
            clock.Finish();
            Console.WriteLine($"The demo took {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s; the process took {Process.GetCurrentProcess().PeakWorkingSet64 / (1024 * 1024)} MiB of memory at its peak.");
            if (!exit)
            {
                Console.WriteLine($"Serving gRPC on {addresses.Grpc}, JSON and the API page on {addresses.Http}/docs; Ctrl+C ends it.");
            }

            return !exit;
        });
    }

    /// <summary>The pool has its own time, so the morning is the next one: its demands are posted ahead.</summary>
    private static async Task PlayAgainst(string endpoint, long started)
    {
        try
        {
            using (var client = new DemoClient(endpoint, new Random()))
            {
                if ((await client.Streets.ListStreetsAsync(new() { PageSize = 1, MinPosition = long.MaxValue })).Streets.Count > 0)
                {
                    throw new StartRefusedException(ExitCode.PoolNotEmpty, $"The pool at {endpoint} has data already, and the demo needs one without.");
                }
            }

            await PlayAll(endpoint, new MorningClock(NextMorning()), NewFolder(), CancellationToken.None);
            Console.WriteLine($"The demo took {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s.");
        }
        catch (RpcException lost) when (lost.StatusCode == StatusCode.Unavailable)
        {
            throw new StartRefusedException(ExitCode.DatabaseUnreachable, $"The pool at {endpoint} does not answer: {lost.Status.Detail} Start it, or name another with --endpoint.");
        }
    }

    private static async Task PlayAll(string address, MorningClock clock, string folder, CancellationToken stopping)
    {
        var random = new Random(Seed);
        using var client = new DemoClient(address, random);
        var district = SampleDistrict.Load();
        var roster = Roster.Make(district, random);
        Console.WriteLine($"ResourcePool: {district.Streets.Count} streets, {district.Communities.Count} communities, {roster.Count} partners, {roster.Sum(partner => partner.Offers.Count)} offers.");
        var treaties = SampleTreaty.Sign(district, random);
        await new Loader(client, district, roster, treaties, clock.GetUtcNow()).Load();
        clock.RunAt(Rate);
        await new Morning(client, district, roster, treaties, clock, random, stopping).Play();
        clock.RunAt(1);
        await new Summary(client, district, roster, treaties, folder).Tell();
    }

    private async Task Play()
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var people = new People(client, roster, treaties, clock, random, over.Token);
        var streets = district.Streets.Where(street => street.Code.StartsWith(SampleDistrict.District, StringComparison.Ordinal)).Select(street => street.Code).ToList();
        var watches = streets.Select(people.Follow).ToList();
        await BeginSeries();
        var began = clock.GetUtcNow();
        var posting = Enumerable.Range(0, DemandCount).Select(_ => random.NextDouble()).Order().Select((at, i) => Post(i, began + (Posting * at))).ToList();
        while (clock.GetUtcNow() - began < Length)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), stopping);
            var done = clock.GetUtcNow() - began >= Length;
            Progress.Show(
                $"{TimeZoneInfo.ConvertTime(clock.GetUtcNow(), Zone):HH:mm}  posted {posting.Count(post => post.IsCompleted)}, accepted {people.Accepted}, declined {people.Declined}, rated {people.Rated}",
                done);
        }

        await Task.WhenAll(posting);
        await over.CancelAsync();
        await Task.WhenAll(watches);
    }

    /// <summary>Posts one demand when its time has come: some urgent, some for the days to come, a few that nobody can serve.</summary>
    private async Task Post(int number, DateTimeOffset at)
    {
        SampleSkill skill;
        SampleCommunity community;
        bool urgent;
        int level;
        lock (random)
        {
            skill = number % 8 == 0 ? district.Skills.Single(known => known.Code == "lift-retrofit-engineering") : district.Skills[random.Next(district.Skills.Count)];
            var inPilot = random.NextDouble() < PilotShare;
            var communities = district.Communities.Where(known => known.Street.StartsWith(SampleDistrict.District, StringComparison.Ordinal) && known.Street == SampleDistrict.Pilot == inPilot).ToList();
            community = communities[random.Next(communities.Count)];
            urgent = random.NextDouble() < 0.5;
            level = random.NextDouble() < 0.7 ? 1 : random.Next(2, 6);
        }

        await Task.Delay(at - clock.GetUtcNow() is { Ticks: > 0 } wait ? wait : TimeSpan.Zero, clock, stopping);
        var start = clock.GetUtcNow() + (urgent ? TimeSpan.FromMinutes(20) : TimeSpan.FromDays(1 + (number % 4)));
        var mode = Mode(number);
        await client.Demands.PostDemandAsync(new()
        {
            Parent = DemoClient.Name(community),
            RequestId = client.RequestId(),
            Demand = new Demand
            {
                Title = $"{community.Name}：{skill.NameZh}",
                Skill = $"skills/{skill.Code}",
                MinLevel = level,
                Seats = number % 10 == 9 ? 2 : mode == DispatchMode.Claim ? 3 : 1,
                DispatchMode = mode,
                AskAtOnce = mode == DispatchMode.Broadcast ? AskAtOnce : 0,
                Urgency = urgent ? Urgency.Urgent : Urgency.Routine,
                WindowStartTime = Timestamp.FromDateTimeOffset(start),
                WindowEndTime = Timestamp.FromDateTimeOffset(start + TimeSpan.FromHours(urgent ? 3 : 8)),
                DurationMinutes = urgent ? 30 : 60 + (30 * (number % 3)),
                FeeModes = { FeeMode.Volunteer, FeeMode.TimeCredit, FeeMode.LowFee },
                Reach = 3,
            },
        }, cancellationToken: stopping);
    }

    /// <summary>Somebody looks after the elders of one community every week; who has the seats of one week when the next is posted is asked first of all; the first four weeks are posted at once.</summary>
    private async Task BeginSeries()
    {
        var community = district.Communities.First(known => known.Street == SampleDistrict.Pilot);
        var start = clock.GetUtcNow() + TimeSpan.FromDays(1);
        await client.Series.CreateSeriesAsync(new()
        {
            Parent = DemoClient.Name(community),
            RequestId = client.RequestId(),
            Series = new V1.Series
            {
                Each = new Demand
                {
                    Title = $"{community.Name}：每周助老",
                    Skill = "skills/elder-care",
                    Seats = 1,
                    WindowStartTime = Timestamp.FromDateTimeOffset(start),
                    WindowEndTime = Timestamp.FromDateTimeOffset(start + TimeSpan.FromHours(8)),
                    DurationMinutes = 120,
                    FeeModes = { FeeMode.Volunteer, FeeMode.TimeCredit, FeeMode.LowFee },
                    Reach = 3,
                },
                Rule = "FREQ=WEEKLY;COUNT=12",
                PostAheadMinutes = (long)TimeSpan.FromDays(22).TotalMinutes,
                SamePeople = true,
            },
        }, cancellationToken: stopping);
    }

    /// <summary>Two in five are dispatched one after another, one is broadcast, one is published for claims, one waits for a round.</summary>
    private static DispatchMode Mode(int number) => (number % 5) switch
    {
        1 => DispatchMode.Broadcast,
        3 => DispatchMode.Claim,
        4 => DispatchMode.Round,
        _ => DispatchMode.Sequential,
    };

    /// <summary>The last working day's 08:00 in Xiaoshan whose noon has passed.</summary>
    private static DateTimeOffset LastMorning() => WorkingMornings(-1).First(morning => morning + Length < TimeProvider.System.GetUtcNow());

    /// <summary>The next working day's 08:00 in Xiaoshan.</summary>
    private static DateTimeOffset NextMorning() => WorkingMornings(1).First(morning => morning > TimeProvider.System.GetUtcNow());

    /// <param name="step">Days from one to the next: 1 forward from today, -1 back.</param>
    private static IEnumerable<DateTimeOffset> WorkingMornings(int step)
    {
        for (var day = TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(), Zone).Date; ; day = day.AddDays(step))
        {
            if (day.DayOfWeek is not (System.DayOfWeek.Saturday or System.DayOfWeek.Sunday))
            {
                yield return new DateTimeOffset(day + Opening, Zone.GetUtcOffset(day)).ToUniversalTime();
            }
        }
    }

    private static string NewFolder() => Path.Combine("data", $"demo-{TimeProvider.System.GetLocalNow():yyyyMMdd-HHmmss}");
}
