using Npgsql;
using Pool.Hosting;
using Pool.Silo.Hosting;

namespace Pool.Silo.Database;

/// <summary>
/// Hears what other processes notify, on a connection of its own. Any role may notify, so that what is heard is only a
/// reason to look; and so is a connection that has come (back), because what was said meanwhile was missed.
/// </summary>
internal sealed class PostgresListener : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly NpgsqlDataSource _database;
    private readonly string _channel;
    private readonly Func<string?, int, bool> _heard;
    private readonly Func<Task> _look;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _listening;

    /// <param name="heard">Takes a notification's payload, null when the connection has come, and the server process of whoever notified. It says whether to look, and must not block.</param>
    /// <param name="look">Asks the database. What is notified meanwhile is heard afterwards.</param>
    public PostgresListener(NpgsqlDataSource database, string channel, Func<string?, int, bool> heard, Func<Task> look, ILogger log)
    {
        (_database, _channel, _heard, _look, _log) = (database, channel, heard, look, log);
        _listening = VitalLoop.Run(Listen);
    }

    public async ValueTask DisposeAsync()
    {
        // Whoever holds it may be known under two services, and is then disposed twice.
        if (!_listening.IsCompleted)
        {
            await _stopping.CancelAsync();
            await _listening;
            _stopping.Dispose();
        }
    }

    private async Task Listen()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await ListenUntilFailure(_stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception cause) when (cause is not OutOfMemoryException)
            {
                PoolLog.ListenerFailed(_log, _channel, cause.Message);
                await Task.Delay(Pause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenUntilFailure(CancellationToken stopping)
    {
        await using var connection = await _database.OpenConnectionAsync(stopping);
        var worthALook = true;
        connection.Notification += (_, said) => worthALook |= _heard(said.Payload, said.PID);
        await using (var listen = new NpgsqlCommand($"LISTEN {_channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(stopping);
        }

        _heard(null, 0);
        while (true)
        {
            while (worthALook)
            {
                worthALook = false;
                var again = await LookFails(stopping);
                worthALook |= again;
            }

            await connection.WaitAsync(stopping);
        }
    }

    /// <summary>Whether to look again: this connection goes on hearing, and keeps what it hears meanwhile.</summary>
    private async Task<bool> LookFails(CancellationToken stopping)
    {
        try
        {
            await _look();
            return false;
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            PoolLog.ListenerFailed(_log, _channel, cause.Message);
            await Task.Delay(Pause, stopping);
            return true;
        }
    }
}
