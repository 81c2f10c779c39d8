using System.Globalization;
using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Net.Client;
using Pool.Auditing;
using Pool.V1;
using Xunit;

namespace Pool.Cluster.Tests;

/// <summary>The real program, killed again and again under load: nothing that it acknowledged may be lost or done twice.</summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int FixedSeed = 20261124;
    private const int Kills = 20;
    private const int LeastAcknowledgements = 10;
    private const int MostAcknowledgements = 90;
    private const int Repeated = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Twenty_kills_under_load_lose_nothing_that_was_acknowledged_and_do_nothing_twice()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("POOL_SEED"), CultureInfo.InvariantCulture, out var given) ? given : FixedSeed;
        try
        {
            await KillAndAudit(new Seeds(seed));
        }
        catch
        {
            output.WriteLine($"Seed {seed}: POOL_SEED={seed} draws the same again.");
            throw;
        }
    }

    private async Task KillAndAudit(Seeds seeds)
    {
        var load = new Load(seeds);
        await using (var first = await PoolProgram.Serve(_folder.Path))
        {
            using var channel = GrpcChannel.ForAddress(first.Grpc);
            await load.InOrder(channel, SmallWorld.Found(seeds));
            await Task.WhenAll(SmallWorld.Partners.Select(partner => load.InOrder(channel, SmallWorld.Register(seeds, partner).ToList())));
            await load.Until(LeastAcknowledgements, first);
        }

        for (var kill = 2; kill <= Kills; kill++)
        {
            await using var pool = await PoolProgram.Serve(_folder.Path);
            await Check(load, seeds, pool);
            await load.Until(LeastAcknowledgements + seeds.Next(MostAcknowledgements - LeastAcknowledgements), pool);
        }

        await using var last = await PoolProgram.Serve(_folder.Path);
        await Check(load, seeds, last);
        var file = await Quiet();
        Assert.Equal([], file.Audit(load.Posted, DateTimeOffset.UtcNow));
        output.WriteLine(
            $"{load.Acknowledged.Count} writes acknowledged, {load.Unknown} left unknown by a crash, {load.Refused.Count} refused, {file.Rows.Count} events: "
            + string.Join(", ", file.Rows.CountBy(row => row.Type).OrderBy(type => type.Key).Select(type => $"{type.Value} {type.Key}")));
        await CheckReplay(file, last);
    }

    /// <summary>After a restart: everything acknowledged is there, a repeated request gets its old answer, and the auditor is content.</summary>
    private async Task Check(Load load, Seeds seeds, PoolProgram pool)
    {
        Assert.Empty(load.Failures);
        var journal = RecordedJournal.Read(RecordedJournal.Within(_folder.Path));
        Assert.Equal([], journal.Audit(load.Posted));
        Assert.Equal([], load.Contradictions(journal));
        using var channel = GrpcChannel.ForAddress(pool.Grpc);
        Assert.Equal([], await load.Repeat(channel, seeds, Repeated));
    }

    /// <summary>The journal when every actor rests. Each write to the log file is a reason to look again.</summary>
    private async Task<RecordedJournal> Quiet()
    {
        var written = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var watcher = new FileSystemWatcher(_folder.Path, "journal.db*") { NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.Size };
        watcher.Changed += (_, _) => written.Writer.TryWrite(true);
        watcher.EnableRaisingEvents = true;
        using var patience = new CancellationTokenSource(Patience);
        var file = RecordedJournal.Read(RecordedJournal.Within(_folder.Path));
        while (!file.Replay().IsQuiet)
        {
            await written.Reader.ReadAsync(patience.Token);
            file = RecordedJournal.Read(RecordedJournal.Within(_folder.Path));
        }

        return file;
    }

    /// <summary>I6: the same states after a stop, and again when every snapshot is gone and the journal alone is left.</summary>
    private async Task CheckReplay(RecordedJournal file, PoolProgram last)
    {
        var demands = file.Rows.Where(row => row.Type == "demand.posted").Select(NameOf).ToList();
        var before = await States(demands, last);
        await using var stopped = await PoolProgram.Serve(_folder.Path);
        Assert.Equal(before, await States(demands, stopped));
        foreach (var snapshots in Directory.GetFiles(_folder.Path, "snapshots.db*"))
        {
            File.Delete(snapshots);
        }

        await using var replayed = await PoolProgram.Serve(_folder.Path);
        Assert.Equal(before, await States(demands, replayed));
    }

    /// <summary>Every demand and partner as it is answered; then the pool is stopped.</summary>
    private static async Task<List<IMessage>> States(IEnumerable<string> demands, PoolProgram pool)
    {
        using var channel = GrpcChannel.ForAddress(pool.Grpc);
        var states = new List<IMessage>();
        foreach (var demand in demands)
        {
            states.Add(await new DemandService.DemandServiceClient(channel).GetDemandAsync(new() { Name = demand }));
        }

        foreach (var partner in SmallWorld.Partners)
        {
            states.Add(await new PartnerService.PartnerServiceClient(channel).GetPartnerAsync(new() { Name = partner }));
        }

        Assert.Equal(0, await pool.Terminate());
        return states;
    }

    private static string NameOf(JournalRow posted) =>
        $"streets/{posted.Street}/communities/{posted.Text("community")}/demands/{posted.Key}";
}
