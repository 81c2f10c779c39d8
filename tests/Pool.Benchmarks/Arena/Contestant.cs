using Microsoft.Data.Sqlite;
using Npgsql;
using Pool.Auditing;
using Pool.Benchmarks.Opponents;
using Pool.Cluster.Tests;
using Pool.Databases;

namespace Pool.Benchmarks.Arena;

/// <summary>One side of a comparison: a server process, and what it stores in.</summary>
internal abstract class Contestant : IAsyncDisposable
{
    /// <summary>How long it may take to come to rest.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>How the command line names it.</summary>
    public abstract string Name { get; }

    /// <summary>Where it serves gRPC.</summary>
    public abstract string Address { get; }

    public abstract int ProcessId { get; }

    /// <summary>Its database's connection string; null of one that has files.</summary>
    public virtual string? Database => null;

    /// <summary>Transactions that wrote something in its server so far: the statistics of PostgreSQL lag behind by a second, these numbers do not.</summary>
    /// <returns>Null where nobody counts them.</returns>
    public async Task<long?> Commits() => Database is null
        ? null
        : (long)(await DatabaseServer.Execute(Database, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"))!;

    /// <summary>Completes when it has done what it puts off after its last answer.</summary>
    /// <exception cref="OperationCanceledException">It has not within its patience.</exception>
    public async Task Rest() => await Until(async () => !await PutsOff());

    /// <summary>Looks four times a second until something is so.</summary>
    /// <exception cref="OperationCanceledException">It is not within its patience.</exception>
    protected static async Task Until(Func<Task<bool>> so)
    {
        using var over = new CancellationTokenSource(Patience);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (!await so())
        {
            await looks.WaitForNextTickAsync(over.Token);
        }
    }

    /// <summary>What it wrote of itself, when it has ended; nothing of one whose log is relayed as it comes.</summary>
    public virtual Task<string> Log() => Task.FromResult("");

    /// <summary>Whether it has put off something that it will do in some seconds.</summary>
    protected virtual Task<bool> PutsOff() => Task.FromResult(false);

    /// <summary>What is wrong in its tables when nobody asks it anything any more, a sentence each.</summary>
    /// <param name="told">What its clients were told, which must be there.</param>
    public abstract Task<IReadOnlyList<string>> Audit(Acknowledged told);

    public abstract ValueTask DisposeAsync();
}

/// <summary>The pool, in one process.</summary>
internal abstract class PoolContestant(PoolProgram program) : Contestant
{
    public override string Address => program.Grpc;

    public override int ProcessId => program.Id;

    /// <summary>When nothing is under way any more; what is after the patience is told of.</summary>
    public override async Task<IReadOnlyList<string>> Audit(Acknowledged told)
    {
        var (auditor, stored, position) = (new Auditor(), new StoredDemands(), 0L);
        try
        {
            await Until(async () =>
            {
                await foreach (var row in JournalAfter(position))
                {
                    auditor.Take(row);
                    stored.Take(row);
                    position = row.Position;
                }

                return auditor.IsQuiet;
            });
        }
        catch (OperationCanceledException)
        {
            // The auditor says below what it is busy with.
        }

        return [.. auditor.Violations, .. auditor.Busy.Take(10), .. stored.All.Lacks(told)];
    }

    public override async Task<string> Log() => $"{program.Output}\n{await program.Error}".Trim();

    public override ValueTask DisposeAsync() => program.DisposeAsync();

    protected abstract IAsyncEnumerable<JournalRow> JournalAfter(long position);
}

/// <summary>The pool as its operators run it, over PostgreSQL: one process that is silo and gateway.</summary>
internal sealed class PoolOverPostgres(DatabaseServer server, string database, PoolProgram program, string name) : PoolContestant(program)
{
    public override string Name => name;

    public override string Database => database;

    public static async Task<PoolOverPostgres> Start(DatabaseServer server, string name = "pool", IReadOnlyDictionary<string, string>? environment = null)
    {
        var database = await server.CreateDatabase();
        var program = PoolProgram.StartSilo(database, environment ?? new Dictionary<string, string>(), "--door", "--grpc-port", "0");
        var pool = new PoolOverPostgres(server, database, program, name);
        try
        {
            await program.UntilItServes();
        }
        catch
        {
            await pool.DisposeAsync();
            throw;
        }

        return pool;
    }

    /// <summary>Partners tell their streets some seconds later what need not be known at once: then a wake-up of a partner is near.</summary>
    protected override async Task<bool> PutsOff() => (bool)(await DatabaseServer.Execute(
        database, $"SELECT EXISTS (SELECT FROM wakeup WHERE stream LIKE 'partner/%' AND due_at <= now() + interval '{Actors.Patience.ForStep}')"))!;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await server.DropDatabase(database);
    }

    protected override async IAsyncEnumerable<JournalRow> JournalAfter(long position)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await foreach (var row in RecordedJournal.After(position, connection))
        {
            yield return row;
        }
    }
}

/// <summary>The pool without a server: one process over a folder of SQLite files.</summary>
internal sealed class EmbeddedPool(string folder, PoolProgram program) : PoolContestant(program)
{
    private readonly Dictionary<string, long> _wakeUps = [];
    private long _read;

    public override string Name => "embedded";

    public static async Task<EmbeddedPool> Start()
    {
        var folder = Directory.CreateTempSubdirectory("pool-arena-").FullName;
        try
        {
            return new(folder, await PoolProgram.Serve(folder));
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>The same by what the journal says since it was asked before.</summary>
    protected override async Task<bool> PutsOff()
    {
        await using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = RecordedJournal.Within(folder), Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var news = new SqliteCommand("SELECT position, stream, wake_at FROM journal WHERE position > $read AND wake_at IS NOT NULL AND stream LIKE 'partner/%' ORDER BY position", connection);
        news.Parameters.AddWithValue("$read", _read);
        await using var row = await news.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            // 0 says that it is not to be woken any more.
            (_read, _wakeUps[row.GetString(1)]) = (row.GetInt64(0), row.GetInt64(2));
        }

        var near = (DateTimeOffset.UtcNow + Actors.Patience.ForStep).ToUnixTimeMilliseconds();
        return _wakeUps.Values.Any(wakeUp => wakeUp > 0 && wakeUp <= near);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    protected override IAsyncEnumerable<JournalRow> JournalAfter(long position) =>
        RecordedJournal.Read(RecordedJournal.Within(folder)).Rows.Where(row => row.Position > position).ToAsyncEnumerable();
}

/// <summary>An opponent, in a process of its own as the pool is.</summary>
internal sealed class Opponent(DatabaseServer server, string database, Child process, string name, string address) : Contestant
{
    /// <summary>Names the database in the process's environment: it has a password.</summary>
    public const string Variable = "POOL_OPPONENT_DATABASE";

    private readonly Task _errors = process.Relay();

    public override string Name => name;

    public override string Address => address;

    public override int ProcessId => process.Id;

    public override string Database => database;

    public static async Task<Opponent> Start(DatabaseServer server, string name, int connections)
    {
        var database = await server.CreateDatabase();
        var process = Child.Start(new Dictionary<string, string> { [Variable] = database }, "opponent", name, $"{connections}");
        try
        {
            return new(server, database, process, name, await process.Says(OpponentServer.Serves));
        }
        catch
        {
            await process.DisposeAsync();
            await server.DropDatabase(database);
            throw;
        }
    }

    public override Task<IReadOnlyList<string>> Audit(Acknowledged told) => TableAudit.Of(name, database, told);

    public override async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await _errors;
        await server.DropDatabase(database);
    }
}
