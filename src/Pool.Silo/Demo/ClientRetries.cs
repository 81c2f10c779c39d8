using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;

namespace Pool.Silo.Demo;

/// <summary>
/// How a client of the pool retries (README, "Retries are safe"): what is not available or full is asked again, under the
/// same request id, with pauses that grow: half of thirteen seconds on the average, because gRPC draws each
/// at random. A balancer that has not noticed yet that a gateway is gone offers it in turn, so that a few attempts in a row
/// may meet it.
/// </summary>
public static class ClientRetries
{
    private const int Attempts = 8;

    /// <summary>A channel's options with the policy for every method.</summary>
    public static GrpcChannelOptions Options() => new()
    {
        MaxRetryAttempts = Attempts,
        // A gateway that comes back is found within a second; the default waits up to two minutes.
        InitialReconnectBackoff = TimeSpan.FromMilliseconds(100),
        MaxReconnectBackoff = TimeSpan.FromSeconds(1),
        ServiceConfig = new()
        {
            MethodConfigs =
            {
                new MethodConfig
                {
                    Names = { MethodName.Default },
                    RetryPolicy = new()
                    {
                        MaxAttempts = Attempts,
                        InitialBackoff = TimeSpan.FromMilliseconds(100),
                        MaxBackoff = TimeSpan.FromSeconds(3),
                        BackoffMultiplier = 3,
                        RetryableStatusCodes = { StatusCode.Unavailable, StatusCode.ResourceExhausted },
                    },
                },
            },
        },
    };
}
