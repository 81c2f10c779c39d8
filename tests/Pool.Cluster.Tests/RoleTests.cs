using Npgsql;
using Pool.Databases;
using Xunit;

namespace Pool.Cluster.Tests;

/// <summary>What each role of the database can and cannot do, with the roles as deploy/postgres makes them.</summary>
public sealed class RoleTests(TestDatabases databases) : IAsyncLifetime
{
    private const string Password = "only-for-this-test";

    private string _database = "";

    public async ValueTask InitializeAsync()
    {
        var server = await databases.Server;
        _database = await server.CreateDatabase();
        await DatabaseServer.Execute(_database, await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "roles.sql")));
        foreach (var role in (string[])["pool_owner", "pool_silo", "pool_gateway", "pool_reports"])
        {
            await DatabaseServer.Execute(_database, $"ALTER ROLE {role} PASSWORD '{Password}'");
        }

        await DatabaseServer.Execute(_database, $"ALTER DATABASE {new NpgsqlConnectionStringBuilder(_database).Database} OWNER TO pool_owner");
        var (code, output, error) = await PoolProgram.Run("migrate", "--database", As("pool_owner"));
        Assert.True(code == 0, output + error);
    }

    public async ValueTask DisposeAsync() => await (await databases.Server).DropDatabase(_database);

    [Fact]
    public async Task A_silo_and_a_gateway_serve_each_with_its_own_role()
    {
        await using var silo = PoolProgram.Start(
            new Dictionary<string, string> { ["POOL_DATABASE"] = As("pool_silo") }, "silo", "--address", "127.0.0.1", "--silo-port", $"{Free()}", "--client-port", $"{Free()}", "--http-port", "0");
        await silo.UntilItServes();
        await using var gateway = PoolProgram.Start(
            new Dictionary<string, string> { ["POOL_DATABASE"] = As("pool_gateway") }, "gateway", "--grpc-port", "0", "--http-port", "0", "--drain", "0");
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
    [InlineData("pool_gateway", "DELETE FROM orleansmembershiptable")]
    [InlineData("pool_reports", "INSERT INTO wakeup (stream, due_at) VALUES ('x', now())")]
    [InlineData("pool_reports", "SELECT page_token_key FROM cluster")]
    public async Task A_role_cannot(string role, string sql)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => DatabaseServer.Execute(As(role), sql));
        Assert.Contains(refused.SqlState, (string[])[PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.ReadOnlySqlTransaction]);
    }

    [Fact]
    public async Task Reports_read_the_journal_and_the_views()
    {
        Assert.Equal(0L, await DatabaseServer.Execute(As("pool_reports"), "SELECT count(*) FROM journal"));
        Assert.Equal(0L, await DatabaseServer.Execute(As("pool_reports"), "SELECT count(*) FROM demand"));
    }

    private string As(string role) => new NpgsqlConnectionStringBuilder(_database) { Username = role, Password = Password }.ConnectionString;

    private static int Free()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
