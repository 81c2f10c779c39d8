using System.Globalization;
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
    IGrainFactory grains,
    [FromKeyedServices(Clock.Key)] TimeProvider clock,
    IOptions<PoolOptions> options,
    ILogger<WakeUpPump> log) : BackgroundService
{
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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await _slots.WaitAsync(stoppingToken);
                var free = _slots.CurrentCount + 1;
                var due = await journal.ClaimDue(clock.GetUtcNow(), options.Value.WakeUpLease, free);
                foreach (var (stream, i) in due.Select((stream, i) => (stream, i)))
                {
                    if (i > 0)
                    {
                        await _slots.WaitAsync(stoppingToken);
                    }

                    _ = Wake(stream);
                }

                if (due.Count == 0)
                {
                    _slots.Release();
                    await UntilNextDue(stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping; what is due stays due.
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
        if (next is not { } due || due > clock.GetUtcNow())
        {
            await Task.WhenAny(earlier, timer);
        }

        await either.CancelAsync();
    }

    private async Task Wake(string stream)
    {
        try
        {
            await grains.GetGrain<IActorGrain>(GrainId.Parse(stream, CultureInfo.InvariantCulture)).Wake();
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            PoolLog.WakeUpFailed(log, stream, cause);
        }
        finally
        {
            _slots.Release();
        }
    }
}
