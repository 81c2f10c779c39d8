using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Grpc.Net.Client;
using Microsoft.Data.Sqlite;
using Pool.V1;
using Xunit;

namespace Pool.Cluster.Tests;

/// <summary>How the program ends, and what it says to its user in one line when it cannot start.</summary>
public sealed class ProgramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_data_folder_that_cannot_be_written_is_refused_with_4()
    {
        // Permissions do not bind root, but nobody can make a folder below a regular file.
        var file = _folder.Of("a-file");
        await File.WriteAllTextAsync(file, "");
        var below = Path.Combine(file, "pool");

        var (code, _, error) = await PoolProgram.Run("--data", below, "--grpc-port", "0", "--http-port", "0");

        Assert.Equal(4, code);
        Assert.StartsWith($"pool: The data folder {below} cannot be written: ", OneLine(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_of_a_newer_schema_is_refused_with_5_and_left_as_it_is()
    {
        var journal = _folder.Of("journal.db");
        Execute(journal, "PRAGMA user_version = 99");

        var (code, output, error) = await PoolProgram.Run("--data", _folder.Path, "--grpc-port", "0", "--http-port", "0");

        Assert.Equal(5, code);
        Assert.Equal("", output);
        Assert.StartsWith($"pool: {journal} holds schema 99; this program knows schemas up to ", OneLine(error), StringComparison.Ordinal);
        Assert.Equal(0L, Execute(journal, "SELECT count(*) FROM sqlite_master"));
    }

    [Fact]
    public async Task A_port_in_use_is_refused_with_6()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var (code, output, error) = await PoolProgram.Run("--data", _folder.Path, "--grpc-port", port, "--http-port", "0");

        Assert.Equal(6, code);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.StartsWith("pool: ", OneLine(error), StringComparison.Ordinal);
        Assert.Contains(port, error, StringComparison.Ordinal);
        Assert.EndsWith("Name other ports with --grpc-port and --http-port.", OneLine(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demo_is_refused_with_7_on_a_folder_that_holds_a_pool()
    {
        await using (var pool = await PoolProgram.Serve(_folder.Path))
        {
            using var http = new HttpClient { BaseAddress = new(pool.Http) };
            using var made = await http.PostAsync(
                new Uri($"/v1/streets?streetId=330109002&requestId={Guid.NewGuid()}", UriKind.Relative), new StringContent("""{"displayName":"x"}""", System.Text.Encoding.UTF8, "application/json"));
            Assert.True(made.IsSuccessStatusCode);
            Assert.Equal(0, await pool.Terminate());
        }

        var (code, _, error) = await PoolProgram.Run("demo", "--exit", "--data", _folder.Path, "--grpc-port", "0", "--http-port", "0");

        Assert.Equal(7, code);
        Assert.Contains(_folder.Path, OneLine(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_option_is_refused_with_1()
    {
        var (code, _, error) = await PoolProgram.Run("--colour", "red");

        Assert.Equal(1, code);
        Assert.Contains("--colour", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--grpc-port", "99999")]
    [InlineData("--http-port", "-1")]
    public async Task A_port_that_is_none_is_refused_with_1(string option, string port)
    {
        var (code, _, error) = await PoolProgram.Run("--data", _folder.Path, option, port);

        Assert.Equal(1, code);
        Assert.Equal($"{option} takes a port from 0 to 65535.", OneLine(error));
    }

    [Fact]
    public async Task A_journal_that_is_no_database_ends_it_with_2_and_is_left_as_it_is()
    {
        var journal = _folder.Of("journal.db");
        await File.WriteAllTextAsync(journal, new string('x', 5_000));

        var (code, output, error) = await PoolProgram.Run("--data", _folder.Path, "--grpc-port", "0", "--http-port", "0");

        Assert.Equal(2, code);
        Assert.Equal("", output);
        Assert.Contains("file is not a database", OneLine(error), StringComparison.Ordinal);
        Assert.Equal(new string('x', 5_000), await File.ReadAllTextAsync(journal));
    }

    [Fact]
    public async Task SIGTERM_ends_it_with_0_and_it_goes_on_where_it_was()
    {
        await using (var pool = await PoolProgram.Serve(_folder.Path))
        {
            Assert.Equal(0, await pool.Terminate());
        }

        await using var again = await PoolProgram.Serve(_folder.Path);
        Assert.Equal(0, await again.Terminate());
    }

    [Fact]
    public async Task SIGTERM_ends_it_with_0_while_somebody_watches_and_the_watch_ends()
    {
        await using var pool = await PoolProgram.Serve(_folder.Path);
        using var channel = GrpcChannel.ForAddress(pool.Grpc);
        await new StreetService.StreetServiceClient(channel).CreateStreetAsync(new()
        {
            StreetId = "330109002",
            Street = new Street { DisplayName = "北干街道" },
            RequestId = Guid.NewGuid().ToString(),
        });
        using var watch = new DispatchService.DispatchServiceClient(channel).WatchDispatches(new() { Parent = "streets/330109002", Cursor = 0 });
        Assert.True(await watch.ResponseStream.MoveNext(default));

        Assert.Equal(0, await pool.Terminate());

        Assert.False(await watch.ResponseStream.MoveNext(default));
    }

    [Fact]
    public async Task Help_lists_every_option_with_its_default()
    {
        var (code, output, error) = await PoolProgram.Run("--help");

        Assert.Equal((0, ""), (code, error));
        foreach (var (option, standard) in new[]
        {
            ("--data", "Default: data"), ("--grpc-port", "[default: 7180]"), ("--http-port", "[default: 7181]"), ("--log-level", "[default: Information]"),
        })
        {
            Assert.Single(output.Split('\n'), line => line.TrimStart().StartsWith(option, StringComparison.Ordinal) && line.Contains(standard, StringComparison.Ordinal));
        }

        Assert.Contains("demo", output, StringComparison.Ordinal);
    }

    private static string OneLine(string error) => Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    private static object? Execute(string path, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
