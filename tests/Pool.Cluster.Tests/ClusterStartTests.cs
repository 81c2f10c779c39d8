using System.Net;
using System.Net.Sockets;
using Npgsql;
using Pool.Databases;
using Xunit;

namespace Pool.Cluster.Tests;

/// <summary>What a process of a cluster says when it cannot start, in one line, and with which code it ends; it has written nothing then.</summary>
public sealed class ClusterStartTests(TestDatabases databases) : IAsyncLifetime
{
    private string _database = "";

    public async ValueTask InitializeAsync() => _database = await (await databases.Server).CreateDatabase();

    public async ValueTask DisposeAsync() => await (await databases.Server).DropDatabase(_database);

    [Theory]
    [InlineData("silo")]
    [InlineData("gateway")]
    [InlineData("migrate")]
    public async Task A_connection_string_that_cannot_be_read_is_refused_with_8(string verb)
    {
        Assert.Equal(
            (8, "pool: The connection string cannot be read: It names no Host. Write it like Host=db;Database=pool;Username=pool, with the password in PGPASSWORD or PGPASSFILE."),
            await Run(verb, "--database", "Database=pool"));
        var (code, error) = await Run(verb, "--database", "Hots=db");
        Assert.Equal(8, code);
        Assert.StartsWith("pool: The connection string cannot be read: ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("gateway")]
    [InlineData("migrate")]
    public async Task The_help_does_not_print_the_password_of_the_connection_string(string verb)
    {
        await using var help = PoolProgram.Start(new Dictionary<string, string> { ["POOL_DATABASE"] = "Host=db;Password=secret" }, verb, "--help");
        Assert.Equal(0, await help.Ended());
        Assert.Contains("--database", help.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", help.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_waited_for_and_then_refused_with_9()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();

        var (code, _, error) = await PoolProgram.Run("silo", "--database", $"Host=127.0.0.1;Port={port};Database=pool;Username=x", "--wait", "1");

        Assert.Equal(9, code);
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith($"pool: waiting for the database 127.0.0.1:{port}/pool (0 of 1 s): ", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(": Connection refused", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"pool: The database 127.0.0.1:{port}/pool was not ready within 1 s: ", lines[^1], StringComparison.Ordinal);
        Assert.EndsWith("Start it, or mend the connection string; --wait gives it more time.", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_without_any_silo_gives_up_with_9()
    {
        Assert.Equal(0, (await Run("migrate", "--database", _database)).Code);

        var (code, error) = await Run("gateway", "--database", _database, "--wait", "1", "--grpc-port", "0", "--http-port", "0");

        Assert.Equal(9, code);
        Assert.Contains("no silo has prepared it yet", error, StringComparison.Ordinal);
        Assert.Equal(0L, await DatabaseServer.Execute(_database, "SELECT count(*) FROM cluster"));
    }

    [Fact]
    public async Task A_migration_does_not_hold_the_pool_up_while_it_waits_for_a_table()
    {
        await using (var holder = new NpgsqlConnection(_database))
        {
            await holder.OpenAsync();
            await using var hold = new NpgsqlCommand("BEGIN; CREATE TABLE journal (x int)", holder);
            await hold.ExecuteNonQueryAsync();

            var (code, error) = await Run("migrate", "--database", _database, "--wait", "1");

            Assert.Equal(9, code);
            Assert.Contains("lock timeout", error, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await Run("migrate", "--database", _database)).Code);
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_refused_with_11()
    {
        var missing = new NpgsqlConnectionStringBuilder(_database) { Database = "pool_nowhere" }.ConnectionString;

        var (code, error) = await Run("silo", "--database", missing);

        Assert.Equal(11, code);
        Assert.Contains("Create it, or mend Database in the connection string.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_another_cluster_is_refused_with_12_and_nobody_joins()
    {
        Assert.Equal(0, (await Run("migrate", "--database", _database)).Code);
        await DatabaseServer.Execute(_database, "INSERT INTO cluster (id, page_token_key) VALUES ('xiaoshan', '\\x00')");

        foreach (var verb in (string[])["silo", "gateway"])
        {
            Assert.Equal(
                (12, "pool: The database belongs to the cluster 'xiaoshan', and this process to 'pool'. Name the right one with --cluster, or another database."),
                await Run(verb, "--database", _database));
        }

        Assert.Equal(0L, await DatabaseServer.Execute(_database, "SELECT count(*) FROM orleansmembershiptable"));
    }

    [Fact]
    public async Task A_database_of_another_cluster_keeps_its_older_schema()
    {
        Assert.Equal(0, (await Run("migrate", "--database", _database)).Code);
        await DatabaseServer.Execute(_database, "INSERT INTO cluster (id, page_token_key) VALUES ('xiaoshan', '\\x00')");
        await DatabaseServer.Execute(_database, "DELETE FROM schemaversion WHERE scriptname = '11-offers-named-in-two-parts.sql'");

        Assert.Equal(12, (await Run("silo", "--database", _database)).Code);

        Assert.Equal(10L, await DatabaseServer.Execute(_database, "SELECT count(*) FROM schemaversion"));
    }

    [Fact]
    public async Task A_gateway_whose_cluster_has_no_silo_that_runs_gives_up_with_9()
    {
        Assert.Equal(0, (await Run("migrate", "--database", _database)).Code);
        await DatabaseServer.Execute(_database, "INSERT INTO cluster (id, page_token_key) VALUES ('pool', '\\x00')");

        var (code, error) = await Run("gateway", "--database", _database, "--wait", "1", "--grpc-port", "0", "--http-port", "0");

        Assert.Equal(9, code);
        Assert.StartsWith("pool: No silo of the cluster 'pool' answered within 1 s: ", error, StringComparison.Ordinal);
        Assert.EndsWith("Start one; --wait gives it more time.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("migrate")]
    public async Task A_database_that_takes_no_writes_is_waited_for_and_then_refused_with_9(string verb)
    {
        await DatabaseServer.Execute(_database, $"ALTER DATABASE {new NpgsqlConnectionStringBuilder(_database).Database} SET default_transaction_read_only = on");

        var (code, error) = await Run(verb, "--database", _database, "--wait", "1");

        Assert.Equal(9, code);
        Assert.Contains("read-only transaction", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("migrate")]
    public async Task A_migration_that_does_not_end_is_waited_for_and_then_refused_with_9(string verb)
    {
        await using var migrating = await Migrating();

        var (code, error) = await Run(verb, "--database", _database, "--wait", "1");

        Assert.Equal(9, code);
        Assert.Contains("another process migrates it", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("gateway")]
    [InlineData("migrate")]
    public async Task A_newer_schema_is_refused_with_5(string verb)
    {
        Assert.Equal(0, (await Run("migrate", "--database", _database)).Code);
        await DatabaseServer.Execute(_database, "INSERT INTO schemaversion (scriptname, applied) VALUES ('99-of-the-future.sql', now())");

        var (code, error) = await Run(verb, "--database", _database);

        Assert.Equal(5, code);
        Assert.Equal("pool: The database holds schema 12; this program knows schemas up to 11. Start a newer program.", error);
    }

    [Fact]
    public async Task A_port_of_another_silo_is_refused_with_6_and_that_silo_goes_on()
    {
        await using var first = PoolProgram.StartSilo(_database);
        await first.UntilItServes();
        var taken = (int)(await DatabaseServer.Execute(_database, "SELECT port FROM orleansmembershiptable"))!;

        var (code, error) = await Run("silo", "--database", _database, "--address", "127.0.0.1", "--silo-port", $"{taken}", "--client-port", "0", "--http-port", "0");

        Assert.Equal((6, $"pool: The port {taken} is taken. Name others with --silo-port and --client-port."), (code, error));
        Assert.Equal(0, await first.Terminate());
    }

    [Fact]
    public async Task A_migration_that_is_told_to_stop_before_it_is_done_does_not_end_with_0()
    {
        await using var migrating = await Migrating();
        await using var waiting = PoolProgram.Start("migrate", "--database", _database);
        await waiting.UntilItWaits();

        Assert.Equal(2, await waiting.Terminate());

        Assert.Contains("It was told to stop before the database had the newest schema. Run it again.", await waiting.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrating_says_what_it_did_and_the_second_time_that_there_was_nothing_to_do()
    {
        var (code, first, _) = await PoolProgram.Run("migrate", "--database", _database);
        Assert.Equal(0, code);
        Assert.EndsWith("has the newest schema now; 11 scripts were needed.", first.Trim(), StringComparison.Ordinal);

        var (again, second, _) = await PoolProgram.Run("migrate", "--database", _database);
        Assert.Equal(0, again);
        Assert.EndsWith("has the newest schema already.", second.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_before_gains_what_its_views_lack()
    {
        Assert.Equal(0, (await Run("migrate", "--database", _database)).Code);
        // As the first programs left it: the third script had neither the column nor the table.
        await DatabaseServer.Execute(
            _database,
            """
            DELETE FROM schemaversion WHERE scriptname LIKE '%4-views-again.sql' OR scriptname LIKE '%5-ledgers.sql' OR scriptname LIKE '%6-entries.sql' OR scriptname LIKE '%7-clearings-and-identities.sql' OR scriptname LIKE '%8-fewer-indexes.sql' OR scriptname LIKE '%9-cheaper-writes.sql' OR scriptname LIKE '%10-append-all.sql' OR scriptname LIKE '%11-offers-named-in-two-parts.sql';
            DROP FUNCTION append_all;
            DROP INDEX demand_place_idx, proposal_place_idx;
            CREATE INDEX ON demand (state, place);
            CREATE INDEX ON proposal (state, place);
            DROP TABLE series, ledger_key, entry, account, statement_line, clearing, net_statement, identity;
            ALTER TABLE demand DROP COLUMN mode;
            ALTER TABLE view_checkpoint DROP COLUMN shape;
            ALTER TABLE view_checkpoint RENAME COLUMN held_by TO writer;
            UPDATE view_checkpoint SET position = 7, writer = 'a silo of before', held_until = 'infinity';
            INSERT INTO journal (position, stream, version, type, at, actor, fingerprint, payload) VALUES (1, 'ledger/330109002', 1, 'ledger.opened', now(), 'a test', 0, '{}');
            """);

        Assert.Equal(0, (await Run("migrate", "--database", _database)).Code);

        Assert.Equal(2L, await DatabaseServer.Execute(
            _database, "SELECT count(*) FROM information_schema.columns WHERE (table_name, column_name) IN (('demand', 'mode'), ('series', 'state'))"));
        Assert.Equal(0L, await DatabaseServer.Execute(_database, "SELECT position FROM view_checkpoint WHERE shape = 8 AND held_until < now()"));
        // Its ledgers have published no checkpoint yet.
        Assert.Equal("ledger/330109002", await DatabaseServer.Execute(_database, "SELECT stream FROM wakeup WHERE due_at <= now()"));
        // Silos of before name the writer otherwise, and write nothing any more.
        var refused = await Assert.ThrowsAsync<PostgresException>(() => DatabaseServer.Execute(_database, "UPDATE view_checkpoint SET position = 8 WHERE writer = 'a silo of before'"));
        Assert.Equal(PostgresErrorCodes.UndefinedColumn, refused.SqlState);
    }

    [Fact]
    public async Task Two_migrations_at_once_wait_for_each_other()
    {
        var both = await Task.WhenAll(Run("migrate", "--database", _database), Run("migrate", "--database", _database));

        Assert.Equal([0, 0], both.Select(run => run.Code));
        Assert.Equal(11L, await DatabaseServer.Execute(_database, "SELECT count(*) FROM schemaversion"));
    }

    /// <summary>A migration under way, until it is disposed.</summary>
    private async Task<IAsyncDisposable> Migrating()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var take = new NpgsqlCommand("SELECT pg_advisory_lock(7180002)", connection);
        await take.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>Runs to the end; the last line that it wrote to its error output.</summary>
    private static async Task<(int Code, string Error)> Run(params IEnumerable<string> arguments)
    {
        var (code, _, error) = await PoolProgram.Run(arguments);
        return (code, error.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "");
    }
}
