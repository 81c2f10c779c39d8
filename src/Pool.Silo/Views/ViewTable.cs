using Microsoft.Data.Sqlite;
using Orleans.Serialization;
using Pool.Silo.Journal;
using Pool.Views;

namespace Pool.Silo.Views;

/// <summary>
/// A table of one kind of resource: its state as the actor's own events evolve it, beside the columns by which lists
/// are narrowed. The projector saves into memory and flushes once a batch, however often a resource changed in it.
/// Not thread-safe; the projector and each reader have their own.
/// </summary>
internal sealed class ViewTable<TState> : IDisposable where TState : class
{
    /// <summary>Resources kept in memory between batches: what changed lately is likely to change again.</summary>
    private const int Remembered = 4_096;

    private readonly Dictionary<string, ListItem<TState>> _known = [];
    private readonly Dictionary<string, string?[]> _changed = [];
    private readonly string _name;
    private readonly string[] _columns;
    private readonly bool _newestFirst;
    private readonly SqliteConnection _connection;
    private readonly Serializer<TState> _serializer;
    private readonly SqliteCommand _find;
    private readonly SqliteCommand _save;

    public ViewTable(string name, string[] columns, bool newestFirst, SqliteConnection connection, Serializer serializer)
    {
        _name = name;
        _columns = columns;
        _newestFirst = newestFirst;
        _connection = connection;
        _serializer = serializer.GetSerializer<TState>();
        _find = connection.CreateCommand();
        _find.CommandText = $"SELECT body, version, place FROM {name} WHERE key = $key";
        _find.Parameters.Add(new SqliteParameter { ParameterName = "$key" });
        _save = connection.CreateCommand();
        _save.CommandText =
            $"""
            INSERT INTO {name} (key, place, version, body{Each(column => $", {column}")}) VALUES ($key, $place, $version, $body{Each(column => $", ${column}")})
            ON CONFLICT (key) DO UPDATE SET version = excluded.version, body = excluded.body{Each(column => $", {column} = excluded.{column}")}
            """;
        foreach (var parameter in (string[])["key", "place", "version", "body", .. columns])
        {
            _save.Parameters.Add(new SqliteParameter { ParameterName = $"${parameter}" });
        }
    }

    /// <summary>Creates the table with an index per column, each in list order.</summary>
    public void Create()
    {
        SqliteFile.Execute(_connection, $"CREATE TABLE {_name} (key TEXT NOT NULL PRIMARY KEY, place INTEGER NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL{Each(column => $", {column} TEXT NULL")}) STRICT");
        SqliteFile.Execute(_connection, $"CREATE UNIQUE INDEX {_name}_place ON {_name} (place)");
        foreach (var column in _columns)
        {
            SqliteFile.Execute(_connection, $"CREATE INDEX {_name}_{column} ON {_name} ({column}, place)");
        }
    }

    public ListItem<TState>? Find(string key)
    {
        if (_known.TryGetValue(key, out var known))
        {
            return known;
        }

        _find.Parameters[0].Value = key;
        using var row = _find.ExecuteReader();
        return row.Read() ? Item(row) : null;
    }

    /// <summary>Takes a resource and the values of its columns; <see cref="Flush"/> writes them.</summary>
    public void Save(string key, ListItem<TState> item, params string?[] values)
    {
        _known[key] = item;
        _changed[key] = values;
    }

    public void Flush()
    {
        foreach (var (key, values) in _changed)
        {
            var item = _known[key];
            _save.Parameters[0].Value = key;
            _save.Parameters[1].Value = item.Place;
            _save.Parameters[2].Value = item.Version;
            _save.Parameters[3].Value = _serializer.SerializeToArray(item.Value);
            for (var i = 0; i < values.Length; i++)
            {
                _save.Parameters[4 + i].Value = (object?)values[i] ?? DBNull.Value;
            }

            _save.ExecuteNonQuery();
        }

        _changed.Clear();
        if (_known.Count > Remembered)
        {
            _known.Clear();
        }
    }

    public ListPage<TState> List(ListQuery query)
    {
        using var command = _connection.CreateCommand();
        var where = new List<string>();
        foreach (var condition in query.Conditions)
        {
            // Column names come from the table itself, never from a request.
            var column = _columns.Single(known => known == condition.Column);
            where.Add($"{column} = $c{where.Count}");
            command.Parameters.AddWithValue($"$c{where.Count - 1}", condition.Value);
        }

        if (query.After is { } after)
        {
            where.Add(_newestFirst ? "place < $after" : "place > $after");
            command.Parameters.AddWithValue("$after", after);
        }

        command.Parameters.AddWithValue("$limit", query.Limit + 1);
        command.CommandText =
            $"SELECT body, version, place FROM {_name} {(where.Count == 0 ? "" : $"WHERE {string.Join(" AND ", where)}")} ORDER BY place {(_newestFirst ? "DESC" : "ASC")} LIMIT $limit";
        using var row = command.ExecuteReader();
        var items = new List<ListItem<TState>>();
        while (row.Read())
        {
            items.Add(Item(row));
        }

        return new([.. items.Take(query.Limit)], items.Count > query.Limit);
    }

    public void Dispose()
    {
        _find.Dispose();
        _save.Dispose();
    }

    private ListItem<TState> Item(SqliteDataReader row) => new(_serializer.Deserialize(row.GetFieldValue<byte[]>(0))!, row.GetInt64(1), row.GetInt64(2));

    private string Each(Func<string, string> text) => string.Concat(_columns.Select(text));
}
