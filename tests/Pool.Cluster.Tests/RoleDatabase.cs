using Npgsql;
using Pool.Databases;

namespace Pool.Cluster.Tests;

/// <summary>
/// An empty database with the roles as deploy/postgres makes them, each with a password. Its server must be the test's own:
/// roles belong to a whole server.
/// </summary>
public sealed class RoleDatabase : IAsyncDisposable
{
    public const string Password = "only-for-this-test";

    private readonly DatabaseServer _server;

    private RoleDatabase(DatabaseServer server, string database) => (_server, ConnectionString) = (server, database);

    /// <summary>The database, as a role that may do everything.</summary>
    public string ConnectionString { get; }

    public static async Task<RoleDatabase> Create(DatabaseServer server)
    {
        var database = await server.CreateDatabase();
        await DatabaseServer.Execute(database, await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "roles.sql")));
        foreach (var role in (string[])["pool_owner", "pool_silo", "pool_gateway", "pool_reports"])
        {
            await DatabaseServer.Execute(database, $"ALTER ROLE {role} PASSWORD '{Password}'");
        }

        await DatabaseServer.Execute(database, $"ALTER DATABASE {new NpgsqlConnectionStringBuilder(database).Database} OWNER TO pool_owner");
        return new(server, database);
    }

    /// <summary>The database, as a role.</summary>
    public string As(string role) => new NpgsqlConnectionStringBuilder(ConnectionString) { Username = role, Password = Password }.ConnectionString;

    public async ValueTask DisposeAsync() => await _server.DropDatabase(ConnectionString);
}
