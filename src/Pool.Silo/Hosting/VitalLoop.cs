namespace Pool.Silo.Hosting;

/// <summary>
/// A loop without which the process would go on as if it worked and answer nobody. It handles what can be handled; should
/// anything else end it, as a heap that is full may, the process ends at once and its supervisor starts another.
/// </summary>
internal static class VitalLoop
{
    public static Task Run(Func<Task> loop) => Task.Run(async () =>
    {
        try
        {
            await loop();
        }
        catch (Exception cause)
        {
            Environment.FailFast($"{loop.Method.DeclaringType!.Name} failed.", cause);
        }
    });
}
