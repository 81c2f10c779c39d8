using System.Reflection;

namespace Pool.Simulation.Tests;

/// <summary>An actor as others see it: each call becomes a message.</summary>
public class Reference : DispatchProxy
{
    private SimulatedCluster? _cluster;

    internal GrainId Target { get; private set; }

    internal static object To(GrainId target, Type seenAs, SimulatedCluster cluster)
    {
        var reference = Create(seenAs, typeof(Reference));
        (((Reference)reference)._cluster, ((Reference)reference).Target) = (cluster, target);
        return reference;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _cluster!.Call(Verb.Of(targetMethod!).Call(Target, args ?? [], (SynchronizationContext.Current as Activation)?.Silo));
}
