using System.Diagnostics;
using Npgsql;
using Pool.Auditing;
using Pool.Benchmarks.Opponents;
using Pool.Cluster.Tests;
using Pool.Databases;

namespace Pool.Benchmarks.Arena;

/// <summary>One side of a comparison: a server process, and what it stores in.</summary>
internal abstract class Contestant : IAsyncDisposable
{
    /// <summary>How the command line names it.</summary>
    public abstract string Name { get; }

    /// <summary>Where it serves gRPC.</summary>
    public abstract string Address { get; }

    public abstract int ProcessId { get; }

    /// <summary>Its database's connection string; null of one that has files.</summary>
    public virtual string? Database => null;

    /// <summary>Transactions that its database has committed so far; of all its processes.</summary>
    public async Task<long> Commits() => Database is null
        ? 0
        : (long)(await DatabaseServer.Execute(Database, "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"))!;

    /// <summary>Completes when it has done what it puts off after its last answer.</summary>
    public virtual Task Rest() => Task.CompletedTask;

    /// <summary>What is wrong in its tables when nobody asks it anything any more, a sentence each.</summary>
    /// <param name="told">What its clients were told, which must be there.</param>
    public abstract Task<IReadOnlyList<string>> Audit(Acknowledged told);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A pool gathers what its streets need not know at once, and tells them within the time that it gives a step.</summary>
internal static class PoolRest
{
    public static Task Begin() => Task.Delay(Pool.Actors.Patience.ForStep + TimeSpan.FromSeconds(1));
}

/// <summary>The pool as its operators run it, over PostgreSQL: one process that is silo and gateway.</summary>
internal sealed class PoolOverPostgres(DatabaseServer server, string database, PoolProgram program, string name) : Contestant
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public override string Name => name;

    public override string Address => program.Grpc;

    public override int ProcessId => program.Id;

    public override string Database => database;

    public static async Task<PoolOverPostgres> Start(DatabaseServer server, string name = "pool", IReadOnlyDictionary<string, string>? environment = null)
    {
        var database = await server.CreateDatabase();
        var program = PoolProgram.StartSilo(database, environment ?? new Dictionary<string, string>(), "--door", "--grpc-port", "0");
        await program.UntilItServes();
        return new(server, database, program, name);
    }

    public override Task Rest() => PoolRest.Begin();

    public override async Task<IReadOnlyList<string>> Audit(Acknowledged told)
    {
        var (auditor, stored) = (new Auditor(), Acknowledged.Nothing);
        var over = DateTime.UtcNow + Patience;
        for (var position = 0L; ;)
        {
            await using (var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString))
            {
                await connection.OpenAsync();
                await foreach (var row in RecordedJournal.After(position, connection))
                {
                    auditor.Take(row);
                    stored = stored.With(row.Type);
                    position = row.Position;
                }
            }

            if (auditor.IsQuiet || DateTime.UtcNow > over)
            {
                return [.. auditor.Violations, .. auditor.Busy.Take(10), .. stored.Lacks(told)];
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await program.DisposeAsync();
        await server.DropDatabase(database);
    }
}

/// <summary>The pool without a server: one process over a folder of SQLite files.</summary>
internal sealed class EmbeddedPool(string folder, PoolProgram program) : Contestant
{
    public override string Name => "embedded";

    public override string Address => program.Grpc;

    public override int ProcessId => program.Id;

    public static async Task<EmbeddedPool> Start()
    {
        var folder = Directory.CreateTempSubdirectory("pool-arena-").FullName;
        return new(folder, await PoolProgram.Serve(folder));
    }

    public override Task Rest() => PoolRest.Begin();

    public override Task<IReadOnlyList<string>> Audit(Acknowledged told)
    {
        var journal = RecordedJournal.Read(RecordedJournal.Within(folder));
        var (auditor, stored) = (journal.Replay(), journal.Rows.Aggregate(Acknowledged.Nothing, (sum, row) => sum.With(row.Type)));
        return Task.FromResult<IReadOnlyList<string>>([.. auditor.Violations, .. auditor.Busy.Take(10), .. stored.Lacks(told)]);
    }

    public override async ValueTask DisposeAsync()
    {
        await program.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>An opponent, in a process of its own as the pool is.</summary>
internal sealed class Opponent(DatabaseServer server, string database, Process process, string name, string address) : Contestant
{
    /// <summary>Names the database in the process's environment: it has a password.</summary>
    public const string Variable = "POOL_OPPONENT_DATABASE";

    public override string Name => name;

    public override string Address => address;

    public override int ProcessId => process.Id;

    public override string Database => database;

    public static async Task<Opponent> Start(DatabaseServer server, string name, int connections)
    {
        var database = await server.CreateDatabase();
        var start = new ProcessStartInfo("dotnet", [typeof(Opponent).Assembly.Location, "opponent", name, $"{connections}"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment[Variable] = database;
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(OpponentServer.Serves, StringComparison.Ordinal))
            {
                return new(server, database, process, name, line[OpponentServer.Serves.Length..]);
            }
        }

        await process.WaitForExitAsync();
        await server.DropDatabase(database);
        throw new InvalidOperationException($"The opponent {name} did not start; it ended with {process.ExitCode}.");
    }

    public override Task<IReadOnlyList<string>> Audit(Acknowledged told) => TableAudit.Of(name, database, told);

    public override async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
        await server.DropDatabase(database);
    }
}
