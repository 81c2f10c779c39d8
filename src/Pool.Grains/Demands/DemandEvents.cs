using System.Collections.Immutable;
using Pool.Actors;
using Pool.EventSourcing;
using Pool.Ledgers;
using Pool.Matching;
using Pool.Offers;
using Pool.Values;

namespace Pool.Demands;

/// <summary>What a community asks for (需求).</summary>
/// <param name="MinLevel">The least level, 1 to 5.</param>
/// <param name="Seats">How many partners are needed, 1 to 1,000.</param>
/// <param name="Window">Within which the service lies.</param>
/// <param name="Duration">How long it takes, 15 minutes to 24 hours.</param>
/// <param name="FeeModes">The accepted fee modes, the preferred first.</param>
/// <param name="Reach">The farthest ring to search, 0 to 3.</param>
/// <param name="WaiveCertificate">Whether the catalogue's demand for a certificate is waived.</param>
[GenerateSerializer, Immutable, Alias("pool.DemandTerms")]
public sealed record DemandTerms(
    [property: Id(0)] string Title,
    [property: Id(1)] string Description,
    [property: Id(2)] SkillCode Skill,
    [property: Id(3)] int MinLevel,
    [property: Id(4)] int Seats,
    [property: Id(5)] TimeWindow Window,
    [property: Id(6)] Minutes Duration,
    [property: Id(7)] ImmutableArray<FeeMode> FeeModes,
    [property: Id(8)] int Reach,
    [property: Id(9)] bool WaiveCertificate)
{
    [Id(10)] public Urgency Urgency { get; init; } = Urgency.Routine;

    [Id(11)] public DispatchMode Mode { get; init; } = DispatchMode.Sequential;

    /// <summary>How many partners a broadcast asks at once, 1 to 100; 0 in the other modes.</summary>
    [Id(12)] public int AskAtOnce { get; init; }

    /// <summary>Whether the service takes place only with every seat taken; then all seats have the same slot.</summary>
    [Id(13)] public bool AllOrNone { get; init; }

    /// <summary>The demand whose people alone are wanted: those who have seats of it when this one is posted; null: anybody.</summary>
    [Id(14)] public DemandId? SameAs { get; init; }

    /// <summary>Which account of a partner or resident of the community's street pays what is not unpaid; null: the community's fund.</summary>
    [Id(15)] public AccountId? Payer { get; init; }
}

/// <summary>What a clerk may change of an open demand: what is null stays.</summary>
[GenerateSerializer, Immutable, Alias("pool.DemandPatch")]
public sealed record DemandPatch(
    [property: Id(0)] int? MinLevel,
    [property: Id(1)] int? Reach,
    [property: Id(2)] DateTimeOffset? WindowEnd,
    [property: Id(3)] bool? WaiveCertificate,
    [property: Id(4)] ImmutableArray<FeeMode>? FeeModes,
    [property: Id(5)] Urgency? Urgency,
    [property: Id(6)] DispatchMode? Mode,
    [property: Id(7)] int? AskAtOnce,
    [property: Id(8)] bool AnyPeople = false)
{
    public DemandTerms Of(DemandTerms terms) => terms with
    {
        MinLevel = MinLevel ?? terms.MinLevel,
        Reach = Reach ?? terms.Reach,
        Window = terms.Window with { End = WindowEnd ?? terms.Window.End },
        WaiveCertificate = WaiveCertificate ?? terms.WaiveCertificate,
        FeeModes = FeeModes ?? terms.FeeModes,
        Urgency = Urgency ?? terms.Urgency,
        Mode = Mode ?? terms.Mode,
        SameAs = AnyPeople ? null : terms.SameAs,
        // Another mode asks nobody at once, unless the clerk says so.
        AskAtOnce = AskAtOnce ?? (Mode is { } mode && mode != terms.Mode ? 0 : terms.AskAtOnce),
    };
}

/// <summary>Why a partner declined a proposal.</summary>
public enum DeclineReason
{
    NoTime = 1,
    TooFar = 2,
    NotMySkill = 3,
    Unwell = 4,
    Other = 5,
}

/// <summary>Why an assignment was released.</summary>
public enum ReleaseReason
{
    /// <summary>The community cancelled the demand.</summary>
    DemandCancelled = 1,

    /// <summary>The partner gave the assignment back.</summary>
    PartnerCancelled = 2,

    /// <summary>The community reports that the partner did not come.</summary>
    PartnerNoShow = 3,

