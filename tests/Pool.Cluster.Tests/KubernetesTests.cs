using System.Globalization;
using System.Net;
using k8s;
using k8s.Models;
using Npgsql;
using Pool.Databases;
using Xunit;

namespace Pool.Cluster.Tests;

/// <summary>
/// The manifests of deploy/kubernetes: read as strictly as Kubernetes' own client reads them, and their processes started on
/// this machine with the arguments, variables and roles that they name.
/// </summary>
public sealed class KubernetesTests(OwnDatabaseServer own) : IClassFixture<OwnDatabaseServer>
{
    /// <summary>The option that moves a container's port, by the port's name.</summary>
    private static readonly Dictionary<string, string> PortOptions = new()
    {
        ["silo"] = "--silo-port",
        ["client"] = "--client-port",
        ["health"] = "--http-port",
        ["grpc"] = "--grpc-port",
        ["http"] = "--http-port",
    };

    private static readonly List<object> Manifests = [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "kubernetes"))
        .SelectMany(file => KubernetesYaml.LoadAllFromString(File.ReadAllText(file), strict: true))];

    [Fact]
    public async Task The_processes_of_the_manifests_make_a_cluster_that_their_probes_find_ready()
    {
        await using var database = await RoleDatabase.Create(own.Server);
        await using var migrate = Start(database, Pod("migrate"), []);
        Assert.Equal(0, await migrate.Ended());

        await using var silo = Start(database, Pod("silo"), FreePorts(Pod("silo")));
        await silo.UntilItServes();
        await using var gateway = Start(database, Pod("gateway"), FreePorts(Pod("gateway")));
        await gateway.UntilItServes();

        using var client = new HttpClient();
        foreach (var (process, pod) in ((PoolProgram, V1Container)[])[(silo, Pod("silo")), (gateway, Pod("gateway"))])
        {
            foreach (var probe in (V1Probe[])[pod.StartupProbe, pod.ReadinessProbe, pod.LivenessProbe])
            {
                Assert.Equal("--http-port", PortOptions[probe.HttpGet.Port.Value]);
                var port = new Uri(process.Http).Port;
                Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri($"http://127.0.0.1:{port}{probe.HttpGet.Path}"))).StatusCode);
            }
        }
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("gateway")]
    public async Task The_ports_of_the_manifests_are_those_that_the_program_takes(string component)
    {
        var (code, help, _) = await PoolProgram.Run(component, "--help");

        Assert.Equal(0, code);
        foreach (var port in Pod(component).Ports)
        {
            Assert.Contains(
                help.Split('\n'),
                line => line.TrimStart().StartsWith(PortOptions[port.Name], StringComparison.Ordinal) && line.Contains($"[default: {port.ContainerPort}]", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_service_and_every_budget_finds_pods_and_no_roll_or_drain_takes_the_quorum()
    {
        var deployments = Manifests.OfType<V1Deployment>().ToList();
        Assert.Equal(["pool-gateway", "pool-silo"], deployments.Select(deployment => deployment.Name()).Order());
        foreach (var deployment in deployments)
        {
            var pods = deployment.Spec.Template.Metadata.Labels;
            Assert.Equal(pods, deployment.Spec.Selector.MatchLabels);
            Assert.All(deployment.Spec.Template.Spec.TopologySpreadConstraints, spread => Assert.Equal(pods, spread.LabelSelector.MatchLabels));
            var budget = Assert.Single(Manifests.OfType<V1PodDisruptionBudget>(), budget => budget.Spec.Selector.MatchLabels.SequenceEqual(pods));
            var replicas = deployment.Spec.Replicas!.Value;
            Assert.InRange(int.Parse(budget.Spec.MinAvailable.Value, CultureInfo.InvariantCulture), (replicas + 1) / 2, replicas - 1);
            Assert.Equal("0", deployment.Spec.Strategy.RollingUpdate.MaxUnavailable.Value);
        }

        foreach (var service in Manifests.OfType<V1Service>())
        {
            var pod = Assert.Single(deployments, deployment => deployment.Spec.Template.Metadata.Labels.SequenceEqual(service.Spec.Selector));
            Assert.All(service.Spec.Ports, port => Assert.Contains(pod.Spec.Template.Spec.Containers[0].Ports, of => of.Name == port.TargetPort.Value));
        }
    }

    /// <summary>The one container of a component's pods.</summary>
    private static V1Container Pod(string component) => Assert.Single(Manifests
        .Select(manifest => manifest switch { V1Deployment deployment => deployment.Spec.Template, V1Job job => job.Spec.Template, _ => null })
        .OfType<V1PodTemplateSpec>().SelectMany(pod => pod.Spec.Containers), container => container.Name == component);

    /// <summary>Starts a container's process on this machine, with ports of its own.</summary>
    private static PoolProgram Start(RoleDatabase database, V1Container container, IEnumerable<string> ports)
    {
        var environment = container.Env.ToDictionary(variable => variable.Name, variable => Value(database, variable));
        var arguments = container.Args.Select(argument => environment.Aggregate(argument, (text, variable) => text.Replace($"$({variable.Key})", variable.Value, StringComparison.Ordinal)));
        Assert.Equal(
            container.Env.Single(variable => variable.Name == "PGPASSWORD").ValueFrom.SecretKeyRef.Key,
            new NpgsqlConnectionStringBuilder(environment["POOL_DATABASE"]).Username);
        return PoolProgram.Start(environment, [.. arguments, .. ports]);
    }

    /// <summary>What Kubernetes would set a variable to, but for the host: the database is here.</summary>
    private static string Value(RoleDatabase database, V1EnvVar variable)
    {
        if (variable.ValueFrom.ConfigMapKeyRef is { } setting)
        {
            var named = new NpgsqlConnectionStringBuilder(Assert.Single(Manifests.OfType<V1ConfigMap>(), map => map.Name() == setting.Name).Data[setting.Key]);
            var here = new NpgsqlConnectionStringBuilder(database.ConnectionString);
            (named.Host, named.Port, named.Database) = (here.Host, here.Port, here.Database);
            return named.ConnectionString;
        }

        return variable.ValueFrom.SecretKeyRef is null ? "127.0.0.1" : RoleDatabase.Password;
    }

    private static IEnumerable<string> FreePorts(V1Container container) => container.Ports
        .Zip(LoopbackPorts.Free(container.Ports.Count), (port, free) => (string[])[PortOptions[port.Name], $"{free}"]).SelectMany(option => option);
}
