using System.Net;

namespace Pool.Hosting;

/// <summary>Every setting of the pool, once; the program's command line fills it.</summary>
public sealed class PoolOptions
{
    /// <summary>The folder of the embedded pool's files. Default: <c>data</c>.</summary>
    public string DataFolder { get; set; } = "data";

    /// <summary>The TCP port of gRPC (HTTP/2 without TLS); 0 takes a free one. Default: 7180.</summary>
    public int GrpcPort { get; set; } = 7180;

    /// <summary>The TCP port of JSON over HTTP/1.1, the API page and health; 0 takes a free one. Default: 7181.</summary>
    public int HttpPort { get; set; } = 7181;

    /// <summary>The cluster's PostgreSQL database, an ADO.NET connection string; empty in an embedded pool. Default: empty.</summary>
    public string Database { get; set; } = "";

    /// <summary>How long a start waits for the database, and a gateway for the first silo. Default: 60 s.</summary>
    public TimeSpan DatabasePatience { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The name of the cluster; a database belongs to one. Default: <c>pool</c>.</summary>
    public string Cluster { get; set; } = "pool";

    /// <summary>The address at which other processes reach this silo. Default: the machine's first that is not loopback.</summary>
    public IPAddress? Address { get; set; }

    /// <summary>The address on which a gateway's ports, and a silo's health, listen. Default: loopback.</summary>
    public IPAddress Listen { get; set; } = IPAddress.Loopback;

    /// <summary>The TCP port at which silos reach each other. Default: 7182.</summary>
    public int SiloPort { get; set; } = 7182;

    /// <summary>The TCP port at which gateways reach a silo. Default: 7183.</summary>
    public int ClientPort { get; set; } = 7183;

    /// <summary>Whether a silo is a gateway, too. Default: no.</summary>
    public bool Door { get; set; }

    /// <summary>How many calls a gateway has under way at a time; more are refused at once. Default: 1,024.</summary>
    public int ConcurrentCalls { get; set; } = 1_024;

    /// <summary>How many watches a gateway serves at a time; more are refused at once. Default: 1,024.</summary>
    public int ConcurrentWatches { get; set; } = 1_024;

    /// <summary>How long a gateway that was told to stop goes on taking calls, so that balancers learn of it first. Default: 5 s.</summary>
    public TimeSpan Drain { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many actors one silo wakes at a time, so that dispatching does not slow posting; one that does not answer within two seconds counts no longer. Most of the time they wait for commits, which they share. Default: 32 for each processor.</summary>
    public int ConcurrentWakeUps { get; set; } = 32 * Environment.ProcessorCount;

    /// <summary>The most wake-ups that a silo claims at once; those that must wait their turn are claimed all the same. Default: 32.</summary>
    public int WakeUpClaim { get; set; } = 32;

    /// <summary>How long a claimed wake-up is left alone before it is claimed again. Default: 5 s.</summary>
    public TimeSpan WakeUpLease { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The most appends that one commit takes. Default: 2,048.</summary>
    public int CommitBatch { get; set; } = 2_048;

    /// <summary>The largest gRPC message, or body of a JSON request, that the door takes, in bytes. Default: 1 MiB.</summary>
    public int MaxMessageBytes { get; set; } = 1024 * 1024;

    /// <summary>Signs page tokens; 32 bytes, kept in the data folder or, in a cluster, in the database. No default: the host sets it.</summary>
    public byte[] PageTokenKey { get; set; } = [];

    /// <summary>Gives streets their signing keys, and tells whose accounts from before there was a vault are; 32 bytes, kept in the data folder or, in a cluster, in the database. No default: the host sets it.</summary>
    public byte[] LedgerKey { get; set; } = [];

    /// <summary>How long a watch waits for news before it sends a checkpoint. Default: 10 s.</summary>
    public TimeSpan WatchCheckpoint { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a watch waits for a client that does not read, before it is cut off. Default: 30 s.</summary>
    public TimeSpan WatchPatience { get; set; } = TimeSpan.FromSeconds(30);
}
