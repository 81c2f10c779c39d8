using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Pool.Hosting;

namespace Pool.Silo.Hosting;

/// <summary>A gateway's way to its cluster: waits for the first silo, and knows whether there is one.</summary>
internal sealed class ClusterConnection(IOptions<PoolOptions> options) : IClientConnectionRetryFilter, IHealthCheck
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(5);

    private readonly long _began = TimeProvider.System.GetTimestamp();
    private TimeSpan _told;
    private volatile int _silos = 1;

    /// <summary>Takes news of how many silos the gateway is connected to; it does not serve before there is one.</summary>
    public void Changed(object? sender, GatewayCountChangedEventArgs change) => _silos = change.NumberOfConnectedGateways;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        var (waited, patience) = (TimeProvider.System.GetElapsedTime(_began), options.Value.DatabasePatience);
        if (waited >= patience)
        {
            throw new StartRefusedException(
                ExitCode.DatabaseUnreachable,
                $"No silo of the cluster '{options.Value.Cluster}' answered within {patience.TotalSeconds:0} s: {exception.Message} Start one; --wait gives it more time.");
        }

        if (waited >= _told)
        {
            _told = waited + ProgressEvery;
            await Console.Error.WriteLineAsync($"pool: waiting for a silo of the cluster '{options.Value.Cluster}' ({waited.TotalSeconds:0} of {patience.TotalSeconds:0} s)");
        }

        await Task.Delay(Pause, cancellationToken);
        return true;
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_silos > 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("No silo is connected."));
}
