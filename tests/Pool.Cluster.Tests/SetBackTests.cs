using Pool.Databases;
using Xunit;

namespace Pool.Cluster.Tests;

/// <summary>A database that is restored, or fails over to a standby that lags, under a silo that knows more.</summary>
public sealed class SetBackTests(TestDatabases databases) : IAsyncLifetime
{
    private string _database = "";

    public async ValueTask InitializeAsync() => _database = await (await databases.Server).CreateDatabase();

    public async ValueTask DisposeAsync() => await (await databases.Server).DropDatabase(_database);

    [Fact]
    public async Task The_silo_ends_itself_with_14_and_starts_again_on_what_there_is()
    {
        await using var silo = PoolProgram.StartSilo(_database);
        await silo.UntilItServes();
        await using var gateway = PoolProgram.StartGateway(_database);
        await gateway.UntilItServes();
        await Create(gateway, "330109002");

        await DatabaseServer.Execute(_database, "DELETE FROM journal; DELETE FROM wakeup; UPDATE view_checkpoint SET position = 0; DELETE FROM street");
        await DatabaseServer.Execute(_database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pool silo' AND datname = current_database()");

        Assert.Equal(14, await silo.Ended());
        Assert.Contains(
            "pool: The journal does not have the event at position 1 that this silo knows of: the database has been set back. Start it again, so that it reads everything anew.",
            await silo.Error, StringComparison.Ordinal);

        await using var again = PoolProgram.StartSilo(_database);
        await again.UntilItServes();
        await Create(gateway, "330109002");
        Assert.Equal(1L, await DatabaseServer.Execute(_database, "SELECT max(position) FROM journal"));
    }

    private static async Task Create(PoolProgram gateway, string street)
    {
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(gateway.Grpc);
        await new V1.StreetService.StreetServiceClient(channel).CreateStreetAsync(
            new() { StreetId = street, Street = new() { DisplayName = "北干街道" }, RequestId = Guid.NewGuid().ToString() });
    }
}
