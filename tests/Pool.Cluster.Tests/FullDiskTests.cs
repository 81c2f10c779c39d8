using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using Pool.Databases;
using Pool.V1;
using Xunit;

namespace Pool.Cluster.Tests;

/// <summary>No room left: a start is refused with 13, and a pool that serves refuses writes until there is room again.</summary>
public sealed class FullDiskTests(OwnDatabaseServer own) : IClassFixture<OwnDatabaseServer>, IDisposable
{
    private const int DiskBytes = 16 * 1024 * 1024;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_data_folder_on_a_full_disk_is_refused_with_13()
    {
        await using var program = OnSmallDisk("head -c 100M /dev/zero >\"$0/filler\" 2>/dev/null;");

        Assert.Equal(13, await program.Ended());
        var error = (await program.Error).Trim();
        Assert.StartsWith("pool: The disk is full: ", error, StringComparison.Ordinal);
        Assert.EndsWith("Make room, or name a folder on another disk with --data.", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public async Task A_disk_that_fills_while_the_pool_serves_costs_nothing_that_was_acknowledged()
    {
        var seeds = new Seeds(1);
        await using var program = OnSmallDisk("");
        await program.UntilItServes();
        using var channel = GrpcChannel.ForAddress(program.Grpc);
        await SmallWorld.Found(seeds).Send(channel);

        // The disk is the process's own; from outside it is found by way of the process.
        var filler = $"/proc/{program.Id.ToString(CultureInfo.InvariantCulture)}/root{_folder.Of("filler")}";
        Fill(filler);
        var posted = new List<Request>();
        RpcException? refused = null;
        while (refused is null)
        {
            posted.Add(SmallWorld.Post(seeds));
            refused = await Record.ExceptionAsync(() => posted[^1].Send(channel)) as RpcException;
        }

        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        File.Delete(filler);
        foreach (var request in posted)
        {
            await request.Send(channel);
        }

        var listed = new List<string>();
        foreach (var community in SmallWorld.Communities)
        {
            var page = await new DemandService.DemandServiceClient(channel).ListDemandsAsync(new() { Parent = community, PageSize = 1_000, MinPosition = long.MaxValue });
            listed.AddRange(page.Demands.Select(demand => demand.Name));
        }

        Assert.Equal(posted.Select(request => request.Id).Order(), listed.Select(name => name[^36..]).Order());
    }

    [Theory]
    [InlineData("migrate")]
    [InlineData("silo")]
    public async Task A_database_that_finds_its_disk_full_is_refused_with_13(string verb)
    {
        // The server says so here because a trigger does: its own disk is the whole suite's.
        var database = await own.Server.CreateDatabase();
        await DatabaseServer.Execute(
            database,
            """
            CREATE FUNCTION no_room() RETURNS event_trigger LANGUAGE plpgsql AS
            $$BEGIN RAISE EXCEPTION 'could not extend file "base/1/2": No space left on device' USING ERRCODE = 'disk_full'; END$$;
            CREATE EVENT TRIGGER no_room ON ddl_command_start EXECUTE FUNCTION no_room();
            """);

        var (code, _, error) = await PoolProgram.Run(verb, "--database", database);

        Assert.Equal(13, code);
        Assert.EndsWith("No space left on device. Make room and start again.", error.Trim(), StringComparison.Ordinal);
        await own.Server.DropDatabase(database);
    }

    [Fact]
    public async Task A_migration_that_fails_at_its_last_statement_leaves_nothing()
    {
        await using var database = await RoleDatabase.Create(own.Server);
        await DatabaseServer.Execute(
            database.ConnectionString,
            """
            CREATE FUNCTION no_room() RETURNS event_trigger LANGUAGE plpgsql AS
            $$BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END$$;
            CREATE EVENT TRIGGER no_room ON ddl_command_start WHEN TAG IN ('GRANT', 'REVOKE') EXECUTE FUNCTION no_room();
            """);

        var (code, _, error) = await PoolProgram.Run("migrate", "--database", database.ConnectionString);

        Assert.True(code == 13, error);
        Assert.Equal(0L, await DatabaseServer.Execute(database.ConnectionString, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));
    }

    /// <summary>Starts the pool with its data folder on a disk of its own, which is gone with it.</summary>
    /// <param name="before">Shell commands that come first; the folder is their <c>$0</c>.</param>
    private PoolProgram OnSmallDisk(string before)
    {
        string[] apart = Environment.IsPrivilegedProcess ? ["unshare", "--mount"] : ["unshare", "--user", "--map-root-user", "--mount"];
        var mount = $"mount -t tmpfs -o size={DiskBytes} none \"$0\" && {{ {before} exec \"$@\"; }}";
        return PoolProgram.Start(
            [.. apart, "sh", "-c", mount, _folder.Path], new Dictionary<string, string>(), "--data", _folder.Path, "--grpc-port", "0", "--http-port", "0");
    }

    private static void Fill(string path)
    {
        using var filler = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4_096];
        try
        {
            while (true)
            {
                filler.Write(block);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }
}
