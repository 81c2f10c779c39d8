using Npgsql;
using Pool.Databases;
using Xunit;

namespace Pool.Cluster.Tests;

/// <summary>What each role of the database can and cannot do.</summary>
public sealed class RoleTests(OwnDatabaseServer own) : IClassFixture<OwnDatabaseServer>, IAsyncLifetime
{
    private RoleDatabase? _database;

    private RoleDatabase Database => _database!;

    public async ValueTask InitializeAsync()
    {
        _database = await RoleDatabase.Create(own.Server);
        var (code, output, error) = await PoolProgram.Run("migrate", "--database", Database.As("pool_owner"));
        Assert.True(code == 0, output + error);
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    [Fact]
    public async Task A_silo_and_a_gateway_serve_each_with_its_own_role()
    {
        await using var silo = PoolProgram.StartSilo(Database.As("pool_silo"));
        await silo.UntilItServes();
        await using var gateway = PoolProgram.StartGateway(Database.As("pool_gateway"));
        await gateway.UntilItServes();
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(gateway.Grpc);
        var created = await new V1.StreetService.StreetServiceClient(channel).CreateStreetAsync(
            new() { StreetId = "330109002", Street = new() { DisplayName = "北干街道" }, RequestId = Guid.NewGuid().ToString() });
        Assert.Equal("北干街道", created.DisplayName);
        Assert.Equal((0, 0), (await gateway.Terminate(), await silo.Terminate()));
    }

    [Theory]
    [InlineData("pool_silo", "UPDATE journal SET payload = '{}'")]
    [InlineData("pool_silo", "DELETE FROM journal")]
    [InlineData("pool_silo", "TRUNCATE journal")]
    [InlineData("pool_silo", "ALTER TABLE journal ADD COLUMN x int")]
    [InlineData("pool_silo", "DROP TABLE wakeup")]
    [InlineData("pool_silo", "CREATE TABLE x (x int)")]
    [InlineData("pool_silo", "UPDATE cluster SET id = 'another'")]
    [InlineData("pool_gateway", "SELECT count(*) FROM journal")]
    [InlineData("pool_gateway", "BEGIN; LOCK TABLE journal_turn IN ACCESS SHARE MODE")]
    [InlineData("pool_reports", "BEGIN; LOCK TABLE journal_turn IN ACCESS SHARE MODE")]
    [InlineData("pool_gateway", "DELETE FROM orleansmembershiptable")]
    [InlineData("pool_reports", "INSERT INTO wakeup (stream, due_at) VALUES ('x', now())")]
    [InlineData("pool_reports", "SELECT page_token_key FROM cluster")]
    public async Task A_role_cannot(string role, string sql)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => DatabaseServer.Execute(Database.As(role), sql));
        Assert.Contains(refused.SqlState, (string[])[PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.ReadOnlySqlTransaction]);
    }

    [Fact]
    public async Task Reports_read_the_journal_and_the_views()
    {
        Assert.Equal(0L, await DatabaseServer.Execute(Database.As("pool_reports"), "SELECT count(*) FROM journal"));
        Assert.Equal(0L, await DatabaseServer.Execute(Database.As("pool_reports"), "SELECT count(*) FROM demand"));
    }

    [Fact]
    public async Task A_role_without_rights_is_refused_with_10_and_nothing_is_written()
    {
        await DatabaseServer.Execute(Database.ConnectionString, $"CREATE ROLE pool_nobody LOGIN PASSWORD '{RoleDatabase.Password}'");
        var empty = await own.Server.CreateDatabase();
        foreach (var database in (string[])[empty, Database.ConnectionString])
        {
            var asNobody = new NpgsqlConnectionStringBuilder(database) { Username = "pool_nobody", Password = RoleDatabase.Password }.ConnectionString;
            var (code, _, error) = await PoolProgram.Run("silo", "--database", asNobody);
            Assert.Equal(10, code);
            Assert.Contains("Run 'pool migrate' with the role that owns the tables", error, StringComparison.Ordinal);
        }

        Assert.Equal(0L, await DatabaseServer.Execute(empty, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));
        Assert.Equal(0L, await DatabaseServer.Execute(Database.ConnectionString, "SELECT count(*) FROM cluster"));
        await own.Server.DropDatabase(empty);
    }

    [Theory]
    [InlineData("silo", "pool_silo", "UPDATE", "journal_turn")]
    [InlineData("gateway", "pool_gateway", "SELECT", "orleansmembershiptable")]
    public async Task A_role_that_lacks_one_right_is_refused_with_10_and_told_which(string verb, string role, string right, string table)
    {
        await DatabaseServer.Execute(Database.ConnectionString, "INSERT INTO cluster (id, page_token_key) VALUES ('pool', '\\x00')");
        await DatabaseServer.Execute(Database.ConnectionString, $"REVOKE {right} ON {table} FROM {role}");

        var (code, _, error) = await PoolProgram.Run(verb, "--database", Database.As(role));

        Assert.Equal(10, code);
        Assert.Contains($"it lacks {right} on {table}.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "asks for a password, and there is none. Give one (PGPASSWORD or PGPASSFILE).")]
    [InlineData("wrong", "Mend Username and password (PGPASSWORD or PGPASSFILE).")]
    public async Task Without_the_right_password_nobody_waits_and_the_code_is_10(string? password, string says)
    {
        var database = new NpgsqlConnectionStringBuilder(Database.As("pool_silo")) { Password = password }.ConnectionString;

        var (code, _, error) = await PoolProgram.Run("silo", "--database", database);

        Assert.Equal(10, code);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(says, error, StringComparison.Ordinal);
    }
}
