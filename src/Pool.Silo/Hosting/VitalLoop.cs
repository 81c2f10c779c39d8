namespace Pool.Silo.Hosting;

/// <summary>
/// A loop without which the process would go on as if it worked and answer nobody. It handles what can be handled; should
/// anything else end it, as a heap that is full may, the process ends at once and its supervisor starts another.
/// </summary>
internal static class VitalLoop
{
    /// <param name="name">What failed, should it end so; the loop's own class where it is not named.</param>
    public static Task Run(Func<Task> loop, string? name = null)
    {
        // Whoever starts it may be in the middle of a call: the trace of that call is not the loop's.
        using (ExecutionContext.SuppressFlow())
        {
            return Task.Run(async () =>
            {
                try
                {
                    await loop();
                }
                catch (Exception cause)
                {
                    Environment.FailFast($"{name ?? loop.Method.DeclaringType!.Name} failed.", cause);
                }
            });
        }
    }
}
