using Google.Protobuf.WellKnownTypes;
using Grpc.Net.Client;
using Pool.Hosting;
using Pool.V1;
using Pool.Values;

namespace Pool.Benchmarks;

/// <summary>A durable PostDemand over gRPC, against a unary call of the same server that does nothing; the client shares the machine.</summary>
internal static class PostBenchmark
{
    private const int Callers = 64;
    private const int Communities = 40;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);

    public static async Task<IReadOnlyList<Ratio>> Run()
    {
        await using var pool = await BenchmarkPool.Start();
        var street = StreetId.Parse("330109002");
        await pool.AddStreet(street, [], Communities);
        await pool.Grains.Skills()
            .Add(new(SkillCode.Parse("elder-care"), "居家养老照护", "Elder care", "care", 100, false), BenchmarkPool.NewCommand());
        using var channel = GrpcChannel.ForAddress(pool.Address);
        var demands = new DemandService.DemandServiceClient(channel);
        var nothing = new Wire.Nothing.NothingClient(channel);
        var empty = new Wire.Empty();
        var start = DateTimeOffset.UtcNow.AddDays(1);
        var demand = new Demand
        {
            Title = "Care for an hour",
            Skill = "skills/elder-care",
            Seats = 1,
            WindowStartTime = Timestamp.FromDateTimeOffset(start),
            WindowEndTime = Timestamp.FromDateTimeOffset(start.AddHours(8)),
            DurationMinutes = 60,
            FeeModes = { FeeMode.Volunteer },
            Reach = 3,
        };

        return
        [
            await AgainstNothing("Durable PostDemand over gRPC, 64 callers, of demands that partners claim", DispatchMode.Claim),
            await AgainstNothing("The same of demands that are searched for at once, in vain", DispatchMode.Sequential),
        ];

        Task<Ratio> AgainstNothing(string name, DispatchMode mode)
        {
            var posted = new Demand(demand) { DispatchMode = mode };
            return Ratio.Measure(
                name,
                () => Ratio.Rate(Callers, Time, async (caller, _) => await demands.PostDemandAsync(new()
                {
                    Parent = $"streets/{street}/communities/{street}{1 + (caller % Communities):000}",
                    Demand = posted,
                    RequestId = Guid.NewGuid().ToString(),
                })),
                "an empty unary call", () => Ratio.Rate(Callers, Time, async (_, _) => await nothing.DoAsync(empty)),
                goal: 0.5, atLeast: true, "calls/s", rest: pool.Rest);
        }
    }
}
