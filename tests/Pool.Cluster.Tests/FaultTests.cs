using System.Globalization;
using Pool.Databases;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

// One cluster at a time: each is five processes and their load.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(TestDatabases))]

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

    /// <summary>Runs that once found something, each by its seed.</summary>
    private static readonly (Fault, int)[] Kept = [(Fault.HungSilo, 5), (Fault.RollingRestart, 29), (Fault.RollingRestart, 129), (Fault.CrashedDatabase, 1003), (Fault.SkewedClock, 3020)];

    private static readonly Fault[] Faults = Enum.GetValues<Fault>();

    /// <summary>
    /// Each fault in turn, so many runs as POOL_FAULT_RUNS says (else each once), with seeds from POOL_SEED on (the commit,
    /// in continuous integration; else always the same), which says with which fault they begin, too. Then the runs that once
    /// found something.
    /// </summary>
    public static TheoryData<Fault, int> Runs()
    {
        var (runs, seed) = (Number("POOL_FAULT_RUNS", Faults.Length), Number("POOL_SEED", FixedSeed));
        return new(Enumerable.Range(0, runs).Select(run => (Faults[(seed + run) % Faults.Length], seed + run)).Concat(Kept));
    }

    [Theory, MemberData(nameof(Runs), DisableDiscoveryEnumeration = true)]
    public async Task Nothing_is_lost_and_nothing_done_twice(Fault fault, int seed)
    {
        var report = await FaultRun.Of(fault, seed, database.Server);
        output.WriteLine($"{report}");
        Assert.True(report.Wrong.Count == 0, string.Join('\n', report.Wrong));
    }

    private static int Number(string variable, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var given) ? given : standard;
}
