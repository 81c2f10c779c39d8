using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Pool.Silo.Journal;

namespace Pool.Silo.Hosting;

/// <summary>The folder of an embedded pool, held by one process at a time.</summary>
public sealed class DataFolder : IDisposable
{
    private const string LockFile = "pool.lock";
    private const string JournalFile = "journal.db";
    private const string PageTokenKeyFile = "page-tokens.key";
    private const string LedgerKeyFile = "ledgers.key";
    private const int KeyBytes = 32;

    /// <summary>ENOSPC, and SQLite's name for it.</summary>
    private const int NoSpace = 28;
    private const int SqliteFull = 13;

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held, byte[] pageTokenKey, byte[] ledgerKey)
    {
        FullPath = path;
        _lock = held;
        PageTokenKey = pageTokenKey;
        LedgerKey = ledgerKey;
    }

    public string FullPath { get; }

    /// <summary>Signs page tokens, so that they stay valid over restarts and cannot be forged.</summary>
    public byte[] PageTokenKey { get; }

    /// <summary>Signs checkpoints of ledgers, and tells whose accounts from before there was a vault are. It belongs to the journal: with another, no ledger goes on.</summary>
    public byte[] LedgerKey { get; }

    /// <summary>Creates the folder where it is missing and takes it for this process.</summary>
    /// <exception cref="StartRefusedException">It is in use or cannot be written.</exception>
    public static DataFolder Take(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
            var held = Lock(full);
            try
            {
                // Page tokens of a damaged key are asked for again; of the ledgers' key everything depends.
                return new(full, held, Key(full, PageTokenKeyFile) ?? NewKey(full, PageTokenKeyFile), Key(full, LedgerKeyFile) ?? NewKey(full, LedgerKeyFile, keep: true));
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (Exception cause) when (cause is UnauthorizedAccessException || (cause is IOException && !IsFull(cause)))
        {
            throw new StartRefusedException(ExitCode.FolderNotWritable, $"The data folder {full} cannot be written: {cause.Message}");
        }
    }

    /// <summary>Whether a pool has written events there; a start that failed leaves an empty journal, which is none.</summary>
    public static bool HoldsPool(string path)
    {
        var journal = Path.Combine(path, JournalFile);
        try
        {
            return File.Exists(journal) && SqliteJournalReader.HasEvents(journal);
        }
        catch (SqliteException)
        {
            // Whatever it is, it is not ours to write over.
            return true;
        }
    }

    /// <summary>Whether an exception says that the folder's disk has no room left.</summary>
    public static bool IsFull(Exception cause) =>
        cause is SqliteException { SqliteErrorCode: SqliteFull } || (cause is IOException && (cause.HResult & 0xFFFF) == NoSpace);

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string folder)
    {
        var path = Path.Combine(folder, LockFile);
        // A file of its own first: what fails here is the folder, what fails below is another process.
        var probe = Path.Combine(folder, $"probe-{Environment.ProcessId}");
        File.WriteAllBytes(probe, []);
        File.Delete(probe);
        try
        {
            // The operating system drops the lock when the process ends, however it ends.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new StartRefusedException(ExitCode.FolderInUse, $"Another process uses the data folder {folder}. Stop it, or name another folder with --data.");
        }
    }

    /// <summary>A key of the folder, 32 bytes; null where there is none, or none that is whole.</summary>
    private static byte[]? Key(string folder, string file) =>
        Path.Combine(folder, file) is var path && File.Exists(path) && File.ReadAllBytes(path) is { Length: KeyBytes } key ? key : null;

    /// <summary>Makes a key that stays the folder's: it is written whole or not at all.</summary>
    /// <param name="keep">Whether a damaged one is to be brought back, and not replaced.</param>
    private static byte[] NewKey(string folder, string file, bool keep = false)
    {
        var path = Path.Combine(folder, file);
        if (keep && File.Exists(path))
        {
            throw new StartRefusedException(ExitCode.FolderNotWritable, $"{path} is damaged: it has not the {KeyBytes} bytes of a key. Bring it back from a backup.");
        }

        var created = RandomNumberGenerator.GetBytes(KeyBytes);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var written = new FileStream($"{path}.new", options))
        {
            written.Write(created);
            written.Flush(flushToDisk: true);
        }

        File.Move($"{path}.new", path, overwrite: true);
        return created;
    }
}