    /// <summary>The partner reports that nobody was there.</summary>
    CommunityNoShow = 4,

    /// <summary>The partner's calendar had ended the hold before the acceptance reached it.</summary>
    HoldEnded = 5,

    /// <summary>All or none: the slot began, and a seat was still open.</summary>
    SeatsLeftOpen = 6,

    /// <summary>Another partner took the seats over.</summary>
    Swapped = 7,

    /// <summary>The partner was suspended before the service began.</summary>
    PartnerSuspended = 8,

    /// <summary>The partner's street wanted it back before the service began.</summary>
    LoanRecalled = 9,

    /// <summary>A ledger could not hold what the service costs: since the partner was asked, others had used the cover.</summary>
    NotCovered = 10,
}

/// <summary>Why a proposal was withdrawn while the demand went on.</summary>
public enum WithdrawReason
{
    /// <summary>Every seat is taken, or the seats that were to be handed over are not any more.</summary>
    SeatsTaken = 1,

    /// <summary>The partner was suspended.</summary>
    PartnerSuspended = 2,

    /// <summary>The partner's street wants it back.</summary>
    LoanRecalled = 3,
}

public abstract record DemandEvent(DateTimeOffset At) : IEvent;

/// <param name="RequiresCertificate">As the catalogue said at the time, unless waived.</param>
[Alias("demand.posted")]
public sealed record DemandPosted(DateTimeOffset At, DemandId Demand, CommunityId Community, DemandTerms Terms, bool RequiresCertificate) : DemandEvent(At)
{
    /// <summary>The only partners who are wanted; none: anybody.</summary>
    public ImmutableArray<PartnerId> People { get; init; } = [];
}

/// <summary>A clerk widened the open demand, hurried it, or switched its mode: the search begins again at home.</summary>
[Alias("demand.changed")]
public sealed record DemandChanged(DateTimeOffset At, DemandTerms Terms, bool RequiresCertificate) : DemandEvent(At);

[Alias("demand.ring-searched")]
public sealed record RingSearched(DateTimeOffset At, int Ring, ImmutableArray<StreetFindings> Findings) : DemandEvent(At)
{
    /// <summary>Whether another search of the ring, at another time, found the same: the two read the same in the journal.</summary>
    public bool FindsWhat(RingSearched other) =>
        EventCatalogue<DemandEvent>.Write(this with { At = other.At }).Payload == EventCatalogue<DemandEvent>.Write(other).Payload;
}

/// <summary>Every candidate known in the rings was refused by its calendar; nobody was proposed to.</summary>
[Alias("demand.candidates-refused")]
public sealed record CandidatesRefused(DateTimeOffset At, ImmutableArray<RefusedOffers> Refused) : DemandEvent(At);

/// <param name="Number">Counts the demand's proposals from 1; the assignment has the same.</param>
/// <param name="Refused">Better ranked candidates whose calendars refused just before.</param>
/// <param name="People">For how many seats the partner is asked, 1 to 1,000; a team sends several people.</param>
/// <param name="CameForward">Whether the partner came by itself, or for somebody who has the seats, and not out of a search.</param>
/// <param name="Replaces">The assignment that is handed over; null for open seats.</param>
/// <param name="Round">The round that assigned the partner, by its number; null where none did.</param>
[Alias("demand.proposal-made")]
public sealed record ProposalMade(
    DateTimeOffset At, int Number, Candidate Candidate, TimeWindow Slot, DateTimeOffset ExpiresAt, ImmutableArray<RefusedOffers> Refused, int People = 1,
    bool CameForward = false, int? Replaces = null, int? Round = null)
    : DemandEvent(At);

/// <param name="Seats">The seats that the partner has now, counted from 1: no more than it was asked for.</param>
[Alias("demand.proposal-accepted")]
public sealed record ProposalAccepted(DateTimeOffset At, int Number, ImmutableArray<int> Seats) : DemandEvent(At);

/// <summary>A partner waits for a seat that is given back.</summary>
[Alias("demand.waiting-list-joined")]
public sealed record WaitingListJoined(DateTimeOffset At, Candidate Candidate) : DemandEvent(At);

/// <summary>The partner need not answer any more.</summary>
[Alias("demand.proposal-withdrawn")]
public sealed record ProposalWithdrawn(DateTimeOffset At, int Number, WithdrawReason Why) : DemandEvent(At);

