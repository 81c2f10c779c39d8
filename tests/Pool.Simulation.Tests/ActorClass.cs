using System.Reflection;
using Pool.EventSourcing;

namespace Pool.Simulation.Tests;

/// <summary>A class of event-sourced actors: the pool's own, as it runs in a silo.</summary>
internal sealed class ActorClass
{
    private static readonly List<ActorClass> All =
        [.. typeof(IActorGrain).Assembly.GetTypes().Where(IsActor).Select(type => new ActorClass(type))];

    private readonly ConstructorInfo _constructor;
    private readonly Type _type;

    private ActorClass(Type type)
    {
        _type = type;
        _constructor = type.GetConstructors().Single();
        Kind = (string)type.GetCustomAttributesData().Single(attribute => attribute.AttributeType == typeof(GrainTypeAttribute)).ConstructorArguments[0].Value!;
    }

    /// <summary>The first part of its actors' ids.</summary>
    public string Kind { get; }

    public static ActorClass Of(GrainId actor) => All.Single(known => known.Kind == actor.Type.ToString());

    public static ActorClass Answering(Type seenAs) => All.Single(known => known._type.IsAssignableTo(seenAs));

    public Grain Create(ActorServices services) => (Grain)_constructor.Invoke([services]);

    private static bool IsActor(Type type) =>
        type.BaseType is { IsGenericType: true } origin && origin.GetGenericTypeDefinition() == typeof(EventSourcedGrain<,>);
}
