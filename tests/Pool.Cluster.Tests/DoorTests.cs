using Grpc.Net.Client;
using Pool.Databases;
using Pool.V1;
using Xunit;

namespace Pool.Cluster.Tests;

/// <summary>A silo that serves clients by itself.</summary>
public sealed class DoorTests(TestDatabases databases) : IAsyncLifetime
{
    private const int Streets = 12;

    private string _database = "";

    public async ValueTask InitializeAsync() => _database = await (await databases.Server).CreateDatabase();

    public async ValueTask DisposeAsync() => await (await databases.Server).DropDatabase(_database);

    [Fact]
    public async Task A_silo_with_a_door_answers_clients_also_for_actors_of_a_silo_that_was_killed()
    {
        await using var other = PoolProgram.StartSilo(_database);
        await other.UntilItServes();
        await using var silo = PoolProgram.StartSilo(_database, "--door", "--grpc-port", "0");
        await silo.UntilItServes();
        using var http = new HttpClient();
        Assert.Equal("Healthy", await http.GetStringAsync(new Uri($"{silo.Http}/readyz")));
        using var channel = GrpcChannel.ForAddress(silo.Grpc);
        var streets = new StreetService.StreetServiceClient(channel);
        await Task.WhenAll(Enumerable.Range(0, Streets).Select(street => streets.CreateStreetAsync(
            new() { StreetId = Street(street), Street = new() { DisplayName = $"{street}" }, RequestId = $"{Guid.NewGuid()}" }).ResponseAsync));

        await other.Kill();

        var found = await Task.WhenAll(Enumerable.Range(0, Streets).Select(street => streets.GetStreetAsync(
            new() { Name = $"streets/{Street(street)}" }, deadline: DateTime.UtcNow.AddSeconds(30)).ResponseAsync));
        Assert.Equal(Enumerable.Range(0, Streets).Select(street => $"{street}"), found.Select(street => street.DisplayName));
        Assert.Equal(0, await silo.Terminate());
    }

    private static string Street(int number) => $"{330109100 + number}";
}
