using Microsoft.Extensions.Logging;

namespace Pool.Hosting;

/// <summary>Every log message of the pool, once.</summary>
public static partial class PoolLog
{
    [LoggerMessage(1, LogLevel.Warning, "{Stream} is loaded again after a failed append: {Reason}")]
    public static partial void ActivationAbandoned(ILogger log, string stream, string reason);

    [LoggerMessage(2, LogLevel.Warning, "A step of {Stream} failed and will be tried again")]
    public static partial void StepFailed(ILogger log, string stream, Exception cause);

    [LoggerMessage(3, LogLevel.Warning, "The snapshot of {Stream} was not written")]
    public static partial void SnapshotFailed(ILogger log, string stream, Exception cause);

    [LoggerMessage(4, LogLevel.Warning, "Waking {Stream} failed; its wake-up stays due")]
    public static partial void WakeUpFailed(ILogger log, string stream, Exception cause);

    [LoggerMessage(5, LogLevel.Error, "A commit of {Appends} appends failed: {Reason}")]
    public static partial void CommitFailed(ILogger log, int appends, string reason);

    [LoggerMessage(6, LogLevel.Error, "The view {View} stopped at position {Position} and will be tried again")]
    public static partial void ViewFailed(ILogger log, string view, long position, Exception cause);

    [LoggerMessage(7, LogLevel.Information, "The pool serves gRPC on {Grpc} and JSON on {Http}, with its data in {Folder}")]
    public static partial void Serving(ILogger log, string grpc, string http, string folder);

    [LoggerMessage(8, LogLevel.Error, "{Method} failed")]
    public static partial void CallFailed(ILogger log, string method, Exception cause);

    [LoggerMessage(9, LogLevel.Information, "The journal holds {Events} events")]
    public static partial void JournalOpened(ILogger log, long events);

    [LoggerMessage(10, LogLevel.Error, "The journal's index was not updated and will be tried again")]
    public static partial void IndexFailed(ILogger log, Exception cause);

    [LoggerMessage(11, LogLevel.Warning, "A stored {Snapshot} cannot be read; its actor replays the journal")]
    public static partial void SnapshotUnreadable(ILogger log, string snapshot, Exception cause);

    [LoggerMessage(14, LogLevel.Warning, "No wake-ups were claimed: {Reason}")]
    public static partial void WakeUpsFailed(ILogger log, string reason);

    [LoggerMessage(15, LogLevel.Information, "The silo is a member of the cluster {Cluster} over the database {Database}, and tells its health on {Http}")]
    public static partial void Joined(ILogger log, string cluster, string database, string http);

    [LoggerMessage(16, LogLevel.Information, "The gateway serves gRPC on {Grpc} and JSON on {Http}, for the cluster {Cluster}")]
    public static partial void GatewayServing(ILogger log, string grpc, string http, string cluster);

    [LoggerMessage(17, LogLevel.Warning, "The view {View} waits at position {Position} for the database: {Reason}")]
    public static partial void ViewWaits(ILogger log, string view, long position, string reason);

    [LoggerMessage(18, LogLevel.Debug, "{Method} of {Actor} has failed {Times} times: {Reason}")]
    public static partial void CallAskedAgain(ILogger log, string method, string actor, int times, string reason);

    [LoggerMessage(19, LogLevel.Warning, "{Method} of {Actor} failed {Times} times and is given up: {Reason}")]
    public static partial void CallGivenUp(ILogger log, string method, string actor, int times, string reason);

    [LoggerMessage(13, LogLevel.Warning, "The database's time was not read: {Reason}")]
    public static partial void ClockFailed(ILogger log, string reason);

    [LoggerMessage(12, LogLevel.Warning, "Notifications of {Channel} are not heard: {Reason}")]
    public static partial void ListenerFailed(ILogger log, string channel, string reason);

    [LoggerMessage(21, LogLevel.Warning, "{Round} passes over demand {Demand}, which waits for the next")]
    public static partial void RoundPassedOver(ILogger log, string round, string demand, Exception cause);

    [LoggerMessage(22, LogLevel.Warning, "The database has answered nobody for {Seconds} s: everything waits for it")]
    public static partial void DatabaseAway(ILogger log, int seconds);

    [LoggerMessage(23, LogLevel.Error, "Street {Witness} does not sign the checkpoint of ledger {Ledger}: {Fault}; it had seen {Seen} entries of it")]
    public static partial void CheckpointNotWitnessed(ILogger log, string ledger, string witness, string fault, long seen);

    [LoggerMessage(24, LogLevel.Warning, "Street {Witness} was not reached to sign a checkpoint of ledger {Ledger}")]
    public static partial void WitnessNotReached(ILogger log, string ledger, string witness, Exception cause);

    [LoggerMessage(25, LogLevel.Warning, "An order of many that ledger {Ledger} and another street's have a part in is not carried out yet")]
    public static partial void OrderNotCarried(ILogger log, string ledger, Exception cause);

    [LoggerMessage(20, LogLevel.Warning, "Silo {Silo} does not say whether it has the database: {Reason}")]
    public static partial void WitnessSilent(ILogger log, string silo, string reason);
}
