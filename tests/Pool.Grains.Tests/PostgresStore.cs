using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Pool.Databases;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Silo.Database;
using Pool.Silo.Journal;
using Pool.Silo.Migrations;
using Xunit;

[assembly: AssemblyFixture(typeof(TestDatabases))]

namespace Pool.Grains.Tests;

/// <summary>A database of its own with a journal in it.</summary>
public sealed class PostgresStore : JournalStore
{
    private readonly DatabaseServer _server;
    private readonly NpgsqlDataSource _pool;
    private readonly bool _shared;

    private PostgresStore(DatabaseServer server, string database, bool shared)
    {
        (_server, Database, _shared) = (server, database, shared);
        _pool = PostgresDatabase.Open(database, "pool tests");
    }

    /// <summary>The database's connection string.</summary>
    public string Database { get; }

    public static async Task<PostgresStore> Create(DatabaseServer server)
    {
        var store = new PostgresStore(server, await server.CreateDatabase(), shared: false);
        await Migration.Postgres(store._pool, default);
        return store;
    }

    /// <summary>The server holds whatever was committed: another process on the same database.</summary>
    public override Task<JournalStore> AfterCrash() => Task.FromResult<JournalStore>(new PostgresStore(_server, Database, shared: true));

    public override async Task<IAsyncDisposable> Lock()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var take = new NpgsqlCommand("SELECT pg_advisory_lock(7180001)", connection);
        await take.ExecuteNonQueryAsync();
        return connection;
    }

    protected override async Task<IJournal> OpenAnother() =>
        new PostgresJournal(_pool, await PostgresJournal.ReadHead(_pool), Options.Create(new PoolOptions()), NullLogger<PostgresJournal>.Instance);

    protected override async ValueTask Delete()
    {
        await _pool.DisposeAsync();
        if (!_shared)
        {
            await _server.DropDatabase(Database);
        }
    }
}
