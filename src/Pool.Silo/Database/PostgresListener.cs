using Npgsql;
using Pool.Hosting;

namespace Pool.Silo.Database;

/// <summary>
/// Hears what other processes notify, on a connection of its own. Whoever listens is told too when the connection has
/// come (back): what was said meanwhile was missed, and must be looked up.
/// </summary>
internal sealed class PostgresListener : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly NpgsqlDataSource _database;
    private readonly string _channel;
    private readonly Action<string?> _heard;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _listening;

    /// <param name="heard">Takes a notification's payload; null when the connection has come. It must not block.</param>
    public PostgresListener(NpgsqlDataSource database, string channel, Action<string?> heard, ILogger log)
    {
        (_database, _channel, _heard, _log) = (database, channel, heard, log);
        _listening = Task.Run(Listen);
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
            catch (Exception cause) when (PostgresDatabase.IsUnavailable(cause))
            {
                PoolLog.ListenerFailed(_log, _channel, cause.Message);
                await Task.Delay(Pause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenUntilFailure(CancellationToken stopping)
    {
        await using var connection = await _database.OpenConnectionAsync(stopping);
        connection.Notification += (_, said) => _heard(said.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN {_channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(stopping);
        }

        _heard(null);
        while (true)
        {
            await connection.WaitAsync(stopping);
        }
    }
}
