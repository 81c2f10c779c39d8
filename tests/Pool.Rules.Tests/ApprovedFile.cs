using System.Runtime.CompilerServices;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>
/// Texts that are permanent, one file each in Approved. With POOL_APPROVE=1 a run writes what is new; what differs from
/// its file is never written over, because a stored shape once released is read for ever.
/// </summary>
internal static class ApprovedFile
{
    public static IReadOnlyList<string> Names =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Approved")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Approved", name));

    public static void Match(string name, string text)
    {
        if (!File.Exists(Path.Combine(AppContext.BaseDirectory, "Approved", name)))
        {
            Assert.True(Environment.GetEnvironmentVariable("POOL_APPROVE") == "1", $"Approved/{name} is missing; it would be:\n{text}");
            File.WriteAllText(Path.Combine(Source(), "Approved", name), text);
            return;
        }

        Assert.Equal(Read(name), text);
    }

    private static string Source([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
