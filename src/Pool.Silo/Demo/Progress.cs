namespace Pool.Silo.Demo;

/// <summary>Progress of long work: a line that moves on a terminal, a line now and then in a file.</summary>
internal sealed class Progress(string what, int total)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _writing = new();
    private long _last = TimeProvider.System.GetTimestamp();
    private int _done;

    public void Step()
    {
        var done = Interlocked.Increment(ref _done);
        lock (_writing)
        {
            if (done == total || TimeProvider.System.GetElapsedTime(_last) > Interval)
            {
                _last = TimeProvider.System.GetTimestamp();
                Show($"{what}: {done} of {total}", done == total);
            }
        }
    }

    public static void Show(string line, bool last)
    {
        if (Console.IsOutputRedirected)
        {
            Console.WriteLine(line);
        }
        else
        {
            Console.Write($"\r{line,-78}{(last ? "\n" : "")}");
        }
    }
}
