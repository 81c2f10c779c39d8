using Npgsql;
using Pool.Benchmarks.Arena;

namespace Pool.Benchmarks.Opponents;

/// <summary>One transaction a command, its statements sent from here; those that need no answer of one before travel together.</summary>
internal sealed class SqlDispatch(NpgsqlDataSource database) : IDispatch
{
    private const string Answer =
        $"SELECT {SqlTables.Columns} FROM demand LEFT JOIN proposal ON proposal.demand = demand.id WHERE id = $1 ORDER BY number DESC LIMIT 1";

    /// <summary>Who may serve in the demand's community, its street, and the streets beside it.</summary>
    private static readonly string[] Rings =
    [
        Ring("o.community = $3"),
        Ring("o.street = left($3, 9) AND o.community <> $3"),
        Ring("o.reach >= 2 AND o.street = ANY (SELECT unnest(neighbours) FROM street WHERE code = left($3, 9))"),
    ];

    private const string Lock = "SELECT FROM partner WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED";

    private const string Wait = "SELECT FROM partner WHERE id = $1 FOR NO KEY UPDATE";

    /// <summary>The earliest half hour at which the partner has time, and the lane that is free then; nothing for who was asked before.</summary>
    private const string FirstSlot =
        """
        SELECT slot, lane
          FROM generate_series(date_bin('30 minutes', $1::timestamptz + interval '30 minutes' - interval '1 microsecond', '2000-01-01Z'), $2::timestamptz - make_interval(mins => $3), interval '30 minutes') AS slot
         CROSS JOIN LATERAL (SELECT lane FROM generate_series(1, $4) AS lanes (lane)
                              WHERE NOT EXISTS (SELECT FROM booking b WHERE b.partner = $5 AND b.lane = lanes.lane AND b.during && tstzrange(slot, slot + make_interval(mins => $3))) LIMIT 1) AS free
         WHERE $6 @> int4range(week_minute(slot), week_minute(slot) + $3)
           AND ($7 = 1 OR NOT EXISTS (SELECT FROM proposal WHERE demand = $8 AND proposal.partner = $5)) LIMIT 1
        """;

    private static readonly TimeSpan Expiry = TimeSpan.FromMinutes(ArenaWorld.Expiry);

    public Task CreateStreet(string code, string name, IReadOnlyList<string> neighbours) => SqlTables.CreateStreet(database, code, name, neighbours);

    public Task CreateCommunity(string street, string code, string name) => SqlTables.CreateCommunity(database, street, code, name);

    public Task CreatePartner(string community, string id, string name, int capacity) => SqlTables.CreatePartner(database, community, id, name, capacity);

    public Task CreateOffer(OfferTerms offer) => SqlTables.CreateOffer(database, offer);

    public Task<DemandRow> Post(DemandTerms terms) => InTransaction(async connection =>
    {
        var insert = Statement(
            """
            INSERT INTO demand (id, fingerprint, community, title, skill, min_level, opens, closes, duration, reach)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
            """,
            terms.Id, terms.Fingerprint, terms.Community, terms.Title, terms.Skill, terms.MinLevel, terms.Opens, terms.Closes, terms.Duration, terms.Reach);
        var home = await All(connection, [insert, InRing(0, terms)], row => new Candidate(row));
        var answer = (insert.RecordsAffected == 1 ? await Propose(connection, terms, 1, home) : null) ?? await Read(connection, terms.Id);
        return answer.Terms.Fingerprint == terms.Fingerprint ? answer : throw new RefusedException("The request id was used for another request.");
    });

    public async Task<DemandRow> Do(Verb verb, Deed deed)
    {
        try
        {
            return await InTransaction(connection => verb switch
            {
                Verb.Accept => Do(connection, deed, [Request(deed), Step(deed, "step = 2, accepted_at = now()", "step = 1 AND expires_at > now()"), Booked(deed)]),
                Verb.Start => Do(connection, deed, [Request(deed), Step(deed, "step = 3, started_at = now()", "step = 2")]),
                Verb.Complete => Do(connection, deed, [Request(deed), Step(deed, "step = 4, completed_at = now(), partner_minutes = $4", "step = 3", deed.Minutes)]),
                Verb.Confirm => Confirm(connection, deed),
            });
        }
        catch (RepeatedException)
        {
            return await InTransaction(async connection => await First<long>(connection, "SELECT fingerprint FROM request WHERE id = $1", deed.Request) == deed.Fingerprint
                ? await Read(connection, deed.Demand)
                : throw new RefusedException("The request id was used for another request."));
        }
    }

