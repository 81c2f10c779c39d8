using System.Data.Common;
using Microsoft.Data.Sqlite;
using Pool.Silo.Journal;

namespace Pool.Silo.Snapshots;

/// <summary>
/// Connections to the snapshot file, one open at a time: Microsoft.Data.Sqlite waits for a busy file by sleeping on a
/// pool thread, and a crowd of writers starves that way. Here they wait without a thread.
/// </summary>
internal sealed class GatedSqliteDataSource : DbDataSource
{
    private readonly SemaphoreSlim _gate = new(1);

    public GatedSqliteDataSource(string path)
    {
        ConnectionString = SqliteFile.ConnectionString(path);
        using var connection = SqliteFile.Open(path, durable: false);
        SqliteFile.Execute(connection, SqliteFile.Script("snapshots.sql"));
    }

    public override string ConnectionString { get; }

    protected override DbConnection CreateDbConnection() => new GatedConnection(ConnectionString, _gate);

    protected override void Dispose(bool disposing)
    {
        _gate.Dispose();
        base.Dispose(disposing);
    }

    private sealed class GatedConnection(string connectionString, SemaphoreSlim gate) : SqliteConnection(connectionString)
    {
        private bool _holdsGate;

        public override void Open()
        {
            gate.Wait();
            OpenHeld();
        }

        public override async Task OpenAsync(CancellationToken cancellationToken)
        {
            await gate.WaitAsync(cancellationToken);
            OpenHeld();
        }

        public override void Close()
        {
            base.Close();
            if (_holdsGate)
            {
                _holdsGate = false;
                gate.Release();
            }
        }

        protected override void Dispose(bool disposing)
        {
            Close();
            base.Dispose(disposing);
        }

        private void OpenHeld()
        {
            _holdsGate = true;
            base.Open();
            SqliteFile.Configure(this, durable: false);
        }
    }
}