[Alias("demand.proposal-declined")]
public sealed record ProposalDeclined(DateTimeOffset At, int Number, DeclineReason Why, string Note) : DemandEvent(At);

[Alias("demand.proposal-expired")]
public sealed record ProposalExpired(DateTimeOffset At, int Number) : DemandEvent(At);

/// <summary>The partner's calendar has the booking.</summary>
[Alias("demand.assignment-booked")]
public sealed record AssignmentBooked(DateTimeOffset At, int Number) : DemandEvent(At);

[Alias("demand.assignment-started")]
public sealed record AssignmentStarted(DateTimeOffset At, int Number) : DemandEvent(At);

[Alias("demand.assignment-completed")]
public sealed record AssignmentCompleted(DateTimeOffset At, int Number, Minutes Reported) : DemandEvent(At);

/// <summary>The community's minutes were near enough to the partner's.</summary>
[Alias("demand.assignment-confirmed")]
public sealed record AssignmentConfirmed(DateTimeOffset At, int Number, Minutes Reported, Minutes Agreed) : DemandEvent(At);

/// <param name="Reported">The community's minutes; null where it disputes without a figure.</param>
[Alias("demand.assignment-disputed")]
public sealed record AssignmentDisputed(DateTimeOffset At, int Number, Minutes? Reported, string Note) : DemandEvent(At);

[Alias("demand.dispute-resolved")]
public sealed record DisputeResolved(DateTimeOffset At, int Number, Minutes Agreed, string Note) : DemandEvent(At);

/// <summary>The partner's record has the service, and ledgers what it cost.</summary>
[Alias("demand.assignment-settled")]
public sealed record AssignmentSettled(DateTimeOffset At, int Number) : DemandEvent(At)
{
    /// <summary>The entries that settle it: the paying street's first; none of what was settled before there were ledgers.</summary>
    public ImmutableArray<EntryRef> Entries { get; init; } = [];
}

/// <summary>What was settled turns out to be wrong: other minutes are right.</summary>
/// <param name="Agreed">Minutes of each of the people.</param>
[Alias("demand.assignment-corrected")]
public sealed record AssignmentCorrected(DateTimeOffset At, int Number, Minutes Agreed, string Note) : DemandEvent(At);

/// <summary>Ledgers and records say the minutes of a correction.</summary>
/// <param name="Entries">The entries that stand now, the paying street's first.</param>
[Alias("demand.correction-settled")]
public sealed record CorrectionSettled(DateTimeOffset At, int Number, ImmutableArray<EntryRef> Entries) : DemandEvent(At);

[Alias("demand.assignment-rated")]
public sealed record AssignmentRated(DateTimeOffset At, int Number, int Stars, string Comment) : DemandEvent(At);

/// <summary>The partner's record has the rating.</summary>
[Alias("demand.rating-recorded")]
public sealed record RatingRecorded(DateTimeOffset At, int Number) : DemandEvent(At);

[Alias("demand.assignment-released")]
public sealed record AssignmentReleased(DateTimeOffset At, int Number, ReleaseReason Why, string Note) : DemandEvent(At);

/// <summary>The partner's calendar has the time back.</summary>
[Alias("demand.hold-returned")]
public sealed record HoldReturned(DateTimeOffset At, int Number) : DemandEvent(At);

/// <summary>Every ring was searched and a seat is still open: the demand waits until <paramref name="RetryAt"/>.</summary>
[Alias("demand.queued")]
public sealed record DemandQueued(DateTimeOffset At, DateTimeOffset RetryAt) : DemandEvent(At);

/// <summary>The demand waits for a round.</summary>
/// <param name="Street">Whose round it is.</param>
/// <param name="RoundAt">When the round begins.</param>
/// <param name="RetryAt">When the demand asks for a round again, should that one pass it over.</param>
[Alias("demand.round-joined")]
public sealed record RoundJoined(DateTimeOffset At, StreetId Street, DateTimeOffset RoundAt, DateTimeOffset RetryAt) : DemandEvent(At);

/// <summary>The search begins again at home.</summary>
[Alias("demand.search-resumed")]
public sealed record SearchResumed(DateTimeOffset At) : DemandEvent(At);

/// <summary>The window closed with a seat open.</summary>
[Alias("demand.expired")]
public sealed record DemandExpired(DateTimeOffset At) : DemandEvent(At);

[Alias("demand.cancelled")]
public sealed record DemandCancelled(DateTimeOffset At, string Why) : DemandEvent(At);
