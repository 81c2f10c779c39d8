using System.Threading.Channels;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.Hosting;

namespace Pool.Silo.Telemetry;

/// <summary>
/// Counts demands and proposals by what this silo writes, so that all silos together count none twice. What a silo does
/// not know to have written (it died, or the database's answer was lost) nobody counts: these are rates, not books.
/// </summary>
internal sealed class DomainMetrics : BackgroundService
{
    /// <summary>Events that wait to be counted; what comes beyond, while histories cannot be read, is not.</summary>
    private const int MostWaiting = 64 * 1024;

    private readonly Channel<JournalRecord> _written = Channel.CreateBounded<JournalRecord>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly IJournal _journal;
    private readonly ILogger<DomainMetrics> _log;

    public DomainMetrics(IJournal journal, ILogger<DomainMetrics> log)
    {
        (_journal, _log) = (journal, log);
        journal.Written += Take;
    }

    public override void Dispose()
    {
        _journal.Written -= Take;
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _written.Reader.WaitToReadAsync(stoppingToken))
        {
            // What was written together is counted together: the histories that it takes are then read in one query.
            var counting = new List<Task>();
            while (_written.Reader.TryRead(out var record))
            {
                counting.Add(TryCount(record));
            }

            await Task.WhenAll(counting);
        }
    }

    private async Task TryCount(JournalRecord record)
    {
        try
        {
            await Count(record);
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            // One event is not counted; the pool goes on.
            PoolLog.ViewFailed(_log, "metrics", record.Position, cause);
        }
    }

    private void Take(IReadOnlyList<JournalRecord> written)
    {
        foreach (var record in written.Where(record => record.Type.StartsWith("demand.", StringComparison.Ordinal)))
        {
            _written.Writer.TryWrite(record);
        }
    }

    private async ValueTask Count(JournalRecord record)
    {
        switch (record.Type)
        {
            case "demand.posted":
                Demand("posted");
                break;
            case "demand.expired":
                Demand("expired");
                break;
            case "demand.cancelled":
                Demand("cancelled");
                break;
            case "demand.proposal-made":
                var ring = ((ProposalMade)EventCatalogue<DemandEvent>.Read(record)).Candidate.Ring;
                PoolTelemetry.Proposals.Add(1, new("pool.outcome", "made"), new KeyValuePair<string, object?>("pool.ring", ring));
                break;
            case "demand.proposal-accepted":
                Proposal("accepted");
                await Accepted(record);
                break;
            case "demand.proposal-declined":
                Proposal("declined");
                break;
            case "demand.proposal-expired":
                Proposal("expired");
                break;
        }
    }

    private async ValueTask Accepted(JournalRecord record)
    {
        var history = await _journal.ReadStream(record.Stream, 0);
        var events = history.TakeWhile(earlier => earlier.Version <= record.Version).Select(EventCatalogue<DemandEvent>.Read).ToList();
        PoolTelemetry.TimeToAcceptance.Record((record.At - events[0].At).TotalSeconds);
        if (events.Aggregate(Demands.Demand.Empty, (demand, happened) => demand.Evolve(happened)).Status == DemandStatus.Filled)
        {
            Demand("filled");
        }
    }

    private static void Demand(string outcome) => PoolTelemetry.Demands.Add(1, new KeyValuePair<string, object?>("pool.outcome", outcome));

    private static void Proposal(string outcome) => PoolTelemetry.Proposals.Add(1, new KeyValuePair<string, object?>("pool.outcome", outcome));
}
