using System.Data.Common;
using Npgsql;
using Orleans.Serialization;
using Pool.Views;

namespace Pool.Silo.Views;

/// <summary>What a table does whatever it holds.</summary>
internal interface IViewTable : IDisposable
{
    /// <summary>What creates the table in a SQLite file, with an index per column that lists are read by, each in list order.</summary>
    string Sqlite { get; }

    /// <summary>Writes what was saved: in one statement where the database takes arrays.</summary>
    Task Flush();

    /// <summary>Drops what was saved and remembered: it was not written, or somebody else has written since.</summary>
    void Forget();
}

/// <summary>
/// A table of one kind of resource: its state as the actor's own events evolve it, beside the columns by which lists
/// are narrowed. The projector saves into memory and flushes once a batch, however often a resource changed in it.
/// Not thread-safe; the projector and each reader have their own.
/// </summary>
internal sealed class ViewTable<TState> : IViewTable where TState : class
{
    /// <summary>Resources kept in memory between batches, and twice as many at most: what was used lately is likely to be used again.</summary>
    private const int Remembered = 8_192;

    private readonly Dictionary<string, (ListItem<TState> Item, string?[] Values)> _changed = [];
    private Dictionary<string, ListItem<TState>> _recent = [];
    private Dictionary<string, ListItem<TState>> _older = [];
    private readonly string _name;
    private readonly string[] _indexed;
    private readonly string[] _columns;
    private readonly bool _newestFirst;
    private readonly DbConnection _connection;
    private readonly Serializer<TState> _serializer;
    private readonly string _save;
    private readonly string _saveArrays;
    private DbCommand? _saving;

    /// <param name="indexed">Columns by which lists are read.</param>
    /// <param name="filters">Columns by which they are only narrowed further: not worth what an index costs each row.</param>
    /// <param name="appended">Whether a resource never changes: a row is then added without looking whether there is one.</param>
    public ViewTable(
        string name, string[] indexed, bool newestFirst, DbConnection connection, Serializer serializer, string[]? filters = null, bool appended = false)
    {
        _name = name;
        _indexed = indexed;
        _columns = [.. indexed, .. filters ?? []];
        _newestFirst = newestFirst;
        _connection = connection;
        _serializer = serializer.GetSerializer<TState>();
        var into = $"INSERT INTO {name} (key, place, version, body{Each(column => $", {column}")})";
        var onConflict = appended ? "" : $"ON CONFLICT (key) DO UPDATE SET version = excluded.version, body = excluded.body{Each(column => $", {column} = excluded.{column}")}";
        _save = $"{into} VALUES (@key, @place, @version, @body{Each(column => $", @{column}")}) {onConflict}";
        _saveArrays = $"{into} SELECT * FROM unnest(@key, @place, @version, @body{Each(column => $", @{column}")}) {onConflict}";
    }

    public string Sqlite =>
        $"""
        CREATE TABLE {_name} (key TEXT NOT NULL PRIMARY KEY, place INTEGER NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL{Each(column => $", {column} TEXT NULL")}) STRICT;
        CREATE UNIQUE INDEX {_name}_place ON {_name} (place);
        {string.Concat(_indexed.Select(column => $"CREATE INDEX {_name}_{column} ON {_name} ({column}, place) WHERE {column} IS NOT NULL;"))}
        """;

    public async ValueTask<ListItem<TState>?> Find(string key)
    {
        if (_recent.TryGetValue(key, out var known))
        {
            return known;
        }

        if (_older.TryGetValue(key, out known))
        {
            return _recent[key] = known;
        }

        await using var find = _connection.CreateCommand();
        find.CommandText = $"SELECT body, version, place FROM {_name} WHERE key = @key";
        Bind(find, "key", key);
        await using var row = await find.ExecuteReaderAsync();
        return await row.ReadAsync() ? _recent[key] = Item(row) : null;
    }

    /// <summary>Those of some resources that the table has, by their keys.</summary>
    public async Task<IReadOnlyDictionary<string, TState>> Find(IReadOnlyCollection<string> keys)
    {
        var found = new Dictionary<string, TState>();
        if (keys.Count == 0)
        {
            return found;
        }

        await using var find = _connection.CreateCommand();
        find.CommandText = $"SELECT body, version, place, key FROM {_name} WHERE key IN ({string.Join(", ", keys.Select((_, i) => $"@k{i}"))})";
        foreach (var (i, key) in keys.Index())
        {
            Bind(find, $"k{i}", key);
        }

        await using var row = await find.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            found[row.GetString(3)] = Item(row).Value;
        }

