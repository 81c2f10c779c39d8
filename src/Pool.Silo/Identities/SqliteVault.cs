using Microsoft.Data.Sqlite;
using Pool.Hosting;
using Pool.Identities;
using Pool.Ledgers;
using Pool.Silo.Hosting;
using Pool.Silo.Journal;

namespace Pool.Silo.Identities;

/// <summary>The vault of an embedded pool: a file of its own, in which what is deleted is overwritten. The journal knows which one is its own.</summary>
public sealed class SqliteVault : IVault, IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _find;
    private readonly SqliteCommand _add;
    private readonly SqliteCommand _erase;
    private readonly Lock _lock = new();

    /// <exception cref="StartRefusedException">It is not there, and the journal has names that only it opens; or it is another journal's.</exception>
    public SqliteVault(Microsoft.Extensions.Options.IOptions<PoolOptions> options, SqliteJournal journal)
    {
        var path = Path.Combine(options.Value.DataFolder, "vault.db");
        if (journal.Vault is not null && !File.Exists(path))
        {
            throw new StartRefusedException(ExitCode.FolderNotWritable, $"{path} is missing: without it no name is read and no account found. Bring it back from a backup.");
        }

        if (!File.Exists(path) && !OperatingSystem.IsWindows())
        {
            // Whoever else has an account on the machine is not to read who is who; what SQLite keeps beside it is like it.
            new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }).Dispose();
        }

        _connection = SqliteFile.Open(path, durable: true);
        SqliteFile.Execute(_connection, "PRAGMA secure_delete=ON; CREATE TABLE IF NOT EXISTS identity (holder text PRIMARY KEY, pseudonym text NOT NULL UNIQUE, key blob NOT NULL) WITHOUT ROWID, STRICT;");
        SqliteFile.Execute(_connection, "CREATE TABLE IF NOT EXISTS vault (id text NOT NULL PRIMARY KEY) WITHOUT ROWID, STRICT;");
        Tie(journal, path);
        _find = SqliteFile.Prepare(_connection, "SELECT pseudonym, key FROM identity WHERE holder = $0", 1);
        _add = SqliteFile.Prepare(_connection, "INSERT INTO identity (holder, pseudonym, key) VALUES ($0, $1, $2)", 3);
        _erase = SqliteFile.Prepare(_connection, "DELETE FROM identity WHERE pseudonym = $0", 1);
    }

    public Task<Identity> Of(Holder holder, Pseudonym? former)
    {
        lock (_lock)
        {
            if (Find(holder) is { } known)
            {
                return Task.FromResult(known);
            }

            var made = NewIdentity.Of(former);
            SqliteFile.Bind(_add, holder.Text, made.Pseudonym.Text, made.Key.ToArray());
            _add.ExecuteNonQuery();
            return Task.FromResult(made);
        }
    }

    public Task<IReadOnlyDictionary<Holder, Identity>> Find(IReadOnlyCollection<Holder> holders)
    {
        lock (_lock)
        {
            var found = new Dictionary<Holder, Identity>();
            foreach (var holder in holders)
            {
                if (Find(holder) is { } identity)
                {
                    found[holder] = identity;
                }
            }

            return Task.FromResult<IReadOnlyDictionary<Holder, Identity>>(found);
        }
    }

    public Task Erase(Pseudonym pseudonym)
    {
        lock (_lock)
        {
            SqliteFile.Bind(_erase, pseudonym.Text);
            _erase.ExecuteNonQuery();
            // The log of the file has it still, until it is folded into the file and cut off.
            SqliteFile.Execute(_connection, "PRAGMA wal_checkpoint(TRUNCATE)");
            return Task.CompletedTask;
        }
    }

    public void Dispose()
    {
        _find.Dispose();
        _add.Dispose();
        _erase.Dispose();
        _connection.Dispose();
    }

    /// <summary>Has the journal know its vault. A vault that was made, and whose journal was not told any more, is told to it now.</summary>
    private void Tie(SqliteJournal journal, string path)
    {
        var (own, id) = (journal.Vault, SqliteFile.Scalar(_connection, "SELECT id FROM vault") as string);
        if (own is not null && own != id)
        {
            _connection.Dispose();
            throw new StartRefusedException(ExitCode.FolderNotWritable, $"{path} is the vault of another journal. Bring back the one that belongs to journal.db.");
        }

        if (id is null)
        {
            id = Guid.NewGuid().ToString();
            using var name = SqliteFile.Prepare(_connection, "INSERT INTO vault (id) VALUES ($0)", 1);
            SqliteFile.Bind(name, id);
            name.ExecuteNonQuery();
        }

        journal.Vault ??= id;
    }

    private Identity? Find(Holder holder)
    {
        SqliteFile.Bind(_find, holder.Text);
        using var reader = _find.ExecuteReader();
        return reader.Read() ? new(Pseudonym.Parse(reader.GetString(0)), [.. reader.GetFieldValue<byte[]>(1)]) : null;
    }
}
