using System.Diagnostics;
using System.Globalization;

namespace Pool.Benchmarks.Arena;

/// <summary>Processor time so far, in seconds: of the server, of the load, and of everything else, which is the database and the system.</summary>
internal readonly record struct Processors(double Server, double Load, double Others)
{
    /// <summary>Linux counts in hundredths of a second.</summary>
    private const double Ticks = 100;

    public double All => Server + Load + Others;

    public static Processors Now(int server)
    {
        using var process = Process.GetProcessById(server);
        using var self = Process.GetCurrentProcess();
        // user nice system idle iowait irq softirq
        var counts = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(count => double.Parse(count, CultureInfo.InvariantCulture)).ToList();
        var busy = (counts.Take(3).Sum() + counts.Skip(5).Take(2).Sum()) / Ticks;
        var (served, loaded) = (process.TotalProcessorTime.TotalSeconds, self.TotalProcessorTime.TotalSeconds);
        return new(served, loaded, busy - served - loaded);
    }

    public Processors Since(Processors before) => new(Server - before.Server, Load - before.Load, Others - before.Others);
}
