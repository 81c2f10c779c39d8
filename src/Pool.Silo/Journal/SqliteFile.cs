using System.Reflection;
using Microsoft.Data.Sqlite;

namespace Pool.Silo.Journal;

/// <summary>A SQLite file of the pool: how it is opened.</summary>
internal static class SqliteFile
{
    /// <summary>Opens a connection that waits for a lock for up to five seconds and outlives no pool of connections.</summary>
    /// <param name="durable">Whether a commit must survive the loss of power (WAL with synchronous=FULL).</param>
    public static SqliteConnection Open(string path, bool durable)
    {
        var connection = new SqliteConnection(ConnectionString(path));
        connection.Open();
        Configure(connection, durable);
        return connection;
    }

    public static string ConnectionString(string path) =>
        new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5 }.ToString();

    public static void Configure(SqliteConnection connection, bool durable) =>
        Execute(connection, $"PRAGMA journal_mode=WAL; PRAGMA synchronous={(durable ? "FULL" : "NORMAL")};");

    /// <summary>The text of an embedded SQL script.</summary>
    public static string Script(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var resource = assembly.GetManifestResourceNames().Single(known => known.EndsWith($".{name}", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }

    /// <summary>A statement for many executions, with so many parameters, $0 and on.</summary>
    public static SqliteCommand Prepare(SqliteConnection connection, string sql, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
        }

        return command;
    }

    public static void Bind(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
