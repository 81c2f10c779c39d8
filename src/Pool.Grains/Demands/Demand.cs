using System.Collections.Immutable;
using Pool.Actors;
using Pool.Matching;
using Pool.Streets;
using Pool.Values;

namespace Pool.Demands;

public enum DemandStatus
{
    /// <summary>A seat is open.</summary>
    Open = 1,

    /// <summary>Every seat is taken.</summary>
    Filled = 2,

    /// <summary>The window closed with a seat open.</summary>
    Expired = 3,
    Cancelled = 4,
}

/// <summary>How far the search has come.</summary>
/// <param name="Ring">The ring searched last; -1 before the first.</param>
/// <param name="RingSince">When that ring was opened.</param>
/// <param name="Queue">Its candidates that were not tried yet, best first; then those that the rings before it left.</param>
/// <param name="Tried">Offers whose calendars refused in this search.</param>
/// <param name="MoreIn">Streets of the ring that know more candidates than they gave.</param>
/// <param name="NextStreets">The streets of the next ring, where the findings name them.</param>
/// <param name="RetryAt">While the demand waits: when it is searched again.</param>
[GenerateSerializer, Immutable, Alias("pool.RingSearch")]
public sealed record RingSearch(
    [property: Id(0)] int Ring,
    [property: Id(1)] DateTimeOffset RingSince,
    [property: Id(2)] ImmutableArray<Candidate> Queue,
    [property: Id(3)] ImmutableArray<Values.OfferId> Tried,
    [property: Id(4)] ImmutableArray<StreetId> MoreIn,
    [property: Id(6)] ImmutableArray<StreetId> SeenStreets,
    [property: Id(7)] ImmutableArray<StreetId> NextStreets,
    [property: Id(8)] DateTimeOffset? RetryAt)
{
    public static readonly RingSearch NotBegun = new(-1, default, [], [], [], [], [], null);
}

/// <summary>A demand (需求): its seats, its search, its proposals and what became of them.</summary>
[GenerateSerializer, Immutable, Alias("pool.Demand")]
public sealed partial record Demand : IActorState<Demand, DemandEvent>
{
    public static Demand Empty { get; } = new();

    public static RefusalReason Missing => RefusalReason.DemandNotFound;

    [Id(0)] public DemandId Id { get; init; }

    [Id(1)] public CommunityId Community { get; init; }

    [Id(2)] public DemandTerms? Posted { get; init; }

    [Id(3)] public bool RequiresCertificate { get; init; }

    [Id(4)] public DateTimeOffset PostedAt { get; init; }

    [Id(5)] public DateTimeOffset ChangedAt { get; init; }

    [Id(6)] public DispatchPolicy Policy { get; init; } = DispatchPolicy.Default;

    [Id(7)] public RingSearch Search { get; init; } = RingSearch.NotBegun;

    [Id(8)] public ImmutableArray<Proposal> Proposals { get; init; } = [];

    /// <summary>When the demand expired or was cancelled; null before.</summary>
    [Id(9)] public DateTimeOffset? ClosedAt { get; init; }

    [Id(10)] public bool Cancelled { get; init; }

    /// <summary>Who waits for a seat that is given back, the first first.</summary>
    [Id(11)] public ImmutableArray<Candidate> Waiting { get; init; } = [];

    /// <summary>The only partners who are wanted; none: anybody.</summary>
    [Id(12)] public ImmutableArray<PartnerId> People { get; init; } = [];

    public bool Exists => Posted is not null;

    public StreetId? Office => Exists ? Community.Street : null;

    public CommunityId? Home => Exists ? Community : null;

    public DemandTerms Terms => Posted ?? throw new InvalidOperationException("The demand was never posted.");

    public DemandStatus Status =>
        Cancelled ? DemandStatus.Cancelled
        : ClosedAt is not null ? DemandStatus.Expired
        : SeatsAccepted == Terms.Seats ? DemandStatus.Filled
        : DemandStatus.Open;

    /// <summary>Where the service may lie: the whole window, or the one slot that an all-or-none demand has settled on.</summary>
    public TimeWindow Window => AllOrNoneSlot ?? Terms.Window;

    /// <summary>The slot of an all-or-none demand, once somebody is asked for it.</summary>
    private TimeWindow? AllOrNoneSlot => Terms.AllOrNone ? Proposals.FirstOrDefault(proposal => proposal.IsLive)?.Slot : null;

    /// <summary>
    /// When the demand expires with a seat open: at the last instant at which a service can still begin; all or none, when
    /// the slot begins that somebody has accepted. Null with every seat taken.
    /// </summary>
    public DateTimeOffset? ExpiresAt =>
        OpenSeats == 0 ? null : SeatsAccepted > 0 && !HasBegun && AllOrNoneSlot is { } slot ? slot.Start : LastStart;

    /// <summary>Whether a service of this demand has started.</summary>
    public bool HasBegun => Proposals.Any(proposal => proposal is { TakesSeats: true, Assignment.IsAhead: false });

    /// <summary>How fast it is dispatched, by the street's policy and its own urgency.</summary>
    public DispatchPace Pace => Policy.PaceOf(Terms.Urgency);

    /// <summary>The last instant at which a service can still begin.</summary>
    public DateTimeOffset LastStart => Terms.Window.End - Terms.Duration.ToTimeSpan();

    public DateTimeOffset? DueAt
    {
        get
        {
            if (!Exists)
            {
                return null;
            }

            if (DemandRules.NextStep(this, ChangedAt) is not null)
            {
                return ChangedAt + Patience.ForStep;
            }

            var expiry = Proposals.Aggregate((DateTimeOffset?)null, (first, proposal) => !proposal.IsPending || first <= proposal.ExpiresAt ? first : proposal.ExpiresAt);
            var search = SeatsToAsk > 0 && Search.RetryAt is { } retry ? retry : (DateTimeOffset?)null;
            return new[] { expiry, search, ExpiresAt }.Min();
        }
    }

    public Proposal Proposal(int number) => Proposals[number - 1];
}