        return found;
    }

    /// <summary>Takes a resource and the values of its columns; <see cref="Flush"/> writes them.</summary>
    public void Save(string key, ListItem<TState> item, params string?[] values)
    {
        _recent[key] = item;
        _changed[key] = (item, values);
    }

    public void Forget()
    {
        _changed.Clear();
        _recent.Clear();
        _older.Clear();
    }

    public async Task Flush()
    {
        if (_connection is NpgsqlConnection)
        {
            await FlushArrays();
        }
        else
        {
            await FlushOneByOne();
        }

        _changed.Clear();
        if (_recent.Count > Remembered)
        {
            (_older, _recent) = (_recent, []);
        }
    }

    public async Task<ListPage<TState>> List(ListQuery query)
    {
        await using var command = _connection.CreateCommand();
        var where = new List<string>();
        foreach (var condition in query.Conditions)
        {
            // Column names come from the table itself, never from a request.
            var column = _columns.Single(known => known == condition.Column);
            Bind(command, $"c{where.Count}", condition.Value);
            where.Add($"{column} = @c{where.Count}");
        }

        if (query.After is { } after)
        {
            where.Add(_newestFirst ? "place < @after" : "place > @after");
            Bind(command, "after", after);
        }

        Bind(command, "limit", query.Limit + 1);
        command.CommandText =
            $"SELECT body, version, place FROM {_name} {(where.Count == 0 ? "" : $"WHERE {string.Join(" AND ", where)}")} ORDER BY place {(_newestFirst ? "DESC" : "ASC")} LIMIT @limit";
        await using var row = await command.ExecuteReaderAsync();
        var items = new List<ListItem<TState>>();
        while (await row.ReadAsync())
        {
            items.Add(Item(row));
        }

        return new([.. items.Take(query.Limit)], items.Count > query.Limit);
    }

    public void Dispose() => _saving?.Dispose();

    /// <summary>All rows in one statement, whose parts are arrays: one row after the other would cost a database many times as much.</summary>
    private async Task FlushArrays()
    {
        if (_changed.Count == 0)
        {
            return;
        }

        var rows = _changed.Select(changed => (changed.Key, changed.Value.Item, changed.Value.Values)).ToList();
        await using var save = _connection.CreateCommand();
        save.CommandText = _saveArrays;
        Bind(save, "key", rows.Select(row => row.Key).ToArray());
        Bind(save, "place", rows.Select(row => row.Item.Place).ToArray());
        Bind(save, "version", rows.Select(row => row.Item.Version).ToArray());
        Bind(save, "body", rows.Select(row => _serializer.SerializeToArray(row.Item.Value)).ToArray());
        foreach (var (i, column) in _columns.Index())
        {
            Bind(save, column, rows.Select(row => row.Values[i]).ToArray());
        }

        await save.ExecuteNonQueryAsync();
    }

    private async Task FlushOneByOne()
    {
        foreach (var (key, (item, values)) in _changed)
        {
            var first = _saving is null;
            if (_saving is null)
            {
                _saving = _connection.CreateCommand();
                _saving.CommandText = _save;
            }

            foreach (var (i, (name, value)) in Row(key, item, values).Index())
            {
                if (first)
                {
                    Bind(_saving, name, value);
                }
                else
                {
                    _saving.Parameters[i].Value = value;
                }
            }

            await _saving.ExecuteNonQueryAsync();
        }
    }

    private IEnumerable<(string Name, object Value)> Row(string key, ListItem<TState> item, string?[] values) =>
    [
        ("key", key), ("place", item.Place), ("version", item.Version), ("body", _serializer.SerializeToArray(item.Value)),
        .. _columns.Zip(values, (column, value) => (column, (object?)value ?? DBNull.Value)),
    ];

    private ListItem<TState> Item(DbDataReader row) => new(_serializer.Deserialize(row.GetFieldValue<byte[]>(0))!, row.GetInt64(1), row.GetInt64(2));

    private string Each(Func<string, string> text) => string.Concat(_columns.Select(text));

    private static void Bind(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}
