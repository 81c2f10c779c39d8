using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Concurrency;
using Pool.EventSourcing;

namespace Pool.Simulation.Tests;

/// <summary>A method of an actor's interface, and how it is called.</summary>
internal sealed class Verb
{
    private static readonly ConcurrentDictionary<MethodInfo, Verb> Known = new();

    private readonly MethodInvoker _invoker;
    private readonly ConstructorInvoker _messages;

    private Verb(MethodInfo method)
    {
        _invoker = MethodInvoker.Create(method);
        IsOneWay = method.GetCustomAttribute<OneWayAttribute>() is not null;
        Name = method.Name;
        var answer = method.ReturnType.IsGenericType ? method.ReturnType.GetGenericArguments()[0] : typeof(Nothing);
        _messages = ConstructorInvoker.Create(typeof(Message<>).MakeGenericType(answer).GetConstructors().Single());
    }

    public string Name { get; }

    /// <summary>Whether the caller waits for no answer.</summary>
    public bool IsOneWay { get; }

    public static Verb Of(MethodInfo method) => Known.GetOrAdd(method, method => new(method));

    public Message Call(GrainId target, object?[] arguments, Silo? from) => (Message)_messages.Invoke(target, this, arguments, from);

    public Task Invoke(Grain actor, object?[] arguments) => (Task)_invoker.Invoke(actor, arguments.AsSpan())!;
}

/// <summary>What a verb without a result answers.</summary>
internal readonly record struct Nothing;

/// <summary>A call on its way to an actor.</summary>
/// <param name="from">The silo of the actor that calls; null where it is a client.</param>
internal abstract class Message(GrainId target, Verb verb, object?[] arguments, Silo? from)
{
    public GrainId Target => target;

    public Verb Verb => verb;

    /// <summary>What the caller waits for.</summary>
    public abstract Task Answer { get; }

    /// <summary>Does it to an actor of a silo; gives what answers the caller.</summary>
    public abstract Task<Action> Carry(Grain actor, Silo here);

    /// <summary>Answers the caller without any actor.</summary>
    public abstract void AnswerWith(object answer);

    /// <summary>Answers the caller that it failed, unless it has an answer.</summary>
    public abstract void Fail(Exception cause);

    /// <summary>What only its caller's process knows, no other learns.</summary>
    protected Task Invoke(Grain actor, Silo here) =>
        verb.Invoke(actor, here == from ? arguments : Array.ConvertAll(arguments, argument => argument is Footing footing ? footing.Elsewhere() : argument));

    public override string ToString() => $"{verb.Name} of {target}";
}

internal sealed class Message<T>(GrainId target, Verb verb, object?[] arguments, Silo? from) : Message(target, verb, arguments, from)
{
    private readonly TaskCompletionSource<T> _answer = new();

    public override Task Answer => _answer.Task;

    public override async Task<Action> Carry(Grain actor, Silo here)
    {
        try
        {
            var carried = Invoke(actor, here);
            await carried;
            var answer = carried is Task<T> { Result: var result } ? result : default!;
            return () => _answer.TrySetResult(answer);
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            return () => Fail(cause);
        }
    }

    public override void AnswerWith(object answer) => _answer.TrySetResult((T)answer);

    public override void Fail(Exception cause) => _answer.TrySetException(cause);
}
