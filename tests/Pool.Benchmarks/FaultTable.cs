using System.Globalization;
using Pool.Cluster.Tests;
using Pool.Databases;

namespace Pool.Benchmarks;

/// <summary>Many seeded fault runs, and the table of what they found.</summary>
internal static class FaultTable
{
    /// <param name="first">The first run's seed.</param>
    /// <param name="only">The fault of all of them; each in turn where null.</param>
    /// <returns>Whether no run found anything wrong.</returns>
    public static async Task<bool> Run(int runs, int first, Fault? only)
    {
        var faults = only is { } fault ? [fault] : Enum.GetValues<Fault>();
        var reports = new List<FaultRun.Report>();
        await using var server = await DatabaseServer.OwnServer();
        Console.WriteLine($"PostgreSQL from {server.Origin}");
        for (var run = 0; run < runs; run++)
        {
            var report = await FaultRun.Of(faults[run % faults.Length], first + run, server);
            reports.Add(report);
            var line = $"{reports.Count} of {runs}: {report}";
            Console.WriteLine(string.Join("\n    ", [report.Wrong.Count == 0 ? line : $"{line}: WRONG", .. report.Wrong]));
        }

        Write(reports);
        return reports.All(report => report.Wrong.Count == 0);
    }

    private static void Write(List<FaultRun.Report> reports)
    {
        Console.WriteLine();
        Console.WriteLine("| fault | runs | writes acknowledged | left unknown at first | events audited | snapshots replayed | runs with anything wrong |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (var fault in reports.GroupBy(report => report.Fault).OrderBy(of => of.Key))
        {
            Row($"{fault.Key}", [.. fault]);
        }

        Row("all", reports);

        static void Row(string name, IReadOnlyList<FaultRun.Report> of) => Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {of.Count} | {of.Sum(report => report.Acknowledged):N0} | {of.Sum(report => report.Unknown):N0} | {of.Sum(report => (long)report.Events):N0} | {of.Sum(report => report.Snapshots):N0} | {of.Count(report => report.Wrong.Count > 0)} |"));
    }
}
