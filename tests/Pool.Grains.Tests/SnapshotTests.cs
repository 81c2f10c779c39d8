using Microsoft.Data.Sqlite;
using Npgsql;
using Orleans.Storage;
using Pool.Actors;
using Pool.Databases;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Partners;
using Xunit;

namespace Pool.Grains.Tests;

/// <summary>A snapshot is a cache of the journal: used where it is good, never missed where it is not (I6).</summary>
public abstract class SnapshotTests(GrainPool pool) : IAsyncLifetime
{
    /// <summary>Past the partner's first snapshot, at 256 events, and not at its second.</summary>
    private const int Renames = 300;

    private Command _last = GrainPool.NewCommand();
    private Answer<Partner> _partner;

    public async ValueTask InitializeAsync()
    {
        await pool.InitializeAsync();
        _partner = await pool.RenamePartner(Renames, _last);
        await pool.Stop();
        Assert.Equal(1, await OnSnapshots("UPDATE OrleansStorage SET ModifiedOn = ModifiedOn"));
    }

    public async ValueTask DisposeAsync()
    {
        await pool.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Changes the table of snapshots; returns how many rows.</summary>
    protected abstract Task<int> OnSnapshots(string sql);

    /// <summary>Changes the partner's events in the journal.</summary>
    /// <param name="change">A statement up to its condition, like "DELETE FROM journal".</param>
    protected abstract Task OnJournal(string change, string condition);

    /// <summary>A literal of bytes.</summary>
    protected abstract string Bytes(string hex);

    [Fact]
    public async Task A_partner_is_loaded_from_its_snapshot_and_the_events_after_it()
    {
        // Without the snapshot nobody could read these.
        await OnJournal("UPDATE journal SET payload = '\"no event\"'", "version < 256");
        await Loads();
    }

    [Fact]
    public async Task A_partner_is_loaded_from_the_journal_alone_when_its_snapshot_is_gone()
    {
        await OnSnapshots("DELETE FROM OrleansStorage");
        await Loads();
    }

    [Fact]
    public async Task A_partner_is_loaded_from_the_journal_alone_when_its_snapshot_cannot_be_read()
    {
        await OnSnapshots($"UPDATE OrleansStorage SET PayloadBinary = {Bytes("00010203FFFEFD")}");
        await Loads();
        await pool.RenamePartner(Renames);
        await pool.Stop();
        Assert.Equal(1, await OnSnapshots("DELETE FROM OrleansStorage WHERE length(PayloadBinary) > 7"));
        await pool.Start();
    }

    [Fact]
    public async Task A_snapshot_of_another_shape_is_not_read()
    {
        await pool.Start();
        var stream = GrainId.Parse(GrainPool.PartnerStream, null);
        var stored = new GrainState<Snapshot<Partner>>(new());
        await pool.Snapshots.ReadStateAsync("partner", stream, stored);
        var snapshot = stored.State!;
        stored.State = new()
        {
            Version = snapshot.Version,
            State = snapshot.State! with { Profile = snapshot.State.Profile! with { Name = "as an older program wrote it" } },
            Receipts = snapshot.Receipts,
            Shape = snapshot.Shape - 1,
        };
        await pool.Snapshots.WriteStateAsync("partner", stream, stored);
        await pool.Stop();

        await Loads();
    }

    [Fact]
    public async Task A_snapshot_of_a_journal_that_has_been_set_back_is_not_used()
    {
        await OnJournal("DELETE FROM journal", "version > 10");
        await pool.Start();
        var partner = await pool.Partner.Get();
        var name = await pool.Grains.Names().Open([new(partner.Value!.Id, partner.Value.Profile!.Name)]);
        Assert.Equal((10, "Li Na 8"), (partner.Version, Assert.Single(name)));
    }

    [Fact]
    public async Task A_snapshot_whose_writing_was_not_answered_does_not_stop_the_later_ones()
    {
        await pool.Start();
        await pool.RenamePartner(1);
        // As after a write that was stored and whose answer was lost.
        await OnSnapshots("UPDATE OrleansStorage SET Version = Version + 1");
        await pool.RenamePartner(Renames);
        _partner = await pool.RenamePartner(Renames, _last = GrainPool.NewCommand());
        await pool.Stop();
        await OnJournal("UPDATE journal SET payload = '\"no event\"'", "version < 768");
        await Loads();
    }

    [Fact]
    public async Task Actors_of_two_kinds_under_one_key_have_a_snapshot_each()
    {
        await pool.Start();
        var street = GrainId.Create("street", GrainPool.PartnerStream["partner/".Length..]);
        var partner = new GrainState<Snapshot<Partner>>(new());
        await pool.Snapshots.WriteStateAsync("street", street, new GrainState<Snapshot<Streets.Street>>(new() { Version = 1 }));
        await pool.Snapshots.ReadStateAsync("partner", GrainId.Parse(GrainPool.PartnerStream, null), partner);
        Assert.Equal(_partner.Value!.Id, partner.State!.State!.Id);
    }

    private async Task Loads()
    {
        await pool.Start();
        var partner = await pool.Partner.Get();
        Assert.Equal(_partner.Version, partner.Version);
        Assert.Equivalent(_partner.Value, partner.Value, strict: true);
        // The answer to a request from before is remembered as well, and not given twice.
        Assert.Equal(_partner.Version, (await pool.Partner.Change(new($"Li Na {Renames}", null, null, null, null), _last)).Version);
        Assert.Equal(_partner.Version + 1, (await pool.RenamePartner(1)).Version);
    }
}

/// <summary>The snapshots of a pool in one process, in a file beside the journal's.</summary>
public sealed class SqliteSnapshotTests : SnapshotTests
{
    private readonly GrainPool _pool;

