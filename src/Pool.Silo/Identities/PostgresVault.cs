using Npgsql;
using Pool.Identities;
using Pool.Ledgers;

namespace Pool.Silo.Identities;

/// <summary>The vault of a cluster: a table that only silos may read.</summary>
public sealed class PostgresVault(NpgsqlDataSource database) : IVault
{
    public async Task<Identity> Of(Holder holder, Pseudonym? former)
    {
        if ((await Find([holder])).TryGetValue(holder, out var known))
        {
            return known;
        }

        var made = NewIdentity.Of(former);
        await using var add = database.CreateCommand("INSERT INTO identity (holder, pseudonym, key) VALUES ($1, $2, $3) ON CONFLICT (holder) DO NOTHING");
        add.Parameters.Add(new() { Value = holder.Text });
        add.Parameters.Add(new() { Value = made.Pseudonym.Text });
        add.Parameters.Add(new() { Value = made.Key.ToArray() });
        return await add.ExecuteNonQueryAsync() == 1 ? made : (await Find([holder]))[holder];
    }

    public async Task<IReadOnlyDictionary<Holder, Identity>> Find(IReadOnlyCollection<Holder> holders)
    {
        await using var find = database.CreateCommand("SELECT holder, pseudonym, key FROM identity WHERE holder = ANY($1)");
        find.Parameters.Add(new() { Value = holders.Select(holder => holder.Text).ToArray() });
        await using var reader = await find.ExecuteReaderAsync();
        var found = new Dictionary<Holder, Identity>();
        while (await reader.ReadAsync())
        {
            found[new(reader.GetString(0))] = new(Pseudonym.Parse(reader.GetString(1)), [.. reader.GetFieldValue<byte[]>(2)]);
        }

        return found;
    }

    public async Task Erase(Pseudonym pseudonym)
    {
        await using var erase = database.CreateCommand("DELETE FROM identity WHERE pseudonym = $1");
        erase.Parameters.Add(new() { Value = pseudonym.Text });
        await erase.ExecuteNonQueryAsync();
    }
}
