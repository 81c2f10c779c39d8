using System.Threading.RateLimiting;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Options;
using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Hosting;

namespace Pool.Gateway.Availability;

/// <summary>
/// Lets so many calls and so many watches in and refuses more at once: a client that waits its turn elsewhere is better
/// off than one in a queue that only grows. Health and reflection are not counted, so that an overloaded door is not
/// taken for a dead one.
/// </summary>
internal sealed class Admission(IOptions<PoolOptions> options) : Interceptor, IDisposable
{
    private const string OwnServices = "/pool.v1.";

    private static readonly object Working = new();

    private readonly ConcurrencyLimiter _calls = Limit(options.Value.ConcurrentCalls);
    private readonly ConcurrencyLimiter _watches = Limit(options.Value.ConcurrentWatches);

    /// <summary>Waits for work as long as its client does. Should it go on without, it keeps the client's place until it ends.</summary>
    /// <exception cref="OperationCanceledException">The client waits no longer.</exception>
    public static async Task<T> Wait<T>(Task<T> work, ServerCallContext context)
    {
        try
        {
            return await work.WaitAsync(context.CancellationToken);
        }
        finally
        {
            context.UserState[Working] = work;
        }
    }

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var place = Enter(_calls, context);
        try
        {
            return await continuation(request, context);
        }
        finally
        {
            Leave(place, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        var place = Enter(_watches, context);
        try
        {
            await continuation(request, responseStream, context);
        }
        finally
        {
            Leave(place, context);
        }
    }

    public void Dispose()
    {
        _calls.Dispose();
        _watches.Dispose();
    }

    private static RateLimitLease? Enter(ConcurrencyLimiter limiter, ServerCallContext context)
    {
        if (!context.Method.StartsWith(OwnServices, StringComparison.Ordinal))
        {
            return null;
        }

        var place = limiter.AttemptAcquire();
        return place.IsAcquired ? place : throw new RefusedException(Refusal.Of(RefusalReason.Overloaded));
    }

    private static void Leave(RateLimitLease? place, ServerCallContext context)
    {
        if (place is not null)
        {
            var work = context.UserState.TryGetValue(Working, out var working) ? (Task)working : Task.CompletedTask;
            work.ContinueWith(_ => place.Dispose(), default, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private static ConcurrencyLimiter Limit(int most) => new(new() { PermitLimit = most, QueueLimit = 0 });
}
