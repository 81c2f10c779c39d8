using System.Data;
using Npgsql;
using NpgsqlTypes;
using Pool.EventSourcing;

namespace Pool.Silo.Journal;

/// <summary>
/// Writes batches of appends, each batch in one statement, which is one transaction, on a connection that it keeps: no
/// number of readers can take it away. Used by one caller at a time.
/// </summary>
internal sealed class PostgresJournalWriter(NpgsqlDataSource database) : IAsyncDisposable
{
    private const string Append =
        "SELECT head_before, losers FROM append_all($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";

    /// <summary>append_all's own SQLSTATE for a journal that has not what its caller knows of.</summary>
    private const string IsSetBack = "PJ001";

    private NpgsqlConnection? _connection;

    /// <summary>The server process of its connection, which is whom others hear of its commits; null without one.</summary>
    public int? ProcessId => _connection is { FullState: ConnectionState.Open } open ? open.ProcessID : null;

    /// <summary>
    /// Commits what the fence lets through, and marks the rest, and what rests on it, as conflicts. An append that the database
    /// refuses (its content, not its version) takes nobody else with it: they are then committed one by one.
    /// </summary>
    /// <param name="known">The last event that this process knows of.</param>
    /// <returns>The events as they stand in the journal.</returns>
    /// <exception cref="JournalSetBackException">The journal does not have that event.</exception>
    /// <exception cref="NpgsqlException">The database is not there, or did not answer: the outcome is unknown.</exception>
    public async Task<IReadOnlyList<JournalRecord>> Commit(PostgresBatch batch, JournalMark known)
    {
        try
        {
            return await CommitTogether(batch, known);
        }
        catch (PostgresException refused) when (batch.Appends.Count > 1 && !refused.IsTransient && IsAboutContent(refused))
        {
            var written = new List<JournalRecord>();
            foreach (var pending in batch.Appends)
            {
                written.AddRange(await CommitAlone(pending, known));
            }

            return written;
        }
    }

    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? default;

    /// <summary>Classes 22 (data exception) and 23 (integrity constraint violation) of SQLSTATE.</summary>
    private static bool IsAboutContent(PostgresException refused) =>
        refused.SqlState.StartsWith("22", StringComparison.Ordinal) || refused.SqlState.StartsWith("23", StringComparison.Ordinal);

    private async Task<IReadOnlyList<JournalRecord>> CommitAlone(PendingAppend pending, JournalMark known)
    {
        try
        {
            return await CommitTogether(PostgresBatch.Of([pending]), known);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            pending.Lose();
            return [];
        }
        catch (PostgresException refused) when (IsAboutContent(refused))
        {
            pending.Fail(refused);
            return [];
        }
    }

    /// <summary>Where some lose nothing is written, and the others are tried again without them.</summary>
    private async Task<IReadOnlyList<JournalRecord>> CommitTogether(PostgresBatch batch, JournalMark known)
    {
        while (true)
        {
            batch = batch.WithoutLost();
            if (batch.Appends.Count == 0)
            {
                return [];
            }

            var (head, losers) = await Write(batch, known);
            if (losers.Length == 0)
            {
                return batch.Records(head);
            }

            Array.ForEach(losers, loser => batch.Runs[loser - 1].Appends.ForEach(pending => pending.Lose()));
        }
    }

    private async Task<(long HeadBefore, int[] Losers)> Write(PostgresBatch batch, JournalMark known)
    {
        await using var command = new NpgsqlCommand(Append, await Connection());
        Bind(command, batch);
        Mark(command, known);
        await using var row = await Execute(command, known);
        await row.ReadAsync();
        return (row.GetInt64(0), row.GetFieldValue<int[]>(1));
    }

    private static async Task<NpgsqlDataReader> Execute(NpgsqlCommand append, JournalMark known)
    {
        try
        {
            return await append.ExecuteReaderAsync();
        }
        catch (PostgresException setBack) when (setBack.SqlState == IsSetBack)
        {
            throw new JournalSetBackException(known);
        }
    }

    /// <summary>A connection that failed is closed by then, and a new one opened.</summary>
    private async Task<NpgsqlConnection> Connection()
    {
        if (_connection is not { FullState: ConnectionState.Open })
        {
            await DisposeAsync();
            _connection = null;
            _connection = await database.OpenConnectionAsync();
        }

        return _connection;
    }

    /// <summary>Adds the last parameters of a question for an event.</summary>
    public static void Mark(NpgsqlCommand command, JournalMark known)
    {
        command.Parameters.Add(new() { Value = known.Position });
        command.Parameters.Add(new() { Value = known.Stream });
        command.Parameters.Add(new() { Value = known.Version });
        command.Parameters.Add(new() { Value = known.At });
    }

