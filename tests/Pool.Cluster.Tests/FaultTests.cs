using System.Globalization;
using Pool.Databases;
using Xunit;

namespace Pool.Cluster.Tests;

/// <summary>A server of PostgreSQL that tests may crash.</summary>
public sealed class OwnDatabaseServer : IAsyncLifetime
{
    private CrashableServer? _server;

    public CrashableServer Server => _server!;

    public async ValueTask InitializeAsync() => _server = await DatabaseServer.OwnServer();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}

/// <summary>Real processes under load, and everything that can happen to them: nothing acknowledged is lost or done twice.</summary>
public sealed class FaultTests(OwnDatabaseServer database, ITestOutputHelper output) : IClassFixture<OwnDatabaseServer>
{
    private const int FixedSeed = 20261124;

    /// <summary>Each fault once, with a seed that POOL_SEED gives (the commit, in continuous integration), else always the same.</summary>
    public static TheoryData<Fault> Faults() => [.. Enum.GetValues<Fault>()];

    [Theory, MemberData(nameof(Faults))]
    public async Task Nothing_is_lost_and_nothing_done_twice(Fault fault)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("POOL_SEED"), CultureInfo.InvariantCulture, out var given) ? given : FixedSeed;
        var report = await FaultRun.Of(fault, seed, database.Server);
        output.WriteLine($"{report}");
        Assert.Equal([], report.Wrong);
    }
}
