using Npgsql;
using Pool.EventSourcing;
using Pool.Identities;
using Pool.Ledgers;
using Pool.Silo.Database;

namespace Pool.Silo.Identities;

/// <summary>The vault of a cluster: a table that only silos may read.</summary>
public sealed class PostgresVault : IVault, IAsyncDisposable
{
    /// <summary>The most callers in one query.</summary>
    private const int CallersPerQuery = 512;

    private const string Add =
        "INSERT INTO identity (holder, pseudonym, key) SELECT * FROM unnest($1, $2, $3) ON CONFLICT DO NOTHING";

    private const string OfHolders = "SELECT holder, pseudonym, key FROM identity WHERE holder = ANY($1)";

    private readonly NpgsqlDataSource _database;
    private readonly SharedQueries<(Holder Holder, Pseudonym? Former), Identity?> _made;
    private readonly SharedQueries<IReadOnlyCollection<Holder>, IReadOnlyDictionary<Holder, Identity>> _found;
    private readonly SharedQueries<Pseudonym, bool> _erased;

    public PostgresVault(NpgsqlDataSource database)
    {
        _database = database;
        // One query at a time of each kind: what comes meanwhile shares the next one.
        _made = new(1, CallersPerQuery, Make);
        _found = new(1, CallersPerQuery, Find);
        _erased = new(1, CallersPerQuery, Erase);
    }

    /// <exception cref="JournalUnavailableException">The database cannot be asked now, or the identity was erased at the same time.</exception>
    public async Task<Identity> Of(Holder holder, Pseudonym? former) =>
        await _made.Ask((holder, former)) ?? throw new JournalUnavailableException("The identity is made and erased at the same time.");

    public Task<IReadOnlyDictionary<Holder, Identity>> Find(IReadOnlyCollection<Holder> holders) => _found.Ask(holders);

    public Task Erase(Pseudonym pseudonym) => _erased.Ask(pseudonym);

    public async ValueTask DisposeAsync()
    {
        await _made.DisposeAsync();
        await _found.DisposeAsync();
        await _erased.DisposeAsync();
    }

    /// <summary>Makes those that are missing. Where another process makes one at the same time, the second statement sees whose is kept.</summary>
    private async Task<IReadOnlyList<Identity?>> Make(IReadOnlyList<(Holder Holder, Pseudonym? Former)> asked)
    {
        // In the order of their names, so that two processes that make the same ones do not wait for each other.
        var made = asked.DistinctBy(one => one.Holder).OrderBy(one => one.Holder.Text, StringComparer.Ordinal).Select(one => (one.Holder, Identity: NewIdentity.Of(one.Former))).ToList();
        string[] holders = [.. made.Select(one => one.Holder.Text)];
        await using var batch = _database.CreateBatch();
        // Each statement is a transaction: what is made is not kept locked until the question for it has been sent, too.
        batch.EnableErrorBarriers = true;
        var add = new NpgsqlBatchCommand(Add);
        add.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = holders });
        add.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. made.Select(one => one.Identity.Pseudonym.Text)] });
        add.Parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = [.. made.Select(one => one.Identity.Key.ToArray())] });
        var find = new NpgsqlBatchCommand(OfHolders);
        find.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = holders });
        batch.BatchCommands.Add(add);
        batch.BatchCommands.Add(find);
        await using var reader = await batch.ExecuteReaderAsync();
        var kept = await Read(reader);
        return [.. asked.Select(one => kept.GetValueOrDefault(one.Holder))];
    }

    private async Task<IReadOnlyList<IReadOnlyDictionary<Holder, Identity>>> Find(IReadOnlyList<IReadOnlyCollection<Holder>> asked)
    {
        await using var find = _database.CreateCommand(OfHolders);
        find.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. asked.SelectMany(holders => holders).Distinct().Select(holder => holder.Text)] });
        await using var reader = await find.ExecuteReaderAsync();
        var found = await Read(reader);
        return [.. asked.Select(holders => holders.Where(found.ContainsKey).Distinct().ToDictionary(holder => holder, holder => found[holder]))];
    }

    private async Task<IReadOnlyList<bool>> Erase(IReadOnlyList<Pseudonym> asked)
    {
        await using var erase = _database.CreateCommand("DELETE FROM identity WHERE pseudonym = ANY($1)");
        erase.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. asked.Select(pseudonym => pseudonym.Text)] });
        await erase.ExecuteNonQueryAsync();
        return [.. asked.Select(_ => true)];
    }

    private static async Task<Dictionary<Holder, Identity>> Read(NpgsqlDataReader reader)
    {
        var found = new Dictionary<Holder, Identity>();
        while (await reader.ReadAsync())
        {
            found[new(reader.GetString(0))] = new(Pseudonym.Parse(reader.GetString(1)), [.. reader.GetFieldValue<byte[]>(2)]);
        }

        return found;
    }
}