    /// <summary>Ends proposals whose time is over, and asks the next candidate.</summary>
    public async Task Expire(int most)
    {
        await InTransaction(async connection =>
        {
            var lapsed = await All(
                connection, "SELECT demand, number FROM booking WHERE held_until <= now() ORDER BY held_until LIMIT $1 FOR UPDATE SKIP LOCKED",
                row => (Demand: row.GetGuid(0), Number: row.GetInt32(1)), most);
            foreach (var (demand, number) in lapsed)
            {
                await Execute(connection, "DELETE FROM booking WHERE demand = $1 AND number = $2", demand, number);
                await Execute(connection, "UPDATE proposal SET step = 7 WHERE demand = $1 AND number = $2", demand, number);
                var terms = (await Read(connection, demand)).Terms;
                if (terms.Closes > DateTime.UtcNow)
                {
                    await Propose(connection, terms, number + 1, await All(connection, [InRing(0, terms)], row => new Candidate(row)));
                }
            }

            return lapsed.Count;
        });
    }

    private static string Ring(string ring) =>
        $"""
        SELECT p.id, p.community, o.id, o.open, p.capacity FROM offer o JOIN partner p ON p.id = o.partner
         WHERE o.skill = $1 AND o.level >= $2 AND {ring} ORDER BY p.minutes_served, o.level, o.partner LIMIT 16
        """;

    private static NpgsqlBatchCommand InRing(int ring, DemandTerms terms) => Statement(Rings[ring], terms.Skill, terms.MinLevel, terms.Community);

    /// <param name="home">The candidates of the community.</param>
    /// <returns>The demand with its proposal; null where nobody has time.</returns>
    private static async Task<DemandRow?> Propose(NpgsqlConnection connection, DemandTerms terms, int number, List<Candidate> home)
    {
        for (var ring = 0; ring <= Math.Min(terms.Reach, Rings.Length - 1); ring++)
        {
            var candidates = ring == 0 ? home : await All(connection, [InRing(ring, terms)], row => new Candidate(row));

            // A partner whom another search holds just now is left to it, unless nobody else is free.
            foreach (var locking in (string[])[Lock, Wait])
            {
                foreach (var candidate in candidates)
                {
                    if (await TryPropose(connection, terms, number, ring, candidate, locking) is { } proposed)
                    {
                        return proposed;
                    }
                }
            }
        }

        return null;
    }

