using System.Runtime.CompilerServices;

namespace Pool.Simulation.Tests;

/// <summary>
/// One life of an actor in one silo. Everything that the actor does, up to its next await, is one step of virtual time;
/// before each of them the activation may be lost, and then none comes after.
/// </summary>
internal sealed class Activation : SynchronizationContext, IGrainContext
{
    private readonly SimulatedCluster _cluster;
    private readonly Grain _actor;
    private readonly Task _activated;
    private bool _isLost;

    public Activation(GrainId id, Silo silo, SimulatedCluster cluster)
    {
        (GrainId, Silo, _cluster) = (id, silo, cluster);
        _actor = ActorClass.Of(id).Create(silo.Services);
        ContextOf(_actor) = this;
        RuntimeOf(_actor) = silo;
        var activated = new TaskCompletionSource();
        _activated = activated.Task;
        Post(_ => Activate(activated), null);
    }

    public GrainId GrainId { get; }

    public Silo Silo { get; }

    public bool Lives => !_isLost && Silo.Lives;

    public void Lose() => _isLost = true;

    /// <summary>Carries a message out, beside others, and answers it.</summary>
    public void Take(Message message) => Post(_ => Carry(message), null);

    /// <summary>Lets the actor write what it still has to write; messages go to its next activation from now on.</summary>
    public void End() => Post(_ => _actor.OnDeactivateAsync(new(DeactivationReasonCode.ApplicationRequested, ""), CancellationToken.None), null);

    public override void Post(SendOrPostCallback d, object? state) => _cluster.Scheduler.After(TimeSpan.Zero, () =>
    {
        if (!Lives || _cluster.Strikes(this))
        {
            return;
        }

        var before = Current;
        SetSynchronizationContext(this);
        d(state);
        SetSynchronizationContext(before);
    });

    private async void Activate(TaskCompletionSource activated)
    {
        try
        {
            await _actor.OnActivateAsync(CancellationToken.None);
            activated.SetResult();
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            Silo.Forget(this);
            activated.SetException(cause);
        }
    }

    private async void Carry(Message message)
    {
        Action answer;
        try
        {
            await _activated;
            answer = await message.Carry(_actor, Silo);
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            answer = () => message.Fail(cause);
        }

        _cluster.Reply(answer);
    }

    // A grain takes these from the runtime that creates it; here there is none.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<GrainContext>k__BackingField")]
    private static extern ref IGrainContext ContextOf(Grain actor);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<Runtime>k__BackingField")]
    private static extern ref IGrainRuntime RuntimeOf(Grain actor);

    // What no actor of the pool asks of its context.
    public GrainReference GrainReference => throw new NotSupportedException();

    public object? GrainInstance => _actor;

    public ActivationId ActivationId => throw new NotSupportedException();

    public GrainAddress Address => throw new NotSupportedException();

    public IServiceProvider ActivationServices => throw new NotSupportedException();

    public IGrainLifecycle ObservableLifecycle => throw new NotSupportedException();

    public IWorkItemScheduler Scheduler => throw new NotSupportedException();

    public Task Deactivated => throw new NotSupportedException();

    public void SetComponent<TComponent>(TComponent? value) where TComponent : class => throw new NotSupportedException();

    public TComponent? GetComponent<TComponent>() where TComponent : class => throw new NotSupportedException();

    public object? GetComponent(Type componentType) => throw new NotSupportedException();

    public object? GetTarget() => throw new NotSupportedException();

    public TTarget? GetTarget<TTarget>() where TTarget : class => throw new NotSupportedException();

    public void ReceiveMessage(object message) => throw new NotSupportedException();

    public void Activate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Rehydrate(IRehydrationContext context) => throw new NotSupportedException();

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);
}
