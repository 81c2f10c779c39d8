using System.Reflection;
using DbUp;
using DbUp.Builder;
using DbUp.Engine;
using DbUp.Engine.Output;
using DbUp.Engine.Transactions;
using DbUp.Support;
using DbUp.Postgresql;
using DbUp.Sqlite.Helpers;
using Microsoft.Data.Sqlite;
using Npgsql;
using Pool.Silo.Hosting;

namespace Pool.Silo.Migrations;

/// <summary>
/// Brings a store to the newest schema with the scripts of this folder, all in one transaction. Scripts are numbered, never
/// changed once released, and only add, except that they may have the list views built again, or change their indexes: a program
/// of the version before goes on beside a newer schema, and leaves views of another shape alone.
/// </summary>
public static class Migration
{
    private const string PostgresVersions = "schemaversion";

    /// <summary>One migration at a time, over all processes.</summary>
    private const long PostgresLock = 7_180_002;

    private static readonly SqlScript[] SqliteScripts = Scripts("sqlite", "journal-1.sql", "journal-2.sql", "journal-3.sql", "journal-4.sql");
    private static readonly SqlScript[] PostgresScripts = Scripts("postgres", "1-journal.sql", "2-orleans.sql", "3-views.sql", "4-views-again.sql", "5-ledgers.sql", "6-entries.sql", "7-clearings-and-identities.sql", "8-fewer-indexes.sql", "9-cheaper-writes.sql", "10-append-all.sql", "11-offers-named-in-two-parts.sql");

    /// <summary>Run each time, around the numbered ones: what a migration waits for, and what each role may do.</summary>
    private static readonly SqlScript[] EachTime =
    [
        new("patience.sql", Text("Migrations.postgres.patience.sql"), new SqlScriptOptions { ScriptType = ScriptType.RunAlways, RunGroupOrder = -1 }),
        new("grants.sql", Text("Migrations.postgres.grants.sql"), new SqlScriptOptions { ScriptType = ScriptType.RunAlways, RunGroupOrder = int.MaxValue }),
    ];

    /// <summary>Migrates the journal of an embedded pool; the file's <c>user_version</c> says which schema it has.</summary>
    /// <exception cref="StartRefusedException">A newer program wrote the file.</exception>
    public static void Sqlite(SqliteConnection connection, string path)
    {
        using var shared = new SharedConnection(connection);
        Run(
            DeployChanges.To.SqliteDatabase(shared)
                .WithScripts(SqliteScripts)
                .JournalTo((connections, _) => new UserVersion(connections, SqliteScripts)),
            SqliteScripts.Length,
            $"{path} holds");
    }

    /// <summary>Migrates a database and says again what each role may do.</summary>
    /// <returns>How many scripts were needed; null when another process is migrating it.</returns>
    /// <exception cref="StartRefusedException">A newer program wrote the database.</exception>
    public static async Task<int?> Postgres(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var take = new NpgsqlCommand($"SELECT pg_try_advisory_lock({PostgresLock})", connection);
        await using var give = new NpgsqlCommand($"SELECT pg_advisory_unlock({PostgresLock})", connection);
        if (await take.ExecuteScalarAsync(cancellation) is not true)
        {
            return null;
        }

        try
        {
            return Run(
                DeployChanges.To.PostgresqlDatabase(new PostgresqlConnectionManager(database))
                    .WithScripts(PostgresScripts)
                    .WithScripts(EachTime)
                    .JournalToPostgresqlTable(null, PostgresVersions),
                PostgresScripts.Length,
                "The database holds");
        }
        finally
        {
            await GiveBack();
        }

        async Task GiveBack()
        {
            try
            {
                // The connection goes back to the pool, and would keep the lock.
                await give.ExecuteNonQueryAsync(CancellationToken.None);
            }
            catch (NpgsqlException)
            {
                // The connection is lost, and the lock with it; why is what the migration says.
            }
        }
    }

    /// <summary>How many of the scripts a database lacks; 0 when it is up to date.</summary>
    /// <exception cref="StartRefusedException">A newer program wrote the database.</exception>
    public static async Task<int> Missing(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var exists = new NpgsqlCommand($"SELECT to_regclass('{PostgresVersions}') IS NOT NULL", connection);
        if (await exists.ExecuteScalarAsync(cancellation) is not true)
        {
            return PostgresScripts.Length;
        }

        await using var count = new NpgsqlCommand($"SELECT count(*) FROM {PostgresVersions}", connection);
        var found = (int)(long)(await count.ExecuteScalarAsync(cancellation))!;
        RefuseNewer(found, PostgresScripts.Length, "The database holds");
        return PostgresScripts.Length - found;
    }

    /// <param name="known">How many numbered scripts there are.</param>
    /// <returns>How many of them were needed.</returns>
    private static int Run(UpgradeEngineBuilder builder, int known, string subject)
    {
        var engine = builder
            .WithTransaction()
            .WithVariablesDisabled()
            .WithExecutionTimeout(TimeSpan.Zero) // A script takes as long as it takes.
            .LogTo(new NoOpUpgradeLog())
            .Build();
        RefuseNewer(engine.GetExecutedScripts().Count, known, subject);
        var result = engine.PerformUpgrade();
        return result.Successful ? result.Scripts.Count(script => script.SqlScriptOptions.ScriptType == ScriptType.RunOnce) : throw result.Error;
    }

    private static void RefuseNewer(int found, int known, string subject)
    {
        if (found > known)
        {
            throw new StartRefusedException(ExitCode.NewerSchema, $"{subject} schema {found}; this program knows schemas up to {known}. Start a newer program.");
        }
    }

    private static SqlScript[] Scripts(string store, params IEnumerable<string> names) =>
        [.. names.Select((name, i) => new SqlScript(name, Text($"Migrations.{store}.{name}"), new SqlScriptOptions { RunGroupOrder = i }))];

    private static string Text(string resource)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream($"Pool.Silo.{resource}")!);
        return reader.ReadToEnd();
    }

    /// <summary>Which scripts a SQLite file has had, counted in its own header: so has every file since the first version of the program.</summary>
    private sealed class UserVersion(Func<IConnectionManager> connections, SqlScript[] scripts) : IJournal
    {
        /// <summary>More than there are scripts where a newer program wrote the file.</summary>
        public string[] GetExecutedScripts()
        {
            var version = connections().ExecuteCommandsWithManagedConnection(command =>
            {
                using var read = command();
                read.CommandText = "PRAGMA user_version";
                return Convert.ToInt32(read.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
            });
            return [.. Enumerable.Range(0, version).Select(i => i < scripts.Length ? scripts[i].Name : $"schema {i + 1}")];
        }

        public void StoreExecutedScript(SqlScript script, Func<System.Data.IDbCommand> dbCommandFactory)
        {
            using var write = dbCommandFactory();
            write.CommandText = $"PRAGMA user_version={Array.IndexOf(scripts, script) + 1}";
            write.ExecuteNonQuery();
        }

        public void EnsureTableExistsAndIsLatestVersion(Func<System.Data.IDbCommand> dbCommandFactory)
        {
            // The header is there.
        }
    }
}
