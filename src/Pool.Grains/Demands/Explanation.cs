using System.Collections.Immutable;
using Pool.Matching;
using Pool.Values;

namespace Pool.Demands;

/// <summary>A candidate and what became of it.</summary>
[GenerateSerializer, Immutable, Alias("pool.ExplainedCandidate")]
public sealed record ExplainedCandidate([property: Id(0)] Candidate Candidate, [property: Id(1)] CandidateReason Reason);

/// <summary>What one street contributed to one ring.</summary>
[GenerateSerializer, Immutable, Alias("pool.ExplainedStreet")]
public sealed record ExplainedStreet(
    [property: Id(0)] StreetId Street,
    [property: Id(1)] ImmutableArray<ExplainedCandidate> Candidates,
    [property: Id(2)] ImmutableArray<RefusedOffers> Refused,
    [property: Id(3)] ImmutableArray<Cure> Cures);

/// <summary>One search of one ring.</summary>
[GenerateSerializer, Immutable, Alias("pool.ExplainedSearch")]
public sealed record ExplainedSearch([property: Id(0)] DateTimeOffset At, [property: Id(1)] int Ring, [property: Id(2)] ImmutableArray<ExplainedStreet> Streets);

/// <summary>One event of the demand, with the trace that wrote it.</summary>
/// <param name="Event">The event's stored name, for example <c>demand.proposal-made</c>.</param>
/// <param name="Proposal">The proposal that it is about; 0 when it is about none.</param>
/// <param name="TraceId">The W3C trace id; empty when nobody traced.</param>
[GenerateSerializer, Immutable, Alias("pool.ExplainedEvent")]
public sealed record ExplainedEvent(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] long Position,
    [property: Id(2)] string Event,
    [property: Id(3)] int Proposal,
    [property: Id(4)] string Actor,
    [property: Id(5)] string TraceId);

/// <summary>What would happen if a demand were posted.</summary>
/// <param name="Foreseen">The demand as it would be when everybody is asked who is asked at once.</param>
/// <param name="Searches">The rings as they would be searched.</param>
[GenerateSerializer, Immutable, Alias("pool.DemandPreview")]
public sealed record DemandPreview([property: Id(0)] Demand Foreseen, [property: Id(1)] ImmutableArray<ExplainedSearch> Searches);

/// <summary>Everything that was tried for a demand, ring by ring, and everything that happened to it.</summary>
/// <param name="Fairness">How evenly the work of the demand's skill lies by now on the partners of the streets that were searched.</param>
[GenerateSerializer, Immutable, Alias("pool.Explanation")]
public sealed record Explanation(
    [property: Id(0)] Demand Demand,
    [property: Id(1)] ImmutableArray<ExplainedSearch> Searches,
    [property: Id(2)] ImmutableArray<ExplainedEvent> History,
    [property: Id(3)] ImmutableArray<Fairness> Fairness)
{
    /// <summary>The most searches that are told, the newest.</summary>
    public const int MostSearches = 200;

    /// <summary>Reads the searches off the demand's events: a candidate's reason changes as its calendar answers.</summary>
    public static ImmutableArray<ExplainedSearch> Searched(IEnumerable<DemandEvent> events)
    {
        var searches = new List<ExplainedSearch>();
        foreach (var happened in events)
        {
            switch (happened)
            {
                case RingSearched searched:
                    searches.Add(new(searched.At, searched.Ring, [.. searched.Findings.Select(Street)]));
                    break;
                case ProposalMade made:
                    Mark(made.Refused);
                    Mark([new(CandidateReason.Proposed, [made.Candidate.Offer])]);
                    break;
                case CandidatesRefused refused:
                    Mark(refused.Refused);
                    break;
            }
        }

        return [.. searches.TakeLast(MostSearches)];

        void Mark(ImmutableArray<RefusedOffers> groups)
        {
            foreach (var group in groups)
            {
                var last = searches.FindLastIndex(search => search.Streets.Any(street => street.Candidates.Any(Among(group))));
                if (last >= 0)
                {
                    searches[last] = searches[last] with
                    {
                        Streets = [.. searches[last].Streets.Select(street => street with
                        {
                            Candidates = [.. street.Candidates.Select(candidate =>
                                Among(group)(candidate) ? candidate with { Reason = group.Reason } : candidate)],
                        })],
                    };
                }
            }
        }

        static Func<ExplainedCandidate, bool> Among(RefusedOffers group) => candidate => group.Offers.Contains(candidate.Candidate.Offer);
    }

    /// <summary>The rings as they were searched since the search last began at home.</summary>
    public static List<RingSearched> LastSearches(IEnumerable<DemandEvent> events)
    {
        var searches = new List<RingSearched>();
        foreach (var happened in events)
        {
            switch (happened)
            {
                case SearchResumed:
                    searches.Clear();
                    break;
                case RingSearched searched:
                    searches.Add(searched);
                    break;
            }
        }

        return searches;
    }

    /// <summary>The proposal that an event is about; 0 when it is about none.</summary>
    public static int ProposalOf(DemandEvent happened) => happened switch
    {
        ProposalMade made => made.Number,
        ProposalAccepted accepted => accepted.Number,
        ProposalDeclined declined => declined.Number,
        ProposalExpired expired => expired.Number,
        ProposalWithdrawn withdrawn => withdrawn.Number,
        AssignmentBooked booked => booked.Number,
        AssignmentStarted started => started.Number,
        AssignmentCompleted completed => completed.Number,
        AssignmentConfirmed confirmed => confirmed.Number,
        AssignmentDisputed disputed => disputed.Number,
        DisputeResolved resolved => resolved.Number,
        AssignmentSettled settled => settled.Number,
        AssignmentCorrected corrected => corrected.Number,
        CorrectionSettled settled => settled.Number,
        AssignmentRated rated => rated.Number,
        RatingRecorded recorded => recorded.Number,
        AssignmentReleased released => released.Number,
        HoldReturned returned => returned.Number,
        _ => 0,
    };

    private static ExplainedStreet Street(StreetFindings found) =>
        new(found.Street, [.. found.Candidates.Select(candidate => new ExplainedCandidate(candidate, CandidateReason.Ranked))], found.Refused, found.Cures);
}
