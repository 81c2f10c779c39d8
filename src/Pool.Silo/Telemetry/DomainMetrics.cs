using System.Threading.Channels;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Views;

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
    private readonly DispatchFeed _feed;
    private readonly ILogger<DomainMetrics> _log;

    public DomainMetrics(IJournal journal, DispatchFeed feed, ILogger<DomainMetrics> log)
    {
        (_journal, _feed, _log) = (journal, feed, log);
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
            // What was written together is counted together: where histories must be read, they are then read in one query.
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
        // Told in order, each event builds on the one before, and whoever watches the street finds it told.
        var demand = (await _feed.Of(record.Stream, [record]))[0].Demand;
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
                PoolTelemetry.TimeToAcceptance.Record((record.At - demand.PostedAt).TotalSeconds);
                if (demand.Status == DemandStatus.Filled)
                {
                    Demand("filled");
                }

                break;
            case "demand.proposal-declined":
                Proposal("declined");
                break;
            case "demand.proposal-expired":
                Proposal("expired");
                break;
        }
    }

    private static void Demand(string outcome) => PoolTelemetry.Demands.Add(1, new KeyValuePair<string, object?>("pool.outcome", outcome));

    private static void Proposal(string outcome) => PoolTelemetry.Proposals.Add(1, new KeyValuePair<string, object?>("pool.outcome", outcome));
}
