using Pool.Ledgers;
using Pool.Matching;
using Pool.Partners;
using Pool.Treaties;
using Pool.Values;

namespace Pool.Demands;

/// <summary>What a demand asks of streets and of partners' calendars.</summary>
public static class DemandQueries
{
    /// <summary>Candidates asked of a street at a time.</summary>
    private const int CandidatesPerStreet = 16;

    /// <summary>What is asked of the streets of a ring.</summary>
    public static RingQuery Ring(this Demand demand, int ring) => new(
        ring, demand.Community, demand.Terms.Skill, demand.Terms.MinLevel, demand.RequiresCertificate, demand.Window, demand.Terms.Duration,
        demand.Terms.FeeModes, [.. demand.Proposals.Select(proposal => proposal.Partner)],
        [.. demand.Search.Tried, .. demand.Search.Queue.Select(candidate => candidate.Offer)], CandidatesPerStreet, demand.SeatsToAsk)
    {
        IsMentored = demand.IsMentored,
        Demand = demand.Id,
        People = demand.People,
    };

    /// <summary>What a round asks of the streets: like a search that has found and tried nobody.</summary>
    public static RingQuery Seek(this Demand demand) => demand.Ring(0) with { Tried = [] };

    /// <summary>What is asked of its street about one offer alone.</summary>
    /// <param name="window">Where the service may lie.</param>
    public static RingQuery Only(this Demand demand, OfferId offer, int ring, TimeWindow window) =>
        demand.Ring(ring) with { Only = offer, Window = window, Tried = [] };

    /// <summary>What is asked of a candidate's calendar.</summary>
    /// <param name="number">The number of the proposal that the time is for.</param>
    /// <param name="window">Where the service may lie.</param>
    public static HoldRequest Hold(this Demand demand, int number, Candidate candidate, TimeWindow window, int people, DateTimeOffset now) => new(
        new(demand.Id, number), window, demand.Terms.Duration, now + demand.Pace.ProposalExpiry.ToTimeSpan(), demand.RequiresCertificate,
        demand.Terms.MinLevel, demand.Terms.Skill, candidate.FeeMode, candidate.Ring, people);

    /// <summary>What the partner's street is asked before.</summary>
    public static Borrowing Borrow(this Demand demand, Candidate candidate, HoldRequest request) => new(
        new(request.Hold, candidate.Offer.Partner), demand.Community, candidate.Offer, demand.Terms.Skill, demand.Terms.Duration, request.People,
        request.ExpiresAt, demand.LastStart);

    /// <summary>How an assignment is paid.</summary>
    /// <param name="level">What the demand asked for when the partner was proposed.</param>
    /// <param name="each">The minutes of each of its people.</param>
    /// <param name="acceptedAt">Now, while nobody has accepted it.</param>
    public static Payment Pays(this Demand demand, int number, Candidate candidate, int level, int people, Minutes each, DateTimeOffset acceptedAt) => new(
        new(demand.Id, number), candidate.FeeMode, demand.Terms.Skill, level, people, each, demand.Community, new(candidate.Community, candidate.Offer.Partner), acceptedAt)
    {
        Payer = demand.Terms.Payer,
    };
}