    private static async Task<DemandRow?> TryPropose(NpgsqlConnection connection, DemandTerms terms, int number, int ring, Candidate candidate, string locking)
    {
        if (await FirstFree(connection, terms, number, candidate, locking) is not var (slot, lane))
        {
            return null;
        }

        var (ends, expires) = (slot.AddMinutes(terms.Duration), DateTime.UtcNow + Expiry);
        return (await All(
            connection,
            [
                Statement(
                    "INSERT INTO booking (demand, number, partner, lane, during, held_until) VALUES ($1, $2, $3, $4, tstzrange($5, $6), $7)",
                    terms.Id, number, candidate.Partner, lane, slot, ends, expires),
                Statement(
                    "INSERT INTO proposal (demand, number, partner, partner_community, offer, ring, starts, ends, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                    terms.Id, number, candidate.Partner, candidate.Community, candidate.Offer, ring, slot, ends, expires),
                Statement(Answer, terms.Id),
            ],
            SqlTables.Read))[0];
    }

    /// <summary>One round trip: the partner's lock, and what is free under it; null where there is no lock or no time.</summary>
    private static async Task<(DateTime Slot, int Lane)?> FirstFree(NpgsqlConnection connection, DemandTerms terms, int number, Candidate candidate, string locking)
    {
        await using var batch = Batch(
            connection,
            [
                Statement(locking, candidate.Partner),
                Statement(FirstSlot, terms.Opens, terms.Closes, terms.Duration, candidate.Capacity, candidate.Partner, candidate.Open, number, terms.Id),
            ]);
        await using var row = await batch.ExecuteReaderAsync();
        return await row.ReadAsync() && await row.NextResultAsync() && await row.ReadAsync() ? (row.GetDateTime(0), row.GetInt32(1)) : null;
    }

    /// <summary>One round trip: the request, what it changes, and the answer.</summary>
    /// <param name="statements">The request first, and then what must change a row, or it is refused.</param>
    /// <exception cref="RepeatedException">The request was made before.</exception>
    private static async Task<DemandRow> Do(NpgsqlConnection connection, Deed deed, NpgsqlBatchCommand[] statements)
    {
        await using var batch = Batch(connection, [.. statements, Statement(Answer, deed.Demand)]);
        await using var row = await batch.ExecuteReaderAsync();
        if (statements[0].RecordsAffected == 0)
        {
            throw new RepeatedException();
        }

        return statements[1].RecordsAffected > 0 && await row.ReadAsync() ? SqlTables.Read(row) : throw new RefusedException("That cannot be done now.");
    }

    private static NpgsqlBatchCommand Request(Deed deed) => Statement("INSERT INTO request VALUES ($1, $2) ON CONFLICT DO NOTHING", deed.Request, deed.Fingerprint);

    private static NpgsqlBatchCommand Booked(Deed deed) => Statement("UPDATE booking SET held_until = NULL WHERE demand = $1 AND number = $2", deed.Demand, deed.Number);

    private static NpgsqlBatchCommand Step(Deed deed, string change, string state, params object[] values) =>
        Statement($"UPDATE proposal SET {change} WHERE demand = $1 AND number = $2 AND partner = $3 AND {state}", [deed.Demand, deed.Number, deed.Actor, .. values]);

    /// <summary>Minutes that agree within a quarter of an hour are settled at their average; others are disputed.</summary>
    private static async Task<DemandRow> Confirm(NpgsqlConnection connection, Deed deed)
    {
        var reports = await All(
            connection,
            """
            SELECT p.partner, p.partner_minutes FROM proposal p JOIN demand d ON d.id = p.demand
             WHERE p.demand = $1 AND p.number = $2 AND d.community = $3 AND p.step = 4 FOR NO KEY UPDATE OF p
            """,
            row => (Partner: row.GetString(0), Minutes: row.GetInt32(1)), deed.Demand, deed.Number, deed.Actor);
        if (reports is not [var (partner, minutes)])
        {
            // Nothing is changed by a request that was made before, and one that was not is refused.
            return await Do(connection, deed, [Request(deed), Statement("UPDATE proposal SET step = step WHERE false")]);
        }

        if (Math.Abs(minutes - deed.Minutes) > 15)
        {
            return await Do(connection, deed, [Request(deed), Statement("UPDATE proposal SET step = 6, community_minutes = $3 WHERE demand = $1 AND number = $2", deed.Demand, deed.Number, deed.Minutes)]);
        }

        var agreed = (minutes + deed.Minutes) / 2;
        return await Do(
            connection, deed,
            [
                Request(deed),
                Statement(
                    """
                    WITH entered AS (INSERT INTO entry (demand, proposal, partner, minutes) VALUES ($1, $2, $3, $4) RETURNING number)
                    UPDATE proposal SET step = 5, settled_at = now(), community_minutes = $5, agreed_minutes = $4, entry = (SELECT number FROM entered) WHERE demand = $1 AND number = $2
                    """,
                    deed.Demand, deed.Number, partner, agreed, deed.Minutes),
                Statement("UPDATE partner SET minutes_served = minutes_served + $2 WHERE id = $1", partner, agreed),
                Statement("DELETE FROM booking WHERE demand = $1 AND number = $2", deed.Demand, deed.Number),
            ]);
    }

    private async Task<T> InTransaction<T>(Func<NpgsqlConnection, Task<T>> work)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var done = await work(connection);
        await transaction.CommitAsync();
        return done;
    }

    private static async Task<DemandRow> Read(NpgsqlConnection connection, Guid demand) => (await All(connection, Answer, SqlTables.Read, demand))[0];

    private static async Task<int> Execute(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = Command(connection, sql, values);
        return await command.ExecuteNonQueryAsync();
    }

    private static async Task<T> First<T>(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = Command(connection, sql, values);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private static Task<List<T>> All<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, params object[] values) =>
        All(connection, [Statement(sql, values)], read);

    /// <summary>One round trip; of its statements the last alone has rows.</summary>
    private static async Task<List<T>> All<T>(NpgsqlConnection connection, NpgsqlBatchCommand[] statements, Func<NpgsqlDataReader, T> read)
    {
        await using var batch = Batch(connection, statements);
        await using var row = await batch.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await row.ReadAsync())
        {
            rows.Add(read(row));
        }

        return rows;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(Array.ConvertAll(values, value => new NpgsqlParameter { Value = value }));
        return command;
    }

    private static NpgsqlBatch Batch(NpgsqlConnection connection, NpgsqlBatchCommand[] statements)
    {
        var batch = new NpgsqlBatch(connection);
        Array.ForEach(statements, batch.BatchCommands.Add);
        return batch;
    }

    private static NpgsqlBatchCommand Statement(string sql, params object[] values)
    {
        var statement = new NpgsqlBatchCommand(sql);
        statement.Parameters.AddRange(Array.ConvertAll(values, value => new NpgsqlParameter { Value = value }));
        return statement;
    }

    private sealed class RepeatedException : Exception;

    private sealed class Candidate(NpgsqlDataReader row)
    {
        public string Partner { get; } = row.GetString(0);

        public string Community { get; } = row.GetString(1);

        public string Offer { get; } = row.GetString(2);

        public NpgsqlTypes.NpgsqlRange<int>[] Open { get; } = row.GetFieldValue<NpgsqlTypes.NpgsqlRange<int>[]>(3);

        public int Capacity { get; } = row.GetInt32(4);
    }
}
