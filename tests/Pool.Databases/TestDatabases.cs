namespace Pool.Databases;

/// <summary>The server that the tests of one process share, started when the first of them asks.</summary>
public sealed class TestDatabases : IAsyncDisposable
{
    private readonly Lazy<Task<DatabaseServer>> _server = new(DatabaseServer.Start);

    public Task<DatabaseServer> Server => _server.Value;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
