using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Pool.Communities;
using Pool.Hosting;
using Pool.Values;

namespace Pool.Benchmarks;

/// <summary>Durable appends through actors, against a loop of single-row commits of the same durability.</summary>
internal static class AppendBenchmark
{
    private const int Callers = 64;
    private const int Actors = 1_000;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);

    public static async Task<IReadOnlyList<Ratio>> Run()
    {
        await using var pool = await BenchmarkPool.Start();
        var street = StreetId.Parse("330109002");
        await pool.AddStreet(street, [], Actors - 1);
        ICommunityGrain Actor(int number) => pool.Grains.Community(CommunityId.Parse($"{street.Text}{number:000}"));
        Task<double> Loop() => Task.Run(() => SingleRowCommits(Path.Combine(pool.Folder, "baseline.db")));

        return
        [
            await Ratio.Measure(
                "Durable appends, 64 callers over 1,000 actors",
                () => Ratio.Rate(Callers, Time, (caller, call) => Actor(1 + (((caller * 7919) + (call * 64)) % (Actors - 1))).Rename("renamed", BenchmarkPool.NewCommand())),
                "a loop of single-row commits", Loop, goal: 8, atLeast: true, "appends/s", rest: pool.Rest),
            await Ratio.Measure(
                "Durable appends, 64 callers on one actor",
                () => Ratio.Rate(Callers, Time, (_, _) => Actor(1).Rename("renamed", BenchmarkPool.NewCommand())),
                "a loop of single-row commits", Loop, goal: 4, atLeast: true, "appends/s", rest: pool.Rest),
        ];
    }

    /// <summary>What a program without group commit does: one row, one transaction, WAL and synchronous=FULL.</summary>
    private static double SingleRowCommits(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var setup = connection.CreateCommand();
        setup.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, payload TEXT NOT NULL)";
        setup.ExecuteNonQuery();
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO row (payload) VALUES ($payload)";
        insert.Parameters.AddWithValue("$payload", """{"at":"2026-11-23T00:00:00+00:00","name":"renamed"}""");
        insert.Prepare();
        var begun = Stopwatch.GetTimestamp();
        var rows = 0;
        for (; Stopwatch.GetElapsedTime(begun) < Time; rows++)
        {
            insert.ExecuteNonQuery();
        }

        return rows / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }
}
