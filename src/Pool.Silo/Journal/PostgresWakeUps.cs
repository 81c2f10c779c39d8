using Npgsql;
using Pool.Silo.Database;

namespace Pool.Silo.Journal;

/// <summary>The wake-ups that all silos share: claimed under a lease, past those that another silo is claiming.</summary>
internal sealed class PostgresWakeUps(NpgsqlDataSource database)
{
    private const string ClaimDue =
        """
        UPDATE wakeup SET leased_until = $1 + $2
          FROM (SELECT stream FROM wakeup WHERE claim_at <= $1 ORDER BY claim_at LIMIT $3 FOR UPDATE SKIP LOCKED) due
         WHERE wakeup.stream = due.stream
        RETURNING wakeup.stream, wakeup.due_at
        """;

    private readonly Lock _lock = new();
    private DateTimeOffset? _earliestSet;
    private TaskCompletionSource _set = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc cref="EventSourcing.IJournal.ClaimDue"/>
    public Task<IReadOnlyList<string>> Claim(DateTimeOffset now, TimeSpan lease, int limit) => PostgresDatabase.Read<IReadOnlyList<string>>(async () =>
    {
        await using var command = database.CreateCommand(ClaimDue);
        command.Parameters.Add(new() { Value = now.ToUniversalTime() });
        command.Parameters.Add(new() { Value = lease });
        command.Parameters.Add(new() { Value = (long)limit });
        await using var row = await command.ExecuteReaderAsync();
        var claimed = new List<(string Stream, DateTimeOffset DueAt)>();
        while (await row.ReadAsync())
        {
            claimed.Add((row.GetString(0), row.GetFieldValue<DateTimeOffset>(1)));
        }

        return [.. claimed.OrderBy(wakeUp => wakeUp.DueAt).Select(wakeUp => wakeUp.Stream)];
    });

    /// <inheritdoc cref="EventSourcing.IJournal.NextDue"/>
    public Task<DateTimeOffset?> Next()
    {
        lock (_lock)
        {
            _earliestSet = null;
        }

        return PostgresDatabase.Read(async () =>
        {
            await using var command = database.CreateCommand("SELECT min(claim_at) FROM wakeup");
            return await command.ExecuteScalarAsync() is DateTime next ? new DateTimeOffset(next) : (DateTimeOffset?)null;
        });
    }

    /// <summary>An append of any silo has set a wake-up.</summary>
    public void Set(DateTimeOffset dueAt)
    {
        TaskCompletionSource set;
        lock (_lock)
        {
            _earliestSet = _earliestSet < dueAt ? _earliestSet : dueAt;
            (set, _set) = (_set, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        set.SetResult();
    }

    /// <inheritdoc cref="EventSourcing.IJournal.WaitForWakeUp"/>
    public async Task WaitForEarlier(DateTimeOffset? before, CancellationToken cancellation)
    {
        while (true)
        {
            Task set;
            lock (_lock)
            {
                if (_earliestSet is { } earliest && (before is null || earliest < before))
                {
                    return;
                }

                set = _set.Task;
            }

            await set.WaitAsync(cancellation);
        }
    }
}
