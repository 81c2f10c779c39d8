using Npgsql;
using NpgsqlTypes;

namespace Pool.Benchmarks.Opponents;

/// <summary>The tables of the two opponents in SQL: what is seldom written, and how a demand is read.</summary>
internal static class SqlTables
{
    /// <summary>The columns of an answer, in the order in which they are read.</summary>
    public const string Columns =
        """
        id, fingerprint, community, title, skill, min_level, opens, closes, duration, reach, posted_at, number, partner, partner_community, offer, ring,
        starts, ends, made_at, expires_at, step, accepted_at, started_at, completed_at, settled_at, partner_minutes, community_minutes, agreed_minutes, entry
        """;

    /// <param name="name">Of a script beside the opponents.</param>
    public static string Script(string name)
    {
        using var script = typeof(SqlTables).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"There is no {name}.");
        using var reader = new StreamReader(script);
        return reader.ReadToEnd();
    }

    public static async Task Create(NpgsqlDataSource database, params IEnumerable<string> scripts)
    {
        foreach (var script in scripts)
        {
            await using var create = database.CreateCommand(Script(script));
            await create.ExecuteNonQueryAsync();
        }
    }

    public static Task CreateStreet(NpgsqlDataSource database, string code, string name, IReadOnlyList<string> neighbours) =>
        Execute(database, "INSERT INTO street VALUES ($1, $2, $3)", new() { Value = code }, new() { Value = name }, new() { Value = neighbours.ToArray() });

    public static Task CreateCommunity(NpgsqlDataSource database, string street, string code, string name) =>
        Execute(database, "INSERT INTO community VALUES ($1, $2, $3)", new() { Value = code }, new() { Value = street }, new() { Value = name });

    public static Task CreatePartner(NpgsqlDataSource database, string community, string id, string name, int capacity) => Execute(
        database, "INSERT INTO partner (id, community, name, capacity) VALUES ($1, $2, $3, $4)",
        new() { Value = id }, new() { Value = community }, new() { Value = name }, new() { Value = capacity });

    public static Task CreateOffer(NpgsqlDataSource database, OfferTerms offer) => Execute(
        database, "INSERT INTO offer SELECT $1, $2, community, left(community, 9), $3, $4, $5, $6 FROM partner WHERE id = $1",
        new() { Value = offer.Partner }, new() { Value = offer.Id }, new() { Value = offer.Skill }, new() { Value = offer.Level }, new() { Value = offer.Reach },
        new() { Value = offer.Open.Select(open => new NpgsqlRange<int>(open.From, true, open.To, false)).ToArray(), NpgsqlDbType = NpgsqlDbType.IntegerMultirange });

    public static DemandRow Read(NpgsqlDataReader row)
    {
        var terms = new DemandTerms(
            row.GetGuid(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt32(5), row.GetDateTime(6), row.GetDateTime(7), row.GetInt32(8), row.GetInt32(9));
        return new(terms, row.GetDateTime(10), row.IsDBNull(11) ? null : ReadProposal(row));
    }

    private static ProposalRow ReadProposal(NpgsqlDataReader row)
    {
        return new(
            row.GetInt32(11), row.GetString(12), row.GetString(13), row.GetString(14), row.GetInt32(15), row.GetDateTime(16), row.GetDateTime(17), row.GetDateTime(18), row.GetDateTime(19),
            (Step)row.GetInt32(20))
        {
            AcceptedAt = Time(21),
            StartedAt = Time(22),
            CompletedAt = Time(23),
            SettledAt = Time(24),
            PartnerMinutes = Number(25),
            CommunityMinutes = Number(26),
            AgreedMinutes = Number(27),
            Entry = row.IsDBNull(28) ? null : row.GetInt64(28),
        };

        DateTime? Time(int column) => row.IsDBNull(column) ? null : row.GetDateTime(column);

        int? Number(int column) => row.IsDBNull(column) ? null : row.GetInt32(column);
    }

    private static async Task Execute(NpgsqlDataSource database, string sql, params NpgsqlParameter[] values)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(values);
        await command.ExecuteNonQueryAsync();
    }
}
