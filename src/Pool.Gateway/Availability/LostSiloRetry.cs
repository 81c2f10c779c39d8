using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Pool.EventSourcing;
using Pool.Hosting;

namespace Pool.Gateway.Availability;

/// <summary>
/// Asks again when a silo was lost, its actor is being loaded elsewhere or the database restarts. Every write carries its
/// request id, so that asking twice is doing once; a client sees only that it took longer. Nobody asks for a client that
/// has left.
/// </summary>
public sealed class LostSiloRetry : IOutgoingGrainCallFilter
{
    /// <summary>A killed silo is declared dead within about three seconds, a hung one within about eight.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    private readonly ResiliencePipeline _pipeline;
    private readonly ILogger<LostSiloRetry> _log;

    public LostSiloRetry(IHttpContextAccessor client, ILogger<LostSiloRetry> log)
    {
        _log = log;
        _pipeline = new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions
            {
                // A request that is over, by its deadline or because its client left, has no context any more.
                ShouldHandle = failed => ValueTask.FromResult(
                    failed.Outcome.Exception is { } cause && PassingFault.Is(cause) && client.HttpContext is { RequestAborted.IsCancellationRequested: false }),
                MaxRetryAttempts = int.MaxValue,
                Delay = TimeSpan.FromMilliseconds(50),
                MaxDelay = TimeSpan.FromMilliseconds(500),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            })
            .Build();
    }

    // In a silo with a door actors call each other, too; what of that is asked again is theirs to say.
    public Task Invoke(IOutgoingGrainCallContext context) => context.SourceId is { } source && !source.IsClient() ? context.Invoke() : Ask(context);

    private async Task Ask(IOutgoingGrainCallContext context)
    {
        var answered = context.Invoke();
        await answered.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!answered.IsCompletedSuccessfully)
        {
            await AskAgain(context, answered);
        }
    }

    /// <param name="first">The first attempt, which failed.</param>
    private async Task AskAgain(IOutgoingGrainCallContext context, Task first)
    {
        using var patience = new CancellationTokenSource(Patience);
        Exception? last = null;
        var failed = 0;
        try
        {
            await _pipeline.ExecuteAsync(async _ =>
            {
                try
                {
                    await (failed == 0 ? first : context.Invoke());
                }
                catch (Exception cause) when (PassingFault.Is(cause))
                {
                    PoolLog.CallAskedAgain(_log, context.MethodName, context.TargetId.ToString(), ++failed, cause.Message);
                    last = cause;
                    throw;
                }
            }, patience.Token);
        }
        catch (Exception cause) when (last is not null && PassingFault.Is(cause))
        {
            PoolLog.CallGivenUp(_log, context.MethodName, context.TargetId.ToString(), failed, last.Message);
            throw last;
        }
    }
}
