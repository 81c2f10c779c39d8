using System.Diagnostics;
using Pool.Hosting;

namespace Pool.EventSourcing;

/// <summary>
/// How the spans of one stream hang together. What a state owes goes on in the trace of its last event; what a timer or a
/// client brings later has a trace of its own, which links to the trace that began the stream.
/// </summary>
internal sealed class StreamTraces(string stream)
{
    private string? _last;

    /// <summary>The W3C trace parent of the first event; null when nobody traced it.</summary>
    public string? Origin { get; private set; }

    /// <summary>The stream goes on from a snapshot, which knows how it began.</summary>
    public void Continue(string? origin) => Origin = origin;

    /// <summary>An event of the stream, in order.</summary>
    public void Saw(string? traceParent)
    {
        Origin ??= traceParent;
        _last = traceParent ?? _last;
    }

    public Activity? StartWake(bool owesStep)
    {
        var name = $"wake {stream[..stream.IndexOf('/')]}";
        var wake = Tag(owesStep ? PoolTelemetry.Source.StartActivity(name, ActivityKind.Internal, Context(_last)) : Link(PoolTelemetry.Source.StartActivity(name)));
        _last = wake?.Id ?? _last;
        return wake;
    }

    /// <summary>Another call may be carrying the steps, so the last event says where a step belongs and not the caller.</summary>
    public Activity? StartStep() => Tag(PoolTelemetry.Source.StartActivity("step", ActivityKind.Internal, Context(_last)));

    public Activity? StartAppend(long version) =>
        Tag(Link(CallTrace.StartWithin("journal append")))?.SetTag("pool.version", version);

    private Activity? Tag(Activity? activity) => activity?.SetTag("pool.stream", stream);

    private Activity? Link(Activity? activity)
    {
        if (activity is not null && Context(Origin) is var origin && origin != default && origin.TraceId != activity.TraceId)
        {
            activity.AddLink(new(origin));
        }

        return activity;
    }

    /// <summary>What the journal tells comes from elsewhere, though it were this process: so its id goes on also where nothing is recorded.</summary>
    private static ActivityContext Context(string? traceParent) => ActivityContext.TryParse(traceParent, null, isRemote: true, out var context) ? context : default;
}
