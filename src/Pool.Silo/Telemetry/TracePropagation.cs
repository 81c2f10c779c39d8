using System.Diagnostics;
using Pool.Hosting;

namespace Pool.Silo.Telemetry;

/// <summary>
/// Traces go on from a caller to the actor it calls, with one span a call, the actor's: Orleans' own propagation makes one for
/// the caller besides, and work for calls that nobody records.
/// </summary>
internal static class TracePropagation
{
    public static void AddTracePropagation(this ISiloBuilder silo)
    {
        silo.AddOutgoingGrainCallFilter<PassTraceOn>();
        silo.AddIncomingGrainCallFilter<RecordCall>();
    }

    public static void AddTracePropagation(this IClientBuilder client) => client.AddOutgoingGrainCallFilter<PassTraceOn>();

    private sealed class PassTraceOn : IOutgoingGrainCallFilter
    {
        public Task Invoke(IOutgoingGrainCallContext context)
        {
            CallTrace.PassOn();
            return context.Invoke();
        }
    }

    private sealed class RecordCall : IIncomingGrainCallFilter
    {
        public Task Invoke(IIncomingGrainCallContext context) =>
            CallTrace.StartCall(context.Request.GetActivityName()) is { } span ? Record(context, span) : context.Invoke();

        private static async Task Record(IIncomingGrainCallContext context, Activity span)
        {
            using (span)
            {
                try
                {
                    await context.Invoke();
                }
                catch (Exception cause)
                {
                    span.SetStatus(ActivityStatusCode.Error, cause.Message);
                    throw;
                }
            }
        }
    }
}
