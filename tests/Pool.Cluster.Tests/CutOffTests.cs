using Pool.Databases;
using Xunit;

namespace Pool.Cluster.Tests;

/// <summary>A silo that has lost its database while the others have it.</summary>
public sealed class CutOffTests(TestDatabases databases)
{
    [Fact]
    public async Task It_ends_itself_with_9_and_says_what_to_mend()
    {
        await using var cluster = await PoolCluster.Start(await databases.Server);
        cluster.Link(0).Cut();

        Assert.Equal(9, await cluster.Silo(0).Ended());
        Assert.Matches(
            @"pool: The database has not answered this silo for \d+ s, and it answers another one\. Mend the way to the database and start it again; its actors go on elsewhere\.",
            await cluster.Silo(0).Error);
        // Of the others, whose database answers, none follows it.
        Assert.False(cluster.Silo(1).HasEnded || cluster.Silo(2).HasEnded);
    }

    [Fact]
    public async Task A_silo_that_is_told_to_stop_while_its_database_is_away_stops()
    {
        await using var server = await DatabaseServer.OwnServer();
        await using var silo = PoolProgram.StartSilo(await server.CreateDatabase());
        await silo.UntilItServes();
        await server.Crash();
        Assert.Equal(0, await silo.Terminate());
    }
}
