using Npgsql;

namespace Pool.Benchmarks.Opponents;

/// <summary>The fair and hard one: each command is one PL/pgSQL function, so one statement, one round trip and one transaction.</summary>
internal sealed class SqlFunctionsDispatch(NpgsqlDataSource database) : IDispatch
{
    private const string PostSql = $"SELECT {SqlTables.Columns} FROM post_demand($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

    private static readonly string[] Verbs =
    [
        $"SELECT {SqlTables.Columns} FROM accept_proposal($1, $2, $3, $4, $5, $6)",
        $"SELECT {SqlTables.Columns} FROM start_assignment($1, $2, $3, $4, $5, $6)",
        $"SELECT {SqlTables.Columns} FROM complete_assignment($1, $2, $3, $4, $5, $6)",
        $"SELECT {SqlTables.Columns} FROM confirm_assignment($1, $2, $3, $4, $5, $6)",
    ];

    public Task CreateStreet(string code, string name, IReadOnlyList<string> neighbours) => SqlTables.CreateStreet(database, code, name, neighbours);

    public Task CreateCommunity(string street, string code, string name) => SqlTables.CreateCommunity(database, street, code, name);

    public Task CreatePartner(string community, string id, string name, int capacity) => SqlTables.CreatePartner(database, community, id, name, capacity);

    public Task CreateOffer(OfferTerms offer) => SqlTables.CreateOffer(database, offer);

    public Task<DemandRow> Post(DemandTerms terms) => Call(
        PostSql,
        new NpgsqlParameter<Guid> { TypedValue = terms.Id },
        new NpgsqlParameter<long> { TypedValue = terms.Fingerprint },
        new NpgsqlParameter<string> { TypedValue = terms.Community },
        new NpgsqlParameter<string> { TypedValue = terms.Title },
        new NpgsqlParameter<string> { TypedValue = terms.Skill },
        new NpgsqlParameter<int> { TypedValue = terms.MinLevel },
        new NpgsqlParameter<DateTime> { TypedValue = terms.Opens },
        new NpgsqlParameter<DateTime> { TypedValue = terms.Closes },
        new NpgsqlParameter<int> { TypedValue = terms.Duration },
        new NpgsqlParameter<int> { TypedValue = terms.Reach });

    public Task<DemandRow> Do(Verb verb, Deed deed) => Call(
        Verbs[(int)verb],
        new NpgsqlParameter<Guid> { TypedValue = deed.Request },
        new NpgsqlParameter<long> { TypedValue = deed.Fingerprint },
        new NpgsqlParameter<Guid> { TypedValue = deed.Demand },
        new NpgsqlParameter<int> { TypedValue = deed.Number },
        new NpgsqlParameter<string> { TypedValue = deed.Actor },
        new NpgsqlParameter<int> { TypedValue = deed.Minutes });

    private async Task<DemandRow> Call(string sql, params NpgsqlParameter[] values)
    {
        try
        {
            await using var command = database.CreateCommand(sql);
            command.Parameters.AddRange(values);
            await using var row = await command.ExecuteReaderAsync();
            await row.ReadAsync();
            return SqlTables.Read(row);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.RaiseException)
        {
            throw new RefusedException(refused.MessageText);
        }
    }
}
