using System.Text.RegularExpressions;
using Grpc.Core;
using Grpc.Net.Client;
using Pool.Databases;
using Pool.V1;
using Xunit;

namespace Pool.Cluster.Tests;

/// <summary>What a gateway does for its clients while no silo answers.</summary>
public sealed partial class LostSiloTests(TestDatabases databases) : IAsyncLifetime
{
    private string _database = "";

    public async ValueTask InitializeAsync() => _database = await (await databases.Server).CreateDatabase();

    public async ValueTask DisposeAsync() => await (await databases.Server).DropDatabase(_database);

    [Fact]
    public async Task A_call_is_asked_again_until_the_silo_answers_and_no_longer_than_its_client_waits()
    {
        await using var silo = PoolProgram.StartSilo(_database);
        await silo.UntilItServes();
        await using var gateway = PoolProgram.StartGateway(_database, "--log-level", "Debug");
        await gateway.UntilItServes();
        using var channel = GrpcChannel.ForAddress(gateway.Grpc);
        var streets = new StreetService.StreetServiceClient(channel);

        // A gateway's very first call takes a while by itself, and would be over before it is asked.
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => Get("330109003", DateTime.UtcNow.AddSeconds(30)))).StatusCode);
        await silo.Pause();

        var left = await Assert.ThrowsAsync<RpcException>(async () => await Get("330109001", DateTime.UtcNow.AddSeconds(1)));
        Assert.Equal(StatusCode.DeadlineExceeded, left.StatusCode);
        Assert.Equal("1", (await gateway.Until(GivenUp())).Groups["times"].Value);

        var waiting = Get("330109002", DateTime.UtcNow.AddSeconds(30));
        await gateway.Until(AskedAgain());
        await silo.Resume();
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => waiting)).StatusCode);

        Task<Street> Get(string street, DateTime deadline) => streets.GetStreetAsync(new() { Name = $"streets/{street}" }, deadline: deadline).ResponseAsync;
    }

    [GeneratedRegex(@"street/330109001 failed (?<times>\d+) times and is given up")]
    private static partial Regex GivenUp();

    [GeneratedRegex("street/330109002 has failed 1 times")]
    private static partial Regex AskedAgain();
}
