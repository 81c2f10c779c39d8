namespace Pool.Hosting;

/// <summary>Every setting of the pool, once; the program's command line fills it.</summary>
public sealed class PoolOptions
{
    /// <summary>The folder of the embedded pool's files. Default: <c>data</c>.</summary>
    public string DataFolder { get; set; } = "data";

    /// <summary>The TCP port of gRPC (HTTP/2 without TLS), on loopback; 0 takes a free one. Default: 7180.</summary>
    public int GrpcPort { get; set; } = 7180;

    /// <summary>The TCP port of JSON over HTTP/1.1, the API page and health, on loopback; 0 takes a free one. Default: 7181.</summary>
    public int HttpPort { get; set; } = 7181;

    /// <summary>How many actors one silo wakes at a time; posting is never slowed by more dispatching than this. Default: two for each processor.</summary>
    public int ConcurrentWakeUps { get; set; } = 2 * Environment.ProcessorCount;

    /// <summary>How long a claimed wake-up is left alone before it is claimed again. Default: 5 s.</summary>
    public TimeSpan WakeUpLease { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The most appends that one commit takes. Default: 2,048.</summary>
    public int CommitBatch { get; set; } = 2_048;

    /// <summary>The largest gRPC message, or body of a JSON request, that the door takes, in bytes. Default: 1 MiB.</summary>
    public int MaxMessageBytes { get; set; } = 1024 * 1024;

    /// <summary>Signs page tokens; 32 bytes, kept beside the data. No default: the host sets it.</summary>
    public byte[] PageTokenKey { get; set; } = [];

    /// <summary>How long a watch waits for news before it sends a checkpoint. Default: 10 s.</summary>
    public TimeSpan WatchCheckpoint { get; set; } = TimeSpan.FromSeconds(10);
}
