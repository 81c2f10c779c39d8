using System.Diagnostics;
using System.Globalization;
using Grpc.Net.Client;
using Npgsql;
using NpgsqlTypes;
using Pool.Benchmarks.Arena;
using Pool.Communities;
using Pool.Databases;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Silo.Database;
using Pool.Silo.Migrations;
using Pool.Values;

namespace Pool.Benchmarks;

/// <summary>
/// What the parts of a lifecycle cost with nothing around them, in processor time of the whole machine: a call, a turn of an actor, a
/// durable row of the journal; and how fast memory is. Nothing that is made of them is faster.
/// </summary>
internal static class LimitBenchmark
{
    private const int Callers = 64;
    private const int Actors = 1_000;
    private const int Rounds = 5;

    /// <summary>Rows that share a commit.</summary>
    private const int Batch = 512;

    /// <summary>Beyond every cache.</summary>
    private const int Block = 128 << 20;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);
    private static readonly DateTimeOffset At = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    public static async Task<bool> Run()
    {
        await using (var pool = await BenchmarkPool.Start())
        {
            var street = StreetId.Parse("330109002");
            await pool.AddStreet(street, [], Actors - 1);
            using var channel = GrpcChannel.ForAddress(pool.Address);
            var nothing = new Wire.Nothing.NothingClient(channel);
            var empty = new Wire.Empty();
            await Tell("An empty unary call, client and server", () => Ratio.Rate(Callers, Time, async (_, _) => await nothing.DoAsync(empty)));
            var actors = Enumerable.Range(1, Actors - 1).Select(number => pool.Grains.Community(CommunityId.Parse($"{street.Text}{number:000}"))).ToList();
            await Tell("A call of an actor that is awake", () => Ratio.Rate(Callers, Time, (caller, call) => actors[((caller * 7919) + call) % actors.Count].Get()));
        }

        await using var server = await DatabaseServer.Start();
        var address = await server.CreateDatabase();
        await using var database = PostgresDatabase.Open(address, "pool benchmark");
        await Migration.Postgres(database, default);
        await DatabaseServer.Execute(address, "CREATE TABLE rows (LIKE journal INCLUDING ALL)");
        var position = 0L;
        await Tell(
            $"A row of the journal's table and indexes, copied to PostgreSQL, {Batch} a commit",
            async () => Batch * await Ratio.Rate(Environment.ProcessorCount, Time, (_, _) => Copy(database, Interlocked.Add(ref position, Batch))));
        var copied = await CopyMemory();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Memory copied by {Environment.ProcessorCount} processors at once: {copied / 1e9:0.0} GB/s"));
        return true;
    }

    /// <summary>Prints how many a second and what one costs: the median of the rounds, and the least and greatest.</summary>
    private static async Task Tell(string what, Func<Task<double>> rate)
    {
        // The just-in-time compiler takes its time, and the caches settle.
        await rate();
        await rate();
        var (rates, costs) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            var (before, began) = (Processors.Now(Environment.ProcessId), Stopwatch.GetTimestamp());
            rates.Add(await rate());
            costs.Add(Processors.Now(Environment.ProcessId).Since(before).All * 1e6 / (rates[^1] * Stopwatch.GetElapsedTime(began).TotalSeconds));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {Median.Of(rates):0} a second, {Median.Of(costs):0.0} µs of processor time each (rounds {costs.Min():0.0} to {costs.Max():0.0})"));
    }

    private static async Task Copy(NpgsqlDataSource database, long first)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var import = await connection.BeginBinaryImportAsync(
            "COPY rows (position, stream, version, street, type, at, actor, command_id, fingerprint, payload) FROM STDIN (FORMAT BINARY)");
        for (var row = 0; row < Batch; row++)
        {
            var written = EventCatalogue<CommunityEvent>.Write(new CommunityRenamed(At, "renamed"));
            await import.StartRowAsync();
            await import.WriteAsync(first + row, NpgsqlDbType.Bigint);
            await import.WriteAsync($"community/{first + row}", NpgsqlDbType.Text);
            await import.WriteAsync(1L, NpgsqlDbType.Bigint);
            await import.WriteAsync("330109002", NpgsqlDbType.Text);
            await import.WriteAsync(written.Type, NpgsqlDbType.Text);
            await import.WriteAsync(At, NpgsqlDbType.TimestampTz);
            await import.WriteAsync("benchmark", NpgsqlDbType.Text);
            await import.WriteAsync(Guid.NewGuid(), NpgsqlDbType.Uuid);
            await import.WriteAsync(1L, NpgsqlDbType.Bigint);
            await import.WriteAsync(written.Payload, NpgsqlDbType.Json);
        }

        await import.CompleteAsync();
    }

    /// <summary>Bytes a second that all processors together copy from one place in memory to another.</summary>
    private static async Task<double> CopyMemory()
    {
        var copied = await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Factory.StartNew(CopyBlocks, TaskCreationOptions.LongRunning)));
        return copied.Sum();
    }

    private static double CopyBlocks()
    {
        var (from, to) = (new byte[Block], new byte[Block]);
        from.AsSpan().Fill(1);
        to.AsSpan().Fill(1);
        var (began, blocks) = (Stopwatch.GetTimestamp(), 0L);
        for (; Stopwatch.GetElapsedTime(began) < Time; blocks++)
        {
            from.CopyTo(to, 0);
        }

        return blocks * Block / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
