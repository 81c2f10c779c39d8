using System.Diagnostics;
using Npgsql;
using Pool.EventSourcing;

namespace Pool.Silo.Database;

/// <summary>The one pool of connections that a process has, with every setting named.</summary>
public static class PostgresDatabase
{
    /// <summary>Less than a call between processes may take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    /// <param name="connectionString">Where the database is and who asks; what it says wins over the settings here.</param>
    /// <param name="process">Shown in <c>pg_stat_activity</c>, for example <c>pool silo</c>.</param>
    /// <exception cref="ArgumentException">It cannot be read, or names no host.</exception>
    public static NpgsqlDataSource Open(string connectionString, string process)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        if (string.IsNullOrEmpty(given.Host))
        {
            throw new ArgumentException("It names no Host.");
        }

        var settings = new NpgsqlConnectionStringBuilder
        {
            ApplicationName = process,
            // The journal's writer, its two readers of streams, two of the head and four for followers, two listeners, seven for
            // the views, three for the vault, the wake-ups, the clock; the rest is for Orleans' snapshots and membership.
            MaxPoolSize = 26,
            // Statements are prepared by themselves from their second use on.
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            // Asking for Kerberos' encryption loads a library that small images lack; TLS is asked for with SSL Mode.
            GssEncryptionMode = GssEncryptionMode.Disable,
            // Nothing that one user of a connection leaves behind concerns the next.
            NoResetOnClose = true,
            // Seconds. A database that does not answer by then counts as away: the outcome is unknown and is asked for again.
            Timeout = 3,
            CommandTimeout = 5,
            // A connection that nobody uses, or that waits for notifications, proves itself now and then.
            KeepAlive = 5,
            // A silo that stops in the middle of a transaction must not hold its locks, and of a machine that has vanished the
            // server must learn by itself: milliseconds, seconds, seconds, times, milliseconds.
            Options = "-c idle_in_transaction_session_timeout=5000 -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=10000",
        };
        foreach (var key in given.Keys.Cast<string>().Where(given.ShouldSerialize))
        {
            settings[key] = given[key];
        }

        // What nobody's trace asked for (membership, following, the clock) is said every second and means nothing.
        return new NpgsqlDataSourceBuilder(settings.ConnectionString)
            .ConfigureTracing(tracing => tracing.ConfigureCommandFilter(_ => Activity.Current is not null).ConfigureBatchFilter(_ => Activity.Current is not null))
            .Build();
    }

    /// <summary>Whether an exception says that the database could not be asked, or did not answer.</summary>
    public static bool IsUnavailable(Exception cause) =>
        cause is NpgsqlException or TimeoutException or IOException or ObjectDisposedException or OperationCanceledException;

    /// <summary>
    /// The same, so many at a time as there are places: the others wait for one, and not for a connection, and no longer than
    /// whoever asked for them does.
    /// </summary>
    /// <inheritdoc cref="Read{T}(Func{Task{T}})"/>
    public static async Task<T> Read<T>(SemaphoreSlim places, Func<Task<T>> read)
    {
        if (!await places.WaitAsync(Patience))
        {
            throw new JournalUnavailableException("The database is asked for more than it answers.");
        }

        try
        {
            return await Read(read);
        }
        finally
        {
            places.Release();
        }
    }

    /// <summary>Runs what reads the database.</summary>
    /// <exception cref="JournalUnavailableException">The database cannot be read now.</exception>
    public static async Task<T> Read<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception cause) when (IsUnavailable(cause))
        {
            throw new JournalUnavailableException($"The database cannot be read: {cause.Message}", cause);
        }
    }
}
