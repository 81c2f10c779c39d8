using Microsoft.Extensions.Options;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Values;

namespace Pool.Silo.WakeUps;

/// <summary>
/// Wakes the actors whose time has come, a bounded number at a time, so that a rush of new demands is dispatched in
/// order and never slows those who post them.
/// </summary>
internal sealed class WakeUpPump(
    IJournal journal,
    Births births,
    IGrainFactory grains,
    [FromKeyedServices(Clock.Key)] TimeProvider clock,
    IOptions<PoolOptions> options,
    ILogger<WakeUpPump> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>What is due and was not claimed is another silo's, whose commit is under way.</summary>
    private static readonly TimeSpan AnotherClaims = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan BetweenClaims = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _slots = new(options.Value.ConcurrentWakeUps);

    /// <summary>Claims nothing more and lets those that are awake finish, within the host's patience.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        for (var slot = 0; slot < options.Value.ConcurrentWakeUps; slot++)
        {
            await _slots.WaitAsync(cancellationToken);
        }
    }

    public override void Dispose()
    {
        _slots.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(PumpBirths(stoppingToken), PumpDue(stoppingToken));

    /// <summary>Wakes those whose streams have just begun here.</summary>
    private async Task PumpBirths(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                var stream = await births.Take(stopping);
                await _slots.WaitAsync(stopping);
                _ = Wake(stream);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host is stopping; their wake-ups in the journal bring them.
        }
    }

    private async Task PumpDue(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PumpUntilFailure(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The host is stopping; what is due stays due.
                return;
            }
            catch (JournalUnavailableException cause)
            {
                PoolLog.WakeUpsFailed(log, cause.Message);
                await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task PumpUntilFailure(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var due = await journal.ClaimDue(clock.GetUtcNow(), options.Value.WakeUpLease, options.Value.WakeUpClaim);
            foreach (var stream in due)
            {
                await _slots.WaitAsync(stopping);
                _ = Wake(stream);
            }

            if (due.Count == 0)
            {
                await UntilNextDue(stopping);
            }
            else if (due.Count < options.Value.WakeUpClaim)
            {
                // Who is due by then is claimed together.
                await Task.Delay(BetweenClaims, stopping);
            }
        }
    }

    private async Task UntilNextDue(CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var next = await journal.NextDue();
        var earlier = journal.WaitForWakeUp(next, either.Token);
        var delay = next - clock.GetUtcNow() ?? Timeout.InfiniteTimeSpan;
        // A timer holds at most some weeks; what lies farther off is looked at again by then.
        var timer = delay == Timeout.InfiniteTimeSpan
            ? Task.Delay(delay, either.Token)
            : Task.Delay(delay < TimeSpan.Zero ? TimeSpan.Zero : delay > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : delay, clock, either.Token);
        // The clock may have moved before the timer stood.
        await (next <= clock.GetUtcNow() ? Task.Delay(AnotherClaims, stopping) : Task.WhenAny(earlier, timer));

        await either.CancelAsync();
    }

    private async Task Wake(string stream)
    {
        try
        {
            await grains.Actor(stream).Wake();
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            PoolLog.WakeUpFailed(log, stream, cause);
        }
        finally
        {
            births.Leave(stream);
            _slots.Release();
        }
    }
}
