using System.Net.Sockets;
using Npgsql;
using Pool.EventSourcing;
using Pool.Silo.Hosting;

namespace Pool.Silo.Database;

/// <summary>What a database says when a process cannot start on it, as one line and an exit code.</summary>
internal static class DatabaseFault
{
    /// <summary>Null where the exception is not the database's.</summary>
    public static StartRefusedException? Of(Exception cause, string address) => cause switch
    {
        StartRefusedException refused => refused,
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } denied =>
            new(ExitCode.DatabaseDenied, $"The database {address} does not let this role in: {denied.MessageText}. Mend Username and password (PGPASSWORD or PGPASSFILE)."),
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } missing =>
            new(ExitCode.DatabaseMissing, $"There is no such database at {address}: {missing.MessageText}. Create it, or mend Database in the connection string."),
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } refused => Denied(address, refused.MessageText),
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } full => Full(address, full.MessageText),
        // Classes 08 (connection exception), 53 (insufficient resources) and 57 (operator intervention) pass by themselves; a
        // standby that answers while the primary is away is made the new one, and who holds a table lets it go.
        PostgresException { SqlState: ['0', '8', ..] or ['5', '3', ..] or ['5', '7', ..] or PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.LockNotAvailable } passing => Unreachable(address, passing.MessageText),
        PostgresException => null,
        NpgsqlException unanswered when unanswered.Message.StartsWith("No password", StringComparison.Ordinal) =>
            new(ExitCode.DatabaseDenied, $"The database {address} asks for a password, and there is none. Give one (PGPASSWORD or PGPASSFILE)."),
        NpgsqlException or SocketException or TimeoutException or JournalUnavailableException => Unreachable(address, WithCause(cause)),
        _ => null,
    };

    /// <summary>The same for what the database caused, however deep it lies in an exception.</summary>
    public static StartRefusedException? Within(Exception? cause, string address) =>
        cause is null ? null : cause is NpgsqlException or StartRefusedException ? Of(cause, address) : Within(cause.InnerException, address);

    /// <summary>Npgsql says what it was doing ("Failed to connect"), and its cause says what went wrong ("Connection refused").</summary>
    public static string WithCause(Exception fault) => fault.InnerException is { } cause ? $"{fault.Message.TrimEnd('.')}: {cause.Message.TrimEnd('.')}" : fault.Message.TrimEnd('.');

    public static StartRefusedException Denied(string address, string lacks) => new(
        ExitCode.DatabaseDenied,
        $"This role may not do its work in the database {address}: {lacks}. Run 'pool migrate' with the role that owns the tables; it gives each role what it needs.");

    private static StartRefusedException Full(string address, string says) => new(
        ExitCode.DiskFull, $"The disk of the database {address} is full: {says}. Make room and start again.");

    private static StartRefusedException Unreachable(string address, string says) => new(
        ExitCode.DatabaseUnreachable, $"The database {address} does not answer: {says}. Start it, or mend the connection string.");
}
