using Pool.Demands;
using Pool.Streets;
using Pool.Values;

namespace Pool.Matching;

/// <summary>A demand that found nobody, as a street that it searched keeps it.</summary>
/// <param name="Since">When it was posted.</param>
/// <param name="AsOf">How the street's calendars stood when the demand searched it: see <see cref="WaitingQueue.AsOf"/>.</param>
/// <param name="Until">When it searches again by itself.</param>
/// <param name="Query">What it asks of the street; the offers whose calendars refused it are those tried.</param>
[GenerateSerializer, Immutable, Alias("pool.WaitingDemand")]
public sealed record WaitingDemand(
    [property: Id(0)] DemandId Demand,
    [property: Id(1)] Urgency Urgency,
    [property: Id(2)] DateTimeOffset Since,
    [property: Id(3)] long AsOf,
    [property: Id(4)] DateTimeOffset Until,
    [property: Id(5)] RingQuery Query)
{
    /// <summary>
    /// Its place in the queue: an urgent demand goes before routine ones that came up to a day earlier, an emergency before
    /// those up to three days earlier. So the oldest urgent demand is first, and none waits for ever behind newer ones.
    /// </summary>
    public DateTimeOffset Place => Urgency switch
    {
        Urgency.Routine => Since,
        Urgency.Urgent => Since - TimeSpan.FromDays(1),
        Urgency.Emergency => Since - TimeSpan.FromDays(3),
    };
}

/// <summary>
/// The demands that wait for somebody of one street. It lives in memory alone: a demand enters it anew with every search,
/// and searches by itself when nobody calls it.
/// </summary>
/// <param name="asOf">Where the count begins: beyond that of every queue of this street before.</param>
public sealed class WaitingQueue(long asOf)
{
    private readonly Dictionary<DemandId, WaitingDemand> _waiting = [];
    private readonly Dictionary<PartnerId, long> _freed = [];

    /// <summary>Counts how often a partner of the street became free.</summary>
    public long AsOf { get; private set; } = asOf;

    public bool IsEmpty => _waiting.Count == 0;

    public void Enter(WaitingDemand demand) => _waiting[demand.Demand] = demand;

    public void Leave(DemandId demand) => _waiting.Remove(demand);

    /// <summary>A partner has time again.</summary>
    public void Free(PartnerId partner) => _freed[partner] = ++AsOf;

    /// <summary>Those whom the partner, or anybody where null, may serve by now, in the order of the queue.</summary>
    public IReadOnlyList<WaitingDemand> For(PartnerId? partner, Street street, StreetHints hints, DateTimeOffset now)
    {
        foreach (var late in _waiting.Values.Where(waiting => waiting.Until <= now).ToList())
        {
            _waiting.Remove(late.Demand);
        }

        return [.. _waiting.Values.Where(waiting => Fits(waiting, partner, street, hints, now)).OrderBy(waiting => waiting.Place).ThenBy(waiting => waiting.Demand.Text, StringComparer.Ordinal)];
    }

    /// <summary>Whether the partner, or anybody where null, may serve the demand by now.</summary>
    public bool Fits(WaitingDemand waiting, PartnerId? partner, Street street, StreetHints hints, DateTimeOffset now) =>
        Rings(waiting.Query, street.Profile!.Id)
            .Select(ring => MatchRules.Search(street, hints, waiting.Query with { Ring = ring, OnlyPartner = partner, Tried = [], Wanted = 0 }, now))
            .SelectMany(found => found.Candidates)
            .Any(candidate => IsNew(waiting, candidate, hints.Of(candidate.Offer.Partner)));

    /// <summary>Whether the demand's own search cannot have had the candidate: it is free since, or was not there.</summary>
    private bool IsNew(WaitingDemand waiting, Candidate candidate, BusyHint? hint) =>
        (!waiting.Query.Tried.Contains(candidate.Offer) || (_freed.TryGetValue(candidate.Offer.Partner, out var freed) && freed > waiting.AsOf))
        && !(hint?.Full.Any(full => full.Contains(waiting.Query.Window)) ?? false);

    /// <summary>A street's own demands search it in two rings, unless they reach no farther than their community.</summary>
    private static int[] Rings(RingQuery query, StreetId street) => query.Home.Street == street && query.Ring == 1 ? [0, 1] : [query.Ring];
}
