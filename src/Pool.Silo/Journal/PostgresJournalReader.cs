using Npgsql;
using Pool.EventSourcing;
using Pool.Silo.Database;

namespace Pool.Silo.Journal;

/// <summary>Reads the journal's table. Streams are asked for together: a rush of activations is a few queries.</summary>
internal sealed class PostgresJournalReader : IAsyncDisposable
{
    /// <summary>Queries under way at a time.</summary>
    private const int Queries = 2;

    /// <summary>Reads of old events under way at a time, however many follow from long ago.</summary>
    private const int Followers = 4;

    /// <summary>Questions for the head under way at a time.</summary>
    private const int Heads = 2;

    /// <summary>The most streams in one query.</summary>
    private const int StreamsPerQuery = 512;

    private const string Columns =
        "j.position, j.stream, j.version, j.street, j.type, j.at, j.actor, j.command_id, j.fingerprint, j.trace_parent, j.payload::text";

    /// <summary>LATERAL, so that each stream is found by its index whatever the planner thinks of the number of streams.</summary>
    private const string OfStreams =
        $"""
        SELECT asked.number, {Columns}
          FROM unnest($1, $2, $3) WITH ORDINALITY AS asked (stream, after, most, number)
          JOIN LATERAL (SELECT * FROM journal WHERE journal.stream = asked.stream AND journal.version > asked.after ORDER BY version LIMIT asked.most) j ON true
        """;

    private const string Between = $"SELECT 0, {Columns} FROM journal j WHERE j.position > $1 AND j.position <= $2 ORDER BY j.position LIMIT $3";

    private const string OfStreet =
        $"SELECT 0, {Columns} FROM journal j WHERE j.street = $4 AND j.position > $1 AND j.position <= $2 ORDER BY j.position LIMIT $3";

    private const string Last =
        """
        SELECT position, stream, version, floor(extract(epoch FROM at) * 1000)::bigint, is_in_journal($1, $2, $3, $4)
          FROM journal ORDER BY position DESC LIMIT 1
        """;

    private readonly NpgsqlDataSource _database;
    private readonly SemaphoreSlim _followers = new(Followers);
    private readonly SemaphoreSlim _heads = new(Heads);
    private readonly SharedQueries<Asked, IReadOnlyList<JournalRecord>> _streams;

    public PostgresJournalReader(NpgsqlDataSource database)
    {
        _database = database;
        _streams = new(Queries, StreamsPerQuery, Streams);
    }

    /// <summary>Up to so many events of a stream after a version.</summary>
    public Task<IReadOnlyList<JournalRecord>> Stream(string stream, long after, int limit) => _streams.Ask(new(stream, after, limit));

    /// <summary>Up to so many events after a position and up to another, of one street if it is named.</summary>
    public Task<List<JournalRecord>> After(long position, long upTo, int limit, string? street) => PostgresDatabase.Read(_followers, async () =>
    {
        await using var command = _database.CreateCommand(street is null ? Between : OfStreet);
        command.Parameters.Add(new() { Value = position });
        command.Parameters.Add(new() { Value = upTo });
        command.Parameters.Add(new() { Value = (long)limit });
        if (street is not null)
        {
            command.Parameters.Add(new() { Value = street });
        }

        return (await Rows(command)).ConvertAll(row => row.Record);
    });

    /// <summary>The mark of the last event.</summary>
    /// <param name="known">An event that must be there.</param>
    /// <exception cref="JournalSetBackException">It is not.</exception>
    /// <exception cref="JournalUnavailableException">The database cannot be read.</exception>
    public Task<JournalMark> End(JournalMark known) => PostgresDatabase.Read(_heads, () => End(_database, known));

    /// <summary>The same, of any database.</summary>
    public static async Task<JournalMark> End(NpgsqlDataSource database, JournalMark known)
    {
        await using var command = database.CreateCommand(Last);
        PostgresJournalWriter.Mark(command, known);
        await using var row = await command.ExecuteReaderAsync();
        var end = await row.ReadAsync() ? new(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3)) : JournalMark.Start;
        return known == JournalMark.Start || (end != JournalMark.Start && row.GetBoolean(4)) ? end : throw new JournalSetBackException(known);
    }

    public async ValueTask DisposeAsync()
    {
        await _streams.DisposeAsync();
        _followers.Dispose();
        _heads.Dispose();
    }

    private async Task<IReadOnlyList<IReadOnlyList<JournalRecord>>> Streams(IReadOnlyList<Asked> batch)
    {
        await using var command = _database.CreateCommand(OfStreams);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. batch.Select(asked => asked.Stream)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. batch.Select(asked => asked.After)] });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. batch.Select(asked => asked.Limit)] });
        var found = (await Rows(command)).ToLookup(row => row.Number, row => row.Record);
        return [.. Enumerable.Range(1, batch.Count).Select(number => (IReadOnlyList<JournalRecord>)[.. found[number].OrderBy(record => record.Version)])];
    }

    private static async Task<List<(long Number, JournalRecord Record)>> Rows(NpgsqlCommand command)
    {
        var rows = new List<(long, JournalRecord)>();
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            rows.Add((row.GetFieldValue<long>(0), new(
                row.GetInt64(1),
                row.GetString(2),
                row.GetInt64(3),
                row.IsDBNull(4) ? null : row.GetString(4),
                row.GetString(5),
                row.GetFieldValue<DateTimeOffset>(6),
                row.GetString(7),
                row.IsDBNull(8) ? null : row.GetGuid(8),
                row.GetInt64(9),
                row.IsDBNull(10) ? null : row.GetString(10),
                row.GetString(11))));
        }

        return rows;
    }

    private readonly record struct Asked(string Stream, long After, int Limit);
}
