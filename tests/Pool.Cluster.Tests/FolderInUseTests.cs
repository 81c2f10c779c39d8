using Xunit;

namespace Pool.Cluster.Tests;

/// <summary>A second process on the same data folder.</summary>
public sealed class FolderInUseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_data_folder_that_another_process_uses_is_refused_with_3()
    {
        await using var first = await PoolProgram.Serve(_folder.Path);

        var (code, _, error) = await PoolProgram.Run("--data", _folder.Path, "--grpc-port", "0", "--http-port", "0");

        Assert.Equal(3, code);
        Assert.Equal($"pool: Another process uses the data folder {_folder.Path}. Stop it, or name another folder with --data.", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }
}
