using Pool.Demands;
using Pool.EventSourcing;
using Pool.Hosting;

namespace Pool.Silo.Telemetry;

/// <summary>Counts demands and proposals by following the journal from where it stands at the start.</summary>
internal sealed class DomainMetrics(IJournal journal, ILogger<DomainMetrics> log) : BackgroundService
{
    private const int Batch = 512;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => Follow(journal.Head, stoppingToken), stoppingToken);

    private async Task Follow(long position, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await journal.WaitBeyond(position, stopping);
                foreach (var record in journal.ReadAfter(position, Batch))
                {
                    Count(record);
                    position = record.Position;
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host is stopping.
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            // Counting stops; the pool does not.
            PoolLog.ViewFailed(log, "metrics", position, cause);
        }
    }

    private void Count(JournalRecord record)
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
                Accepted(record);
                break;
            case "demand.proposal-declined":
                Proposal("declined");
                break;
            case "demand.proposal-expired":
                Proposal("expired");
                break;
        }
    }

    private void Accepted(JournalRecord record)
    {
        var events = journal.ReadStream(record.Stream, 0).TakeWhile(earlier => earlier.Version <= record.Version).Select(EventCatalogue<DemandEvent>.Read).ToList();
        PoolTelemetry.TimeToAcceptance.Record((record.At - events[0].At).TotalSeconds);
        if (events.Aggregate(Demands.Demand.Empty, (demand, happened) => demand.Evolve(happened)).Status == DemandStatus.Filled)
        {
            Demand("filled");
        }
    }

    private static void Demand(string outcome) => PoolTelemetry.Demands.Add(1, new KeyValuePair<string, object?>("pool.outcome", outcome));

    private static void Proposal(string outcome) => PoolTelemetry.Proposals.Add(1, new KeyValuePair<string, object?>("pool.outcome", outcome));
}
