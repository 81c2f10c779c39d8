using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Pool.Databases;

namespace Pool.Cluster.Tests;

/// <summary>The real program, run as a process of its own; it is killed when the test lets go of it.</summary>
public sealed partial class PoolProgram : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<string> _log = [];
    private readonly Task<string> _error;
    private readonly TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    private PoolProgram(Process process)
    {
        _process = process;
        // Both pipes are read to their ends at all times, or a program with much to say would block on a full pipe.
        _error = ReadError();
        _reading = Read();
    }

    /// <summary>Where it serves gRPC; known once <see cref="Serve"/> has returned.</summary>
    public string Grpc { get; private set; } = "";

    /// <summary>Where it serves JSON.</summary>
    public string Http { get; private set; } = "";

    /// <summary>Everything that it wrote to its output so far.</summary>
    public string Output
    {
        get
        {
            lock (_log)
            {
                return string.Join('\n', _log);
            }
        }
    }

    public int Id => _process.Id;

    /// <summary>What it wrote to its error output, when it has ended.</summary>
    public Task<string> Error => _error;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts the program with the arguments as they are.</summary>
    public static PoolProgram Start(params IEnumerable<string> arguments) => Start(new Dictionary<string, string>(), arguments);

    /// <summary>The same, with variables in its environment.</summary>
    public static PoolProgram Start(IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments) =>
        Start([], environment, arguments);

    /// <summary>The same, by a command that becomes the program, like <c>nice</c>.</summary>
    public static PoolProgram Start(IEnumerable<string> through, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        List<string> command = [.. through, "dotnet", Path.Combine(AppContext.BaseDirectory, "pool.dll"), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new(Process.Start(start)!);
    }

    /// <summary>Starts a silo that is alone in its cluster, on free ports.</summary>
    public static PoolProgram StartSilo(string database, params IEnumerable<string> arguments) => StartSilo(database, new Dictionary<string, string>(), arguments);

    /// <summary>The same, with variables in its environment.</summary>
    public static PoolProgram StartSilo(string database, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var ports = LoopbackPorts.Free(2);
        return Start(
            new Dictionary<string, string>(environment) { ["POOL_DATABASE"] = database },
            ["silo", "--address", "127.0.0.1", "--silo-port", $"{ports[0]}", "--client-port", $"{ports[1]}", "--http-port", "0", .. arguments]);
    }

    /// <summary>Starts a gateway on free ports, which closes without waiting for anybody.</summary>
    public static PoolProgram StartGateway(string database, params IEnumerable<string> arguments) => Start(
        new Dictionary<string, string> { ["POOL_DATABASE"] = database }, ["gateway", "--grpc-port", "0", "--http-port", "0", "--drain", "0", .. arguments]);

    /// <summary>Starts the program on a data folder and free ports, and returns when it says that it serves.</summary>
    public static async Task<PoolProgram> Serve(string folder)
    {
        var program = Start("--data", folder, "--grpc-port", "0", "--http-port", "0", "--log-level", "Information");
        try
        {
            await program.UntilItServes();
            return program;
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the program to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> Run(params IEnumerable<string> arguments)
    {
        await using var program = Start(arguments);
        var code = await program.Ended();
        return (code, program.Output, await program._error);
    }

    /// <summary>SIGKILL: the process ends where it stands.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await Ended();
    }

    /// <summary>SIGTERM: the process is asked to end, and its exit code is returned.</summary>
    public async Task<int> Terminate()
    {
        await Signal("TERM");
        return await Ended();
    }

    /// <summary>SIGSTOP: the process stands still, and keeps what it holds.</summary>
    public Task Pause() => Signal("STOP");

    /// <summary>SIGCONT: it goes on, and knows nothing of the time between.</summary>
    public Task Resume() => Signal("CONT");

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> Ended()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await Ended();
        _process.Dispose();
    }

    private async Task Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Returns when it says that it serves.</summary>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public async Task UntilItServes()
    {
        var serving = await Until(Serving());
        (Grpc, Http) = (serving.Groups["grpc"].Value, serving.Groups["http"].Value);
    }

    /// <summary>Returns when it says that it waits for something.</summary>
    public Task UntilItWaits() => _waits.Task.WaitAsync(Patience);

    /// <summary>Returns the first line of its output, from here on, that a pattern matches.</summary>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public async Task<Match> Until(Regex said)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(patience.Token))
            {
                if (said.Match(line) is { Success: true } match)
                {
                    return match;
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The program has not said '{said}' after {Patience.TotalSeconds:0} s: {Output}");
        }

        throw new InvalidOperationException($"The program ended before it said '{said}': {Output}\n{await _error}");
    }

    private async Task<string> ReadError()
    {
        var lines = new List<string>();
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (line.Contains("waiting for", StringComparison.Ordinal))
            {
                _waits.TrySetResult();
            }
        }

        return string.Join('\n', lines);
    }

    private async Task Read()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (_log)
            {
                _log.Add(line);
            }

            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
    }

    [GeneratedRegex(@"(serves gRPC on (?<grpc>\S+) and JSON on|tells its health on) (?<http>[^\s,]+)")]
    private static partial Regex Serving();
}

/// <summary>A folder of its own under the system's temporary one, gone with the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("pool-cluster-").FullName;

    public string Of(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
