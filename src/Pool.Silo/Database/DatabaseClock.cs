using Npgsql;
using Pool.Hosting;

namespace Pool.Silo.Database;

/// <summary>
/// The database's time, which all processes of a cluster share: a silo whose own clock is wrong neither expires a
/// proposal early nor books a hold late. Between two looks it runs on this machine's monotonic counter.
/// </summary>
public sealed class DatabaseClock(NpgsqlDataSource database) : TimeProvider
{
    private const int Looks = 3;

    private Reading? _reading;

    private sealed record Reading(DateTimeOffset Time, long At);

    public override DateTimeOffset GetUtcNow()
    {
        var reading = Volatile.Read(ref _reading) ?? throw new InvalidOperationException("The database's time has not been read.");
        return reading.Time + GetElapsedTime(reading.At);
    }

    /// <summary>How long ago it was read.</summary>
    public TimeSpan Age => Volatile.Read(ref _reading) is { } reading ? GetElapsedTime(reading.At) : TimeSpan.MaxValue;

    /// <summary>Reads the time. The answer is as old as half the way there and back; the quickest of three errs least.</summary>
    public async Task Read(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        var (best, shortest) = ((Reading?)null, TimeSpan.MaxValue);
        for (var look = 0; look < Looks; look++)
        {
            var asked = GetTimestamp();
            var time = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellation))!);
            var took = GetElapsedTime(asked);
            if (took < shortest)
            {
                (best, shortest) = (new(time + (took / 2), GetTimestamp()), took);
            }
        }

        Volatile.Write(ref _reading, best);
    }
}

/// <summary>Keeps the clock by the database's, whatever this machine's counter does.</summary>
internal sealed class DatabaseClockKeeper(DatabaseClock clock, ILogger<DatabaseClockKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await clock.Read(stoppingToken);
            }
            catch (Exception cause) when (PostgresDatabase.IsUnavailable(cause) && !stoppingToken.IsCancellationRequested)
            {
                // The counter goes on.
                PoolLog.ClockFailed(log, cause.Message);
            }
        }
    }
}
