using System.Diagnostics;

namespace Pool.Grains.Tests;

/// <summary>
/// Stops a call just before it appends: the tracer is told of every append, and the call that makes it waits for the
/// tracer. So a test decides what else happens between a decision and its durability, without a mock. The tracer is the whole
/// process's: classes that use it are one collection, and take turns.
/// </summary>
public sealed class Appends : IDisposable
{
    private static readonly ActivitySource Source = new("Pool.Grains.Tests");

    private readonly ActivityListener _listener;
    private readonly Activity _test;

    /// <param name="about">Called with the method whose call is about to append, for example <c>IPartnerGrain/TryHold</c>.</param>
    public Appends(Action<string> about)
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name is "Pool" or "Pool.Grains.Tests",
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
        // Only a call that belongs to a trace has a span: those of this test do from here on.
        _test = BeginTrace();
    }

    /// <summary>What the test calls from here on belongs to a new trace.</summary>
    public static Activity BeginTrace()
    {
        Activity.Current = null;
        return Source.StartActivity("test")!;
    }

    public void Dispose()
    {
        _test.Dispose();
        _listener.Dispose();
    }
}