    private static void Bind(NpgsqlCommand command, PostgresBatch batch)
    {
        Add(NpgsqlDbType.Text, batch.Runs.Select(run => run.Stream));
        Add(NpgsqlDbType.Bigint, batch.Runs.Select(run => run.Base));

        // The positions are the database's to give; here nobody needs them.
        var events = batch.Records(0);
        Add(NpgsqlDbType.Text, events.Select(happened => happened.Stream));
        Add(NpgsqlDbType.Bigint, events.Select(happened => happened.Version));
        Add(NpgsqlDbType.Text, events.Select(happened => happened.Street));
        Add(NpgsqlDbType.Text, events.Select(happened => happened.Type));
        Add(NpgsqlDbType.TimestampTz, events.Select(happened => happened.At.ToUniversalTime()));
        Add(NpgsqlDbType.Text, events.Select(happened => happened.Actor));
        Add(NpgsqlDbType.Uuid, events.Select(happened => happened.CommandId));
        Add(NpgsqlDbType.Bigint, events.Select(happened => happened.Fingerprint));
        Add(NpgsqlDbType.Text, events.Select(happened => happened.TraceParent));
        Add(NpgsqlDbType.Text, batch.Appends.SelectMany(pending => pending.Append.Entries.Select(entry => entry.Payload)));

        var waking = batch.Runs.Where(run => run.WakeUp.DueAt is not null).ToList();
        var dues = waking.ConvertAll(run => WakeAt.Read(WakeAt.Write(run.WakeUp.DueAt)));
        Add(NpgsqlDbType.Text, waking.Select(run => run.Stream));
        Add(NpgsqlDbType.TimestampTz, dues);
        command.Parameters.Add(new() { Value = dues.Min() is { } earliest ? earliest : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        Add(NpgsqlDbType.Text, batch.Runs.Where(run => run.WakeUp is { Changes: true, DueAt: null }).Select(run => run.Stream));

        void Add<T>(NpgsqlDbType type, IEnumerable<T> values) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. values], NpgsqlDbType = NpgsqlDbType.Array | type });
    }
}

/// <summary>What one commit appends to one stream: each append goes on where the one before it ends.</summary>
internal sealed class PostgresRun(JournalAppend first)
{
    public string Stream => first.Stream;

    /// <summary>The version at which the stream must be.</summary>
    public long Base => first.ExpectedVersion;

    /// <summary>The version at which the stream will be.</summary>
    public long End { get; private set; } = first.ExpectedVersion;

    public List<PendingAppend> Appends { get; } = [];

    /// <summary>The last change of the wake-up is the one that counts.</summary>
    public WakeUpChange WakeUp { get; private set; }

    public void Add(PendingAppend pending)
    {
        Appends.Add(pending);
        End += pending.Append.Entries.Length;
        WakeUp = pending.Append.WakeUp.Changes ? pending.Append.WakeUp : WakeUp;
    }
}

/// <summary>Appends that share a commit, in order, gathered into runs.</summary>
internal sealed class PostgresBatch
{
    private readonly Dictionary<string, int> _numbers = [];

    /// <summary>A run's number is its place here, counted from 1 as the database counts.</summary>
    public List<PostgresRun> Runs { get; } = [];

    public List<PendingAppend> Appends { get; } = [];

    public static PostgresBatch Of(IEnumerable<PendingAppend> appends)
    {
        var batch = new PostgresBatch();
        foreach (var pending in appends)
        {
            batch.TryAdd(pending);
        }

        return batch;
    }

    /// <summary>The same without those who are lost by now.</summary>
    public PostgresBatch WithoutLost()
    {
        if (!Appends.Exists(pending => pending.Append.IsLost))
        {
            return this;
        }

        // In order: who rests on one that is lost comes after it.
        foreach (var pending in Appends.Where(pending => pending.Append.IsLost))
        {
            pending.Lose();
        }

        return Of(Appends.Where(pending => !pending.Conflict));
    }

    /// <summary>Its events as they stand in the journal behind a position.</summary>
    public List<JournalRecord> Records(long after)
    {
        var records = new List<JournalRecord>();
        foreach (var pending in Appends)
        {
            records.AddRange(pending.Records(after + records.Count));
        }

        return records;
    }

    /// <summary>Takes an append, unless it contradicts an earlier one of its stream: which of them is right, the earlier's commit shows.</summary>
    public bool TryAdd(PendingAppend pending)
    {
        var append = pending.Append;
        if (!_numbers.TryGetValue(append.Stream, out var number))
        {
            Runs.Add(new(append));
            _numbers[append.Stream] = number = Runs.Count;
        }

        var run = Runs[number - 1];
        if (run.End != append.ExpectedVersion)
        {
            return false;
        }

        run.Add(pending);
        Appends.Add(pending);
        return true;
    }
}
