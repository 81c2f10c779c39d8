using Docker.DotNet.Models;
using DotNet.Testcontainers.Configurations;
using Testcontainers.PostgreSql;

namespace Pool.Databases;

/// <summary>PostgreSQL in a container of its own.</summary>
internal sealed class ContainerServer : CrashableServer
{
    private const string Image = "postgres:17";

    private readonly PostgreSqlContainer _container;

    private ContainerServer(PostgreSqlContainer container) => _container = container;

    public override string Origin => $"a container of {Image}";

    public override string ConnectionString => _container.GetConnectionString();

    /// <summary>Whether a Docker engine answers where Testcontainers looks for one.</summary>
    public static async Task<bool> EngineAnswers()
    {
        try
        {
            using var engine = Engine();
            if (engine is null)
            {
                return false;
            }

            await engine.System.PingAsync();
            return true;
        }
        catch (Exception silent) when (silent is HttpRequestException or TimeoutException or Docker.DotNet.DockerApiException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    public static async Task<ContainerServer> Run()
    {
        // The port is fixed, so that clients find the server again after a crash.
        var container = new PostgreSqlBuilder(Image)
            .WithCommand("-c", "max_connections=300", "-c", "timezone=UTC")
            .WithPortBinding(LoopbackPorts.Free(1)[0], PostgreSqlBuilder.PostgreSqlPort)
            .Build();
        await container.StartAsync();
        return new(container);
    }

    public override async Task Crash()
    {
        using var engine = Engine()!;
        await engine.Containers.KillContainerAsync(_container.Id, new ContainerKillParameters { Signal = "KILL" });
        await engine.Containers.WaitContainerAsync(_container.Id);
    }

    public override Task Restart() => _container.StartAsync();

    public override ValueTask DisposeAsync() => _container.DisposeAsync();

    private static Docker.DotNet.DockerClient? Engine() =>
        TestcontainersSettings.OS.DockerEndpointAuthConfig is { } endpoint ? endpoint.GetDockerClientBuilder(Guid.Empty).Build() : null;
}
