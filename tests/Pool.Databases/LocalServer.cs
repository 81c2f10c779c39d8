using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Pool.Databases;

/// <summary>PostgreSQL's own programs on this machine: a fresh cluster in a temporary folder, on a free loopback port.</summary>
internal sealed class LocalServer : CrashableServer
{
    private const string Role = "pool_tests";

    private static readonly string[] Settings =
        ["listen_addresses=127.0.0.1", "max_connections=300", "shared_buffers=256MB", "max_wal_size=4GB", "timezone=UTC"];

    private readonly string _programs;
    private readonly string _folder;
    private readonly int _port;
    private readonly string _password = Guid.NewGuid().ToString("N");
    private Process? _server;

    private LocalServer(string programs)
    {
        _programs = programs;
        _folder = Directory.CreateTempSubdirectory("pool-postgres-").FullName;
        _port = LoopbackPorts.Free(1)[0];
    }

    public override string Origin => $"the programs in {_programs}";

    public override string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = _port,
        Username = Role,
        Password = _password,
        Database = "postgres",
    }.ConnectionString;

    private string Data => Path.Combine(_folder, "data");

    /// <summary>The folder of the newest server programs; null where there are none.</summary>
    public static string? Programs()
    {
        const string Debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(Debian)
            ? Directory.GetDirectories(Debian).OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0).Select(folder => Path.Combine(folder, "bin"))
            : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return versions.Concat(path).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    public static async Task<LocalServer> Run(string programs)
    {
        var server = new LocalServer(programs);
        try
        {
            await server.Prepare();
            await server.Restart();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public override async Task Crash()
    {
        // The whole family: children that outlive the first process keep its memory, and a new server would refuse to start.
        _server!.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync();
        _server.Dispose();
        _server = null;
    }

    public override async Task Restart()
    {
        // The server's locale decides the language of what it says.
        var start = Unprivileged("postgres", ["-D", Data, "-p", $"{_port}", "-k", _folder, .. Settings.SelectMany(setting => (string[])["-c", setting])]);
        start.RedirectStandardError = true;
        start.Environment["LC_ALL"] = "C";
        _server = Process.Start(start)!;
        var said = new List<string>();
        while (await _server.StandardError.ReadLineAsync() is { } line)
        {
            if (line.Contains("database system is ready to accept connections", StringComparison.Ordinal))
            {
                // Whatever it says later is read away, or it would block on a full pipe.
                _ = _server.StandardError.ReadToEndAsync();
                return;
            }

            said.Add(line);
        }

        throw new InvalidOperationException($"PostgreSQL did not start: {string.Join('\n', said)}");
    }

    public override async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await Crash();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task Prepare()
    {
        if (User is { } user)
        {
            await Finish(new ProcessStartInfo("chown", [user, _folder]));
        }

        var password = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(password, _password);
        await Finish(Unprivileged("initdb", ["-D", Data, "-U", Role, "--auth=scram-sha-256", $"--pwfile={password}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]));
    }

    /// <summary>PostgreSQL refuses to run as root; its own user, which its package makes, serves, else nobody.</summary>
    private static string? User => Environment.UserName != "root"
        ? null
        : File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    private ProcessStartInfo Unprivileged(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(_programs, program), arguments) { WorkingDirectory = _folder };
        if (User is { } user)
        {
            start.UserName = user;
        }

        return start;
    }

    private static async Task Finish(ProcessStartInfo start)
    {
        (start.RedirectStandardError, start.RedirectStandardOutput) = (true, true);
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{start.FileName} ended with {process.ExitCode}: {await output}{await error}");
        }
    }
}
