using Polly;
using Polly.Retry;
using Pool.EventSourcing;

namespace Pool.Gateway.Availability;

/// <summary>
/// Asks again when a silo was lost, its actor is being loaded elsewhere or the database restarts. Every write carries its
/// request id, so that asking twice is doing once; a client sees only that it took longer.
/// </summary>
public sealed class LostSiloRetry : IOutgoingGrainCallFilter
{
    /// <summary>A killed silo is declared dead within about three seconds, a hung one within about eight.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<Exception>(IsPassing),
            MaxRetryAttempts = int.MaxValue,
            Delay = TimeSpan.FromMilliseconds(50),
            MaxDelay = TimeSpan.FromMilliseconds(500),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
        })
        .Build();

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        using var patience = new CancellationTokenSource(Patience);
        Exception? last = null;
        try
        {
            await _pipeline.ExecuteAsync(async _ =>
            {
                try
                {
                    await context.Invoke();
                }
                catch (Exception cause) when (IsPassing(cause))
                {
                    last = cause;
                    throw;
                }
            }, patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && last is not null)
        {
            throw last;
        }
    }

    /// <summary>Whether the same call may well succeed soon.</summary>
    private static bool IsPassing(Exception cause) =>
        cause is TimeoutException or OrleansException or JournalConflictException or JournalUnavailableException;
}
