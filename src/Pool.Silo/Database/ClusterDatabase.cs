using System.Security.Cryptography;
using Npgsql;
using Pool.Hosting;
using Pool.Silo.Hosting;
using Pool.Silo.Journal;
using Pool.Silo.Migrations;

namespace Pool.Silo.Database;

/// <summary>The database of a cluster, found, of the right schema, and of the right cluster.</summary>
public sealed class ClusterDatabase : IAsyncDisposable
{
    private const int KeyBytes = 32;

    /// <summary>What each role must be allowed, as rows of privileges and relations; Migrations/postgres/grants.sql gives it.</summary>
    private const string SiloNeeds =
        """
        ('SELECT INSERT', 'journal cluster ledger_key'),
        ('SELECT INSERT UPDATE DELETE', 'wakeup orleansstorage orleansmembershiptable orleansmembershipversiontable'),
        ('SELECT INSERT UPDATE DELETE', 'skill street community partner offer demand proposal'),
        ('SELECT INSERT DELETE', 'identity'), ('SELECT UPDATE', 'view_checkpoint'), ('UPDATE', 'journal_turn'), ('SELECT', 'orleansquery')
        """;

    private const string GatewayNeeds = "('SELECT', 'orleansquery orleansmembershiptable orleansmembershipversiontable')";

    private const string AnotherMigrates = "another process migrates it";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(5);

    private ClusterDatabase(NpgsqlDataSource source, string address)
    {
        (Source, Address) = (source, address);
        Clock = new(source);
    }

    public NpgsqlDataSource Source { get; }

    /// <summary>Host and name, for people; never who asks or with which password.</summary>
    public string Address { get; }

    /// <summary>The time that all processes of the cluster share.</summary>
    public DatabaseClock Clock { get; }

    /// <summary>The mark of the journal's last event when a silo opened it.</summary>
    public JournalMark End { get; private set; } = JournalMark.Start;

    /// <summary>Signs page tokens, the same in every gateway.</summary>
    public byte[] PageTokenKey { get; private set; } = [];

    /// <summary>Signs checkpoints of ledgers, and gives partners their pseudonyms there, the same in every silo; gateways do not have it.</summary>
    public byte[] LedgerKey { get; private set; } = [];

    /// <summary>Opens it for a silo: migrates it where this role may, and founds the cluster where there is none.</summary>
    /// <exception cref="StartRefusedException">It cannot be used; the message says why and how to mend it.</exception>
    public static Task<ClusterDatabase> OpenForSilo(PoolOptions options, CancellationToken cancellation) => Open(options, "pool silo", async database =>
    {
        // Another cluster's database is left as it is.
        var founded = await database.IsPrepared(cancellation) && await database.Join(options.Cluster, cancellation);
        if (await Migration.Missing(database.Source, cancellation) > 0 && await Migration.Postgres(database.Source, cancellation) is null)
        {
            return AnotherMigrates;
        }

        await database.Require(SiloNeeds, cancellation);
        if (!founded)
        {
            await database.Found(options.Cluster, cancellation);
            await database.Join(options.Cluster, cancellation);
        }

        await database.TakeLedgerKey(cancellation);
        await database.Clock.Read(cancellation);
        database.End = await PostgresJournal.ReadEnd(database.Source);
        return null;
    }, cancellation);

    /// <summary>Opens it for a gateway, which only reads where the silos are; waits for the first silo to found the cluster.</summary>
    /// <inheritdoc cref="OpenForSilo"/>
    public static Task<ClusterDatabase> OpenForGateway(PoolOptions options, CancellationToken cancellation) => Open(options, "pool gateway", async database =>
    {
        await database.Clock.Read(cancellation);
        if (await Migration.Missing(database.Source, cancellation) > 0 || !await database.Join(options.Cluster, cancellation))
        {
            return "no silo has prepared it yet";
        }

        await database.Require(GatewayNeeds, cancellation);
        return null;
    }, cancellation);

