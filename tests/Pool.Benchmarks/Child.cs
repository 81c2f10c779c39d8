using System.Diagnostics;

namespace Pool.Benchmarks;

/// <summary>This program again, in a process of its own that is told by lines what to do, and ends with its input.</summary>
internal sealed class Child : IAsyncDisposable
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly string _name;

    private Child(Process process, string name) => (_process, _name) = (process, name);

    public int Id => _process.Id;

    /// <param name="environment">Variables besides those of this process.</param>
    public static Child Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Child).Assembly.Location, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new(Process.Start(start)!, string.Join(' ', arguments));
    }

    /// <summary>What it says next after such a word; what it says besides is passed on.</summary>
    /// <exception cref="InvalidOperationException">It has ended instead.</exception>
    public async Task<string> Says(string word)
    {
        if (await PassOn(until: word) is { } said)
        {
            return said;
        }

        await _process.WaitForExitAsync();
        throw new InvalidOperationException($"{_name} ended with {_process.ExitCode}.");
    }

    /// <summary>Passes on whatever else it says, until it ends.</summary>
    public Task Relay() => PassOn(until: null);

    public Task Tell(string line) => _process.StandardInput.WriteLineAsync(line);

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(EndsWithin);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    /// <returns>What it says after the word; null when it has ended.</returns>
    private async Task<string?> PassOn(string? until)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (until is not null && line.StartsWith(until, StringComparison.Ordinal))
            {
                return line[until.Length..];
            }

            await Console.Error.WriteLineAsync($"{_name}: {line}");
        }

        return null;
    }
}
