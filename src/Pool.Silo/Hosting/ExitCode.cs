namespace Pool.Silo.Hosting;

/// <summary>How the program ended; <c>--help</c> lists these.</summary>
public enum ExitCode
{
    Ok = 0,

    /// <summary>The command line cannot be read.</summary>
    Usage = 1,

    /// <summary>The program failed.</summary>
    Failed = 2,

    /// <summary>Another process uses the data folder.</summary>
    FolderInUse = 3,

    /// <summary>The data folder cannot be written, or a key in it is damaged, or the vault is missing.</summary>
    FolderNotWritable = 4,

    /// <summary>A newer program wrote the data folder.</summary>
    NewerSchema = 5,

    /// <summary>A port is taken.</summary>
    PortInUse = 6,

    /// <summary>The demo needs a pool without data.</summary>
    PoolNotEmpty = 7,

    /// <summary>The database's connection string cannot be read.</summary>
    ConnectionString = 8,

    /// <summary>The database was not ready in time, or no silo was; or a silo lost its database while others had it.</summary>
    DatabaseUnreachable = 9,

    /// <summary>The database does not let the role in, or not do its work.</summary>
    DatabaseDenied = 10,

    /// <summary>The server has no such database.</summary>
    DatabaseMissing = 11,

    /// <summary>The database belongs to another cluster.</summary>
    WrongCluster = 12,

    /// <summary>The disk is full.</summary>
    DiskFull = 13,

    /// <summary>The database was set back under a running silo.</summary>
    DatabaseSetBack = 14,

    /// <summary>A receipt proves nothing.</summary>
    ReceiptRefused = 15,
}

/// <summary>The program cannot start, or not go on, and why, in one line for its user.</summary>
public sealed class StartRefusedException(ExitCode code, string message) : Exception(message)
{
    public ExitCode Code => code;
}
