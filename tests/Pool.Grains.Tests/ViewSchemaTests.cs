using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Pool.Databases;
using Xunit;

namespace Pool.Grains.Tests;

/// <summary>The list views' tables: the program makes those of the file, a migration those of the database.</summary>
public sealed class ViewSchemaTests(TestDatabases databases) : IAsyncLifetime
{
    private readonly GrainPool _pool = new();

    public ValueTask InitializeAsync() => _pool.InitializeAsync();

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    [Fact]
    public async Task The_file_and_the_database_have_the_same_tables_with_the_same_columns()
    {
        await using var store = await PostgresStore.Create(await databases.Server);
        await using var database = new NpgsqlConnection(store.Database);
        await using var file = new SqliteConnection($"Data Source={Path.Combine(_pool.Folder, "views.db")};Mode=ReadOnly;Pooling=False");

        var inFile = await Rows(file, "SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name <> 'checkpoint'");
        var inDatabase = await Rows(
            database, "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_name IN (SELECT table_name FROM information_schema.columns WHERE column_name = 'place')");

        Assert.NotEmpty(inFile);
        Assert.Equal(inFile.Order(StringComparer.Ordinal), inDatabase.Order(StringComparer.Ordinal));
    }

    private static async Task<List<string>> Rows(DbConnection connection, string sql)
    {
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var rows = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await rows.ReadAsync())
        {
            found.Add(rows.GetString(0));
        }

        return found;
    }
}
