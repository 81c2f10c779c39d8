using Microsoft.Data.Sqlite;
using Pool.Actors;
using Pool.Partners;
using Xunit;

namespace Pool.Grains.Tests;

/// <summary>A snapshot is a cache of the journal: used where it is good, never missed where it is not (I6).</summary>
public sealed class SnapshotTests : IAsyncLifetime
{
    /// <summary>Past the partner's first snapshot, at 256 events, and not at its second.</summary>
    private const int Renames = 300;

    private readonly GrainPool _pool = new();
    private readonly Command _last = GrainPool.NewCommand();
    private Answer<Partner> _partner;

    public async ValueTask InitializeAsync()
    {
        await _pool.InitializeAsync();
        _partner = await _pool.RenamePartner(Renames, _last);
        await _pool.Stop();
        Assert.Equal(1, Run("snapshots.db", "UPDATE OrleansStorage SET ModifiedOn = ModifiedOn"));
    }

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    [Fact]
    public async Task A_partner_is_loaded_from_its_snapshot_and_the_events_after_it()
    {
        // Without the snapshot nobody could read these.
        Run("journal.db", $"UPDATE journal SET payload = 'not JSON' WHERE stream = '{GrainPool.PartnerStream}' AND version < 256");
        await Loads();
    }

    [Fact]
    public async Task A_partner_is_loaded_from_the_journal_alone_when_its_snapshot_is_gone()
    {
        Run("snapshots.db", "DELETE FROM OrleansStorage");
        await Loads();
    }

    [Fact]
    public async Task A_partner_is_loaded_from_the_journal_alone_when_its_snapshot_cannot_be_read()
    {
        Run("snapshots.db", "UPDATE OrleansStorage SET PayloadBinary = x'00010203FFFEFD'");
        await Loads();
        await _pool.RenamePartner(Renames);
        await _pool.Stop();
        Assert.Equal(1, Run("snapshots.db", "DELETE FROM OrleansStorage WHERE length(PayloadBinary) > 7"));
        await _pool.Start();
    }

    [Fact]
    public async Task A_snapshot_of_a_journal_that_has_been_set_back_is_not_used()
    {
        Run("journal.db", $"DELETE FROM journal WHERE stream = '{GrainPool.PartnerStream}' AND version > 10");
        Run("journal.db", $"DELETE FROM stream_event WHERE stream = '{GrainPool.PartnerStream}' AND version > 10");
        await _pool.Start();
        var partner = await _pool.Partner.Get();
        Assert.Equal((10, "Li Na 8"), (partner.Version, partner.Value!.Profile!.Name));
    }

    private async Task Loads()
    {
        await _pool.Start();
        var partner = await _pool.Partner.Get();
        Assert.Equal(_partner.Version, partner.Version);
        Assert.Equivalent(_partner.Value, partner.Value, strict: true);
        // The answer to a request from before is remembered as well, and not given twice.
        Assert.Equal(_partner.Version, (await _pool.Partner.Change(new($"Li Na {Renames}", null, null, null, null), _last)).Version);
        Assert.Equal(_partner.Version + 1, (await _pool.RenamePartner(1)).Version);
    }

    private int Run(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_pool.Folder, file)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }
}
