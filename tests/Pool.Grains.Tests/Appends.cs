using System.Diagnostics;

namespace Pool.Grains.Tests;

/// <summary>
/// Stops a call just before it appends: the tracer is told of every append, and the call that makes it waits for the
/// tracer. So a test decides what else happens between a decision and its durability, without a mock.
/// </summary>
public sealed class Appends : IDisposable
{
    private readonly ActivityListener _listener;

    /// <param name="about">Called with the method whose call is about to append, for example <c>IPartnerGrain/TryHold</c>.</param>
    public Appends(Action<string> about)
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name is "Pool" or "Microsoft.Orleans.Application",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = activity =>
            {
                if (activity.OperationName == "journal append")
                {
                    about(activity.Parent?.OperationName ?? "");
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();
}
