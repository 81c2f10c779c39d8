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
    private readonly bool _shared;

    private PostgresStore(DatabaseServer server, string database, bool shared)
    {
        (_server, Database, _shared) = (server, database, shared);
        Pool = PostgresDatabase.Open(database, "pool tests");
    }

    /// <summary>The database's connection string.</summary>
    public string Database { get; }

    /// <summary>The connections that this store's journals share.</summary>
    public NpgsqlDataSource Pool { get; }

    public static async Task<PostgresStore> Create(DatabaseServer server)
    {
        var store = new PostgresStore(server, await server.CreateDatabase(), shared: false);
        await Migration.Postgres(store.Pool, default);
        return store;
    }

    /// <summary>The server holds whatever was committed: another process on the same database.</summary>
    public override Task<JournalStore> AfterCrash() => Task.FromResult<JournalStore>(new PostgresStore(_server, Database, shared: true));

    public override async Task<IAsyncDisposable> Lock()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var take = new NpgsqlCommand("BEGIN; LOCK TABLE journal_turn IN EXCLUSIVE MODE", connection);
        await take.ExecuteNonQueryAsync();
        return connection;
    }

    protected override async Task<IJournal> OpenAnother() =>
        new PostgresJournal(Pool, await PostgresJournal.ReadEnd(Pool), Options.Create(new PoolOptions()), NullLogger<PostgresJournal>.Instance);

    protected override async ValueTask Delete()
    {
        await Pool.DisposeAsync();
        if (!_shared)
        {
            await _server.DropDatabase(Database);
        }
    }
}
