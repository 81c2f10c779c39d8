using System.Diagnostics;

namespace Pool.Hosting;

/// <summary>
/// The trace in which an actor was called: its id goes with every call, whether or not anybody records it, so that the journal
/// and the answers tell it.
/// </summary>
public static class CallTrace
{
    /// <summary>The last digits of a W3C trace parent whose trace is recorded: the lowest bit of its flags says so.</summary>
    private const string Odd = "13579bdf";

    // The names of W3C trace context, under which the values go with a call.
    private const string ParentKey = "traceparent";
    private const string StateKey = "tracestate";

    /// <summary>The W3C trace parent of what is done now; null when nobody traced it.</summary>
    public static string? Parent => Activity.Current?.Id ?? Called;

    /// <summary>The W3C trace parent with which the caller called.</summary>
    private static string? Called => RequestContext.Get(ParentKey) as string;

    public static bool IsRecorded(string? traceParent) => traceParent is [.., var flags] && Odd.Contains(flags);

    /// <summary>What is called from here on belongs to the caller's span.</summary>
    public static void PassOn()
    {
        if (Activity.Current is not { Id: { } id } caller || ReferenceEquals(id, Called))
        {
            return;
        }

        RequestContext.Set(ParentKey, id);
        if (caller.TraceStateString is { } state)
        {
            RequestContext.Set(StateKey, state);
        }
        else
        {
            RequestContext.Remove(StateKey);
        }
    }

    /// <summary>A span for a call that has come in; null where nobody records its trace.</summary>
    public static Activity? StartCall(string name) =>
        Called is { } parent && IsRecorded(parent) && ActivityContext.TryParse(parent, RequestContext.Get(StateKey) as string, isRemote: true, out var caller)
            ? PoolTelemetry.Source.StartActivity(name, ActivityKind.Server, caller) : null;

    /// <summary>A span within a call; null where the call has none.</summary>
    public static Activity? StartWithin(string name) => Activity.Current is null ? null : PoolTelemetry.Source.StartActivity(name);
}
