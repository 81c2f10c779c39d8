using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Pool.Hosting;

namespace Pool.Gateway.Availability;

/// <summary>
/// How the door closes: first it says that it is not ready and goes on serving, until those who send it clients have
/// looked; then watches end (their clients go on elsewhere from their cursor), calls under way finish, and no new
/// connection is taken.
/// </summary>
public sealed class Drain(IOptions<PoolOptions> options) : IHostedLifecycleService, IHealthCheck, IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private volatile bool _draining;

    /// <summary>Cancelled when watches must end.</summary>
    public CancellationToken Over => _over.Token;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_draining ? HealthCheckResult.Unhealthy("The gateway is closing.") : HealthCheckResult.Healthy());

    /// <summary>Called before anything stops.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        await Task.Delay(options.Value.Drain, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _over.CancelAsync();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _over.Dispose();
}
