using System.Globalization;
using Npgsql;

namespace Pool.Databases;

/// <summary>A PostgreSQL server for tests, wherever it comes from; each test takes a database of its own on it.</summary>
public abstract class DatabaseServer : IAsyncDisposable
{
    /// <summary>Names a server to use: an ADO.NET connection string of a role that may create databases.</summary>
    public const string Variable = "POOL_TEST_DATABASE";

    /// <summary>The oldest version of PostgreSQL that is tried.</summary>
    private const int Oldest = 15;

    /// <summary>Where the server comes from, for a test's output.</summary>
    public abstract string Origin { get; }

    /// <summary>The server's own database, as a role that may do everything.</summary>
    public abstract string ConnectionString { get; }

    /// <summary>
    /// A server: the one that the environment names, else a container when a Docker engine answers, else PostgreSQL's
    /// programs on this machine on a free loopback port.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is none of them; the message says what to install.</exception>
    public static async Task<DatabaseServer> Start()
    {
        return Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? await Checked(new NamedServer(named)) : await OwnServer();
    }

    /// <summary>A server that a test may crash: never the one that the environment names.</summary>
    /// <inheritdoc cref="Start"/>
    public static async Task<CrashableServer> OwnServer()
    {
        if (await ContainerServer.EngineAnswers())
        {
            return await ContainerServer.Run();
        }

        return LocalServer.Programs() is { } programs
            ? await Checked(await LocalServer.Run(programs))
            : throw new InvalidOperationException(
                $"The tests need PostgreSQL {Oldest} or newer. Start a Docker engine, or install the server programs (on Debian: apt-get install postgresql). "
                + $"A server named in {Variable} serves those tests alone that neither crash it nor make roles.");
    }

    private static async Task<T> Checked<T>(T server) where T : DatabaseServer
    {
        if (int.Parse((string)(await Execute(server.ConnectionString, "SHOW server_version_num"))!, CultureInfo.InvariantCulture) / 10_000 is < Oldest and var version)
        {
            await server.DisposeAsync();
            throw new InvalidOperationException($"{server.Origin} is PostgreSQL {version}; the tests need {Oldest} or newer.");
        }

        return server;
    }

    /// <summary>Creates an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabase()
    {
        var name = $"pool_{Guid.NewGuid():N}";
        await Execute(ConnectionString, $"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'");
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Drops a database, with whoever is still connected.</summary>
    public async Task DropDatabase(string database) =>
        await Execute(ConnectionString, $"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(database).Database} WITH (FORCE)");

    /// <summary>Runs one statement on a connection of its own and gives its first value.</summary>
    public static async Task<object?> Execute(string database, string sql, params IEnumerable<object> values)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return await command.ExecuteScalarAsync();
    }

    public abstract ValueTask DisposeAsync();

    private sealed class NamedServer(string connectionString) : DatabaseServer
    {
        public override string Origin => $"the server that {Variable} names";

        public override string ConnectionString => connectionString;

        public override ValueTask DisposeAsync() => default;
    }
}

/// <summary>A server that can be crashed and started again in the same place.</summary>
public abstract class CrashableServer : DatabaseServer
{
    /// <summary>The server ends where it stands, as by SIGKILL.</summary>
    public abstract Task Crash();

    /// <summary>Starts it again after a crash; returns when it accepts connections.</summary>
    public abstract Task Restart();
}
