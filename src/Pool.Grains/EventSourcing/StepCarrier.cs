using Microsoft.Extensions.Logging;
using Pool.Hosting;

namespace Pool.EventSourcing;

/// <summary>Carries out what an actor's state owes, one step after the other, each on durable events unless it goes ahead of them.</summary>
/// <param name="owes">Whether the state owes a step.</param>
/// <param name="ahead">Whether that step itself sees to it that nothing is told which is not durable.</param>
/// <param name="durable">Waits until nothing is left that is not durable.</param>
/// <param name="step">Carries out the next step and decides its outcome into events.</param>
internal sealed class StepCarrier(string stream, Func<bool> owes, Func<bool> ahead, Func<Task> durable, Func<Task> step, StreamTraces traces, ILogger log)
{
    private Task<bool> _carrying = Task.FromResult(true);
    private TaskCompletionSource _stepped = new();

    /// <summary>Waits until no step is owed, or the owed one failed and waits for the next wake-up.</summary>
    /// <returns>Whether no step is owed.</returns>
    public Task<bool> Carry()
    {
        if (owes() && _carrying.IsCompleted)
        {
            _carrying = CarryAll();
        }

        return _carrying;
    }

    /// <summary>The same, but waits no longer than until the state is as wanted.</summary>
    /// <returns>Whether it is.</returns>
    public async Task<bool> Carry(Func<bool> until)
    {
        for (var carrying = Carry(); !until() && !carrying.IsCompleted;)
        {
            await Task.WhenAny(carrying, _stepped.Task);
        }

        return until();
    }

    private async Task<bool> CarryAll()
    {
        try
        {
            while (owes())
            {
                if (!ahead())
                {
                    await durable();

                    // Other calls may have run at that await; what is owed now rests on durable events alone.
                    if (!owes())
                    {
                        break;
                    }
                }

                using var activity = traces.StartStep();
                await step();
                var stepped = _stepped;
                _stepped = new();
                stepped.SetResult();
            }

            return true;
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            // The step is still owed; the wake-up that came with its event tries it again.
            PoolLog.StepFailed(log, stream, cause);
            return false;
        }
    }
}
