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

            var expiry = Pending.Min(proposal => (DateTimeOffset?)proposal.ExpiresAt);
            var search = SeatsToAsk > 0 && Search.RetryAt is { } retry ? retry : (DateTimeOffset?)null;
            return new[] { expiry, search, ExpiresAt }.Min();
        }
    }

    public Proposal Proposal(int number) => Proposals[number - 1];

    public Demand Evolve(DemandEvent happened) => Apply(happened) with { ChangedAt = happened.At };

    private Demand Apply(DemandEvent happened) => happened switch
    {
        DemandPosted posted => this with
        {
            Id = posted.Demand,
            Community = posted.Community,
            Posted = posted.Terms,
            RequiresCertificate = posted.RequiresCertificate,
            PostedAt = posted.At,
            People = posted.People,
        },
        DemandChanged changed => this with
        {
            Posted = changed.Terms,
            RequiresCertificate = changed.RequiresCertificate,
            Search = RingSearch.NotBegun,
            People = changed.Terms.SameAs is null ? [] : People,
        },
        RingSearched searched => Searched(searched),
        CandidatesRefused refused => Refused(refused.Refused),
        ProposalMade made => Refused(made.Refused).Proposed(made),
        ProposalAccepted accepted => With(accepted.Number, proposal => proposal with
        {
            Status = ProposalStatus.Accepted,
            Seats = accepted.Seats.IsDefault ? FreeSeats(1) : accepted.Seats,
            Assignment = new(AssignmentStatus.Accepted, accepted.At),
        }),
        ProposalDeclined declined => With(declined.Number, proposal => proposal with
        {
            Status = ProposalStatus.Declined,
            Declined = declined.Why,
            Hold = HoldStatus.OwedBack,
        }),
        ProposalExpired expired => With(expired.Number, proposal => proposal with { Status = ProposalStatus.Expired, Hold = HoldStatus.OwedBack }),
        WaitingListJoined joined => this with { Waiting = Waiting.Add(joined.Candidate) },
        ProposalWithdrawn withdrawn => With(withdrawn.Number, Withdrawn),
        AssignmentBooked booked => With(booked.Number, proposal => proposal with { Hold = HoldStatus.Booked }),
        AssignmentStarted started => Assigned(started.Number, assignment => assignment with
        {
            Status = AssignmentStatus.Started,
            StartedAt = started.At,
        }),
        AssignmentCompleted completed => Assigned(completed.Number, assignment => assignment with
        {
            Status = AssignmentStatus.Completed,
            CompletedAt = completed.At,
            PartnerMinutes = completed.Reported,
        }),
        AssignmentConfirmed confirmed => Assigned(confirmed.Number, assignment => assignment with
        {
            Status = AssignmentStatus.Confirmed,
            CommunityMinutes = confirmed.Reported,
            AgreedMinutes = confirmed.Agreed,
        }),
        AssignmentDisputed disputed => Assigned(disputed.Number, assignment => assignment with
        {
            Status = AssignmentStatus.Disputed,
            CommunityMinutes = disputed.Reported,
        }),
        DisputeResolved resolved => Assigned(resolved.Number, assignment => assignment with
        {
            Status = AssignmentStatus.Confirmed,
            AgreedMinutes = resolved.Agreed,
        }),
        AssignmentSettled settled => With(settled.Number, proposal => proposal with
        {
            Hold = HoldStatus.Ended,
            Assignment = proposal.Assignment! with { Status = AssignmentStatus.Settled, EndedAt = settled.At, Entries = settled.Entries },
        }),
        AssignmentCorrected corrected => Assigned(corrected.Number, assignment => assignment with
        {
            Correcting = new(assignment.AgreedMinutes!.Value, corrected.At),
            AgreedMinutes = corrected.Agreed,
            Corrections = assignment.Corrections + 1,
        }),
        CorrectionSettled settled => Assigned(settled.Number, assignment => assignment with { Correcting = null, Entries = settled.Entries }),
        AssignmentRated rated => Assigned(rated.Number, assignment => assignment with { Stars = rated.Stars, Comment = rated.Comment }),
        RatingRecorded recorded => Assigned(recorded.Number, assignment => assignment with { RatingRecorded = true }),
        AssignmentReleased released => With(released.Number, proposal => proposal with
        {
            Hold = HoldStatus.OwedBack,
            Assignment = proposal.Assignment! with { Status = AssignmentStatus.Released, Released = released.Why, EndedAt = released.At },
        }),
        HoldReturned returned => With(returned.Number, proposal => proposal with { Hold = HoldStatus.Ended }),
        RoundJoined joined => this with { Search = Search with { RetryAt = joined.RetryAt } },
        DemandQueued queued => this with { Search = Search with { RetryAt = queued.RetryAt } },
        SearchResumed => this with { Search = RingSearch.NotBegun },
        DemandExpired expired => Closed(expired.At),
        DemandCancelled cancelled => Closed(cancelled.At) with { Cancelled = true },
        _ => throw new InvalidOperationException($"A demand does not know {happened.GetType().Name}."),
    };

    private Demand Searched(RingSearched searched)
    {
        // A ring searched again is the next page of the same ring: its streets and its beginning stay.
        var again = searched.Ring == Search.Ring;
        var findings = searched.Findings;
        var seen = again ? Search.SeenStreets : [.. Search.SeenStreets.Union(findings.Select(found => found.Street))];
        var next = searched.Ring == 0
            ? ImmutableArray<StreetId>.Empty
            : [.. (again ? Search.NextStreets : []).Union(findings.SelectMany(found => found.Neighbours)).Except(seen)];
        return this with
        {
            Policy = searched.Ring == 0 ? findings[0].Policy : Policy,
            Search = Search with
            {
                Ring = searched.Ring,
                RingSince = again ? Search.RingSince : searched.At,
                // Who was left unasked when a ring's dwell time passed is asked after those of the next ring.
                Queue = [.. findings.SelectMany(found => found.Candidates).OrderBy(candidate => candidate.Rank).ThenBy(candidate => candidate.Offer), .. Search.Queue],
                MoreIn = [.. findings.Where(found => found.Remaining > 0).Select(found => found.Street)],
                SeenStreets = seen,
                NextStreets = next,
            },
        };
    }

    private Demand Refused(ImmutableArray<RefusedOffers> refused)
    {
        var offers = refused.SelectMany(group => group.Offers).ToHashSet();
        return offers.Count == 0
            ? this
            : this with
            {
                Search = Search with { Queue = Search.Queue.RemoveAll(candidate => offers.Contains(candidate.Offer)), Tried = [.. Search.Tried, .. offers] },
                Waiting = Waiting.RemoveAll(candidate => offers.Contains(candidate.Offer)),
            };
    }

    private Demand Proposed(ProposalMade made)
    {
        if (made.Number != Proposals.Length + 1)
        {
            throw new InvalidOperationException($"Proposal {made.Number} does not follow proposal {Proposals.Length}.");
        }

        // A partner is asked once for a demand, whichever of its offers it was.
        var partner = made.Candidate.Offer.Partner;
        return this with
        {
            Search = Search with
            {
                Queue = Search.Queue.RemoveAll(candidate => candidate.Offer.Partner == partner),
                // Seats that a round has left, or that come back, wait for the next one.
                RetryAt = made.Round is null ? Search.RetryAt : null,
            },
            Waiting = Waiting.RemoveAll(candidate => candidate.Offer.Partner == partner),
            Proposals = Proposals.Add(new(
                made.Number, made.People, made.Candidate, made.Slot, made.At, made.ExpiresAt, ProposalStatus.Pending, HoldStatus.Held)
            {
                Replaces = made.Replaces,
                Round = made.Round,
                MinLevel = Terms.MinLevel,
            }),
        };
    }

    private Demand Closed(DateTimeOffset at) => this with
    {
        ClosedAt = at,
        Proposals = [.. Proposals.Select(proposal => proposal.IsPending ? Withdrawn(proposal) : proposal)],
    };

    private static Proposal Withdrawn(Proposal proposal) => proposal with { Status = ProposalStatus.Withdrawn, Hold = HoldStatus.OwedBack };

    private Demand With(int number, Func<Proposal, Proposal> change) =>
        this with { Proposals = Proposals.SetItem(number - 1, change(Proposal(number))) };

    private Demand Assigned(int number, Func<Assignment, Assignment> change) =>
        With(number, proposal => proposal with
        {
            Assignment = change(proposal.Assignment ?? throw new InvalidOperationException($"Proposal {number} has no assignment.")),
        });
}
