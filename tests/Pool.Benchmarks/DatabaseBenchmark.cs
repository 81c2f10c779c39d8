using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Pool.Communities;
using Pool.Databases;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Silo.Database;
using Pool.Silo.Journal;
using Pool.Silo.Migrations;

namespace Pool.Benchmarks;

/// <summary>Durable appends to the journal on PostgreSQL, against single-row commits of the same row on sixteen connections.</summary>
internal static class DatabaseBenchmark
{
    private const int Callers = 512;
    private const int Connections = 16;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);
    private static readonly DateTimeOffset At = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    public static async Task<IReadOnlyList<Ratio>> Run()
    {
        await using var server = await DatabaseServer.Start();
        var address = await server.CreateDatabase();
        await using var database = PostgresDatabase.Open(address, "pool benchmark");
        await Migration.Postgres(database, default);
        await DatabaseServer.Execute(address, "CREATE TABLE single (LIKE journal INCLUDING ALL)");
        await DatabaseServer.Execute(address, "CREATE SEQUENCE single_position; ALTER TABLE single ALTER position SET DEFAULT nextval('single_position')");
        await using var journal = new PostgresJournal(
            database, await PostgresJournal.ReadEnd(database), Options.Create(new PoolOptions()), NullLogger<PostgresJournal>.Instance);
        var versions = new long[Callers];
        return
        [
            await Ratio.Measure(
                $"Durable appends to PostgreSQL, {Callers} callers over as many streams",
                () => Ratio.Rate(Callers, Time, (caller, _) => journal.Append(Rename($"community/{caller}", versions[caller]++))),
                $"single-row commits on {Connections} connections",
                () => SingleRowCommits(address), goal: 4, atLeast: true, "appends/s"),
        ];
    }

    /// <summary>What a program without group commit does: one row, one transaction; the same columns and the same indexes.</summary>
    private static async Task<double> SingleRowCommits(string address)
    {
        var settings = new NpgsqlConnectionStringBuilder(address) { MaxPoolSize = Connections };
        await using var database = NpgsqlDataSource.Create(settings.ConnectionString);
        var writers = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Writer.Open(database)));
        try
        {
            return await Ratio.Rate(Connections, Time, (caller, _) => writers[caller].Write());
        }
        finally
        {
            foreach (var writer in writers)
            {
                await writer.DisposeAsync();
            }
        }
    }

    private static JournalAppend Rename(string stream, long version)
    {
        var written = EventCatalogue<CommunityEvent>.Write(new CommunityRenamed(At, "renamed"));
        return new(stream, version, [written], "330109002", At, "benchmark", Guid.NewGuid(), 1, null, default);
    }

    /// <summary>One connection with its prepared statement.</summary>
    private sealed class Writer : IAsyncDisposable
    {
        private const string Insert =
            "INSERT INTO single (stream, version, street, type, at, actor, command_id, fingerprint, payload) VALUES ($1, 1, '330109002', $2, $3, 'benchmark', $4, 1, $5::json)";

        private readonly NpgsqlConnection _connection;
        private readonly NpgsqlCommand _insert;

        private Writer(NpgsqlConnection connection)
        {
            _connection = connection;
            _insert = new(Insert, connection);
            for (var i = 0; i < 5; i++)
            {
                _insert.Parameters.Add(new());
            }
        }

        public static async Task<Writer> Open(NpgsqlDataSource database)
        {
            var writer = new Writer(await database.OpenConnectionAsync());
            writer.Fill();
            await writer._insert.PrepareAsync();
            return writer;
        }

        public async Task Write()
        {
            Fill();
            await _insert.ExecuteNonQueryAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await _insert.DisposeAsync();
            await _connection.DisposeAsync();
        }

        private void Fill()
        {
            var id = Guid.NewGuid();
            var written = EventCatalogue<CommunityEvent>.Write(new CommunityRenamed(At, "renamed"));
            object[] values = [$"community/{id}", written.Type, At, id, written.Payload];
            for (var i = 0; i < values.Length; i++)
            {
                _insert.Parameters[i].Value = values[i];
            }
        }
    }
}