    public SqliteSnapshotTests() : this(new())
    {
    }

    private SqliteSnapshotTests(GrainPool pool) : base(pool) => _pool = pool;

    protected override Task<int> OnSnapshots(string sql) => Task.FromResult(Run("snapshots.db", sql));

    protected override Task OnJournal(string change, string condition)
    {
        Run("journal.db", $"{change} WHERE stream = '{GrainPool.PartnerStream}' AND {condition}");
        if (change.StartsWith("DELETE", StringComparison.Ordinal))
        {
            Run("journal.db", $"DELETE FROM stream_event WHERE stream = '{GrainPool.PartnerStream}' AND {condition}");
        }

        return Task.CompletedTask;
    }

    protected override string Bytes(string hex) => $"x'{hex}'";

    private int Run(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_pool.Folder, file)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }
}

/// <summary>The snapshots of a cluster, in its database.</summary>
public sealed class PostgresSnapshotTests : SnapshotTests
{
    private readonly GrainPool _pool;

    public PostgresSnapshotTests(TestDatabases databases) : this(new GrainPool(databases))
    {
    }

    private PostgresSnapshotTests(GrainPool pool) : base(pool) => _pool = pool;

    [Fact]
    public async Task Of_two_first_writes_one_wins_and_it_can_be_read()
    {
        await _pool.Start();
        foreach (var stream in Enumerable.Range(0, 20).Select(i => GrainId.Parse($"partner/first-{i}", null)))
        {
            var writes = await Task.WhenAll(Enumerable.Range(1, 2).Select(version => Task.Run(async () =>
            {
                var state = new GrainState<Snapshot<Partner>>(new() { Version = version });
                var lost = await Record.ExceptionAsync(() => _pool.Snapshots.WriteStateAsync("partner", stream, state));
                return (version, lost);
            })));
            Assert.IsType<InconsistentStateException>(Assert.Single(writes, write => write.lost is not null).lost);
            var stored = new GrainState<Snapshot<Partner>>(new());
            await _pool.Snapshots.ReadStateAsync("partner", stream, stored);
            Assert.Equal(Assert.Single(writes, write => write.lost is null).version, stored.State!.Version);
        }
    }

    protected override async Task<int> OnSnapshots(string sql) => await Run(sql);

    protected override Task OnJournal(string change, string condition) => Run($"{change} WHERE stream = '{GrainPool.PartnerStream}' AND {condition}");

    protected override string Bytes(string hex) => $"'\\x{hex}'";

    private async Task<int> Run(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_pool.Database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync();
    }
}