    /// <summary>Brings a database to the newest schema.</summary>
    /// <returns>Where it is, and how many scripts were needed.</returns>
    /// <inheritdoc cref="OpenForSilo"/>
    public static async Task<(string Address, int Scripts)> Migrate(PoolOptions options, CancellationToken cancellation)
    {
        var scripts = 0;
        await using var migrated = await Open(options, "pool migrate", async database =>
        {
            if (await Migration.Postgres(database.Source, cancellation) is not { } needed)
            {
                return AnotherMigrates;
            }

            scripts = needed;
            return null;
        }, cancellation);
        return (migrated.Address, scripts);
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();

    /// <param name="prepare">What the database waits for; null when it is ready.</param>
    private static async Task<ClusterDatabase> Open(
        PoolOptions options, string process, Func<ClusterDatabase, Task<string?>> prepare, CancellationToken cancellation)
    {
        var source = Connect(options.Database, process);
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(source.ConnectionString);
            var database = new ClusterDatabase(source, $"{settings.Host}:{settings.Port}/{settings.Database ?? settings.Username}");
            await Wait(() => prepare(database), database.Address, options.DatabasePatience, cancellation);
            return database;
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    private static NpgsqlDataSource Connect(string connectionString, string process)
    {
        try
        {
            return PostgresDatabase.Open(connectionString, process);
        }
        catch (ArgumentException unreadable)
        {
            throw new StartRefusedException(
                ExitCode.ConnectionString,
                $"The connection string cannot be read: {unreadable.Message} Write it like Host=db;Database=pool;Username=pool, with the password in PGPASSWORD or PGPASSFILE.");
        }
    }

    /// <summary>Tries until the database answers and is ready, for as long as the options say, and tells of it meanwhile.</summary>
    private static async Task Wait(Func<Task<string?>> prepare, string address, TimeSpan patience, CancellationToken cancellation)
    {
        var (began, told) = (TimeProvider.System.GetTimestamp(), TimeSpan.Zero);
        while (true)
        {
            string reason;
            try
            {
                if (await prepare() is not { } missing)
                {
                    return;
                }

                reason = missing;
            }
            catch (Exception cause) when (DatabaseFault.Of(cause, address) is { } fault)
            {
                if (fault.Code != ExitCode.DatabaseUnreachable)
                {
                    throw fault;
                }

                reason = DatabaseFault.WithCause(cause);
            }

            var waited = TimeProvider.System.GetElapsedTime(began);
            if (waited >= patience)
            {
                throw new StartRefusedException(
                    ExitCode.DatabaseUnreachable,
                    $"The database {address} was not ready within {patience.TotalSeconds:0} s: {reason}. Start it, or mend the connection string; --wait gives it more time.");
            }

            if (waited >= told)
            {
                told = waited + ProgressEvery;
                await Console.Error.WriteLineAsync($"pool: waiting for the database {address} ({waited.TotalSeconds:0} of {patience.TotalSeconds:0} s): {reason}".ReplaceLineEndings(" "));
            }

            await Task.Delay(Pause, cancellation);
        }
    }

    /// <summary>Whether it has had the first migration.</summary>
    private async Task<bool> IsPrepared(CancellationToken cancellation)
    {
        await using var command = Source.CreateCommand("SELECT to_regclass('cluster') IS NOT NULL");
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    /// <summary>Refuses a role that could not do a process's work, before it has joined anything.</summary>
    private async Task Require(string needs, CancellationToken cancellation)
    {
        await using var command = Source.CreateCommand(
            $"""
            SELECT string_agg(privilege || ' on ' || relation, ', ')
              FROM (VALUES {needs}) AS need (privileges, relations),
                   string_to_table(relations, ' ') AS relation, string_to_table(privileges, ' ') AS privilege
             WHERE NOT has_table_privilege(relation, privilege)
            """);
        if (await command.ExecuteScalarAsync(cancellation) is string missing)
        {
            throw DatabaseFault.Denied(Address, $"it lacks {missing}");
        }
    }

    /// <summary>Makes the database the cluster's, unless it is somebody's already.</summary>
    private async Task Found(string id, CancellationToken cancellation)
    {
        await using var command = Source.CreateCommand("INSERT INTO cluster (id, page_token_key) VALUES ($1, $2) ON CONFLICT DO NOTHING");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = RandomNumberGenerator.GetBytes(KeyBytes) });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The first silo that comes with a program of ledgers makes their key.</summary>
    private async Task TakeLedgerKey(CancellationToken cancellation)
    {
        await using var make = Source.CreateCommand("INSERT INTO ledger_key (key) VALUES ($1) ON CONFLICT DO NOTHING");
        make.Parameters.Add(new() { Value = RandomNumberGenerator.GetBytes(KeyBytes) });
        await make.ExecuteNonQueryAsync(cancellation);
        await using var read = Source.CreateCommand("SELECT key FROM ledger_key");
        LedgerKey = (byte[])(await read.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Learns what the cluster's processes share; false when no silo has founded it yet.</summary>
    private async Task<bool> Join(string id, CancellationToken cancellation)
    {
        await using var command = Source.CreateCommand("SELECT id, page_token_key FROM cluster");
        await using var row = await command.ExecuteReaderAsync(cancellation);
        if (!await row.ReadAsync(cancellation))
        {
            return false;
        }

        if (row.GetString(0) != id)
        {
            throw new StartRefusedException(
                ExitCode.WrongCluster, $"The database belongs to the cluster '{row.GetString(0)}', and this process to '{id}'. Name the right one with --cluster, or another database.");
        }

        PageTokenKey = row.GetFieldValue<byte[]>(1);
        return true;
    }
}
