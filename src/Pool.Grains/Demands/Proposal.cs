using System.Collections.Immutable;
using Pool.Ledgers;
using Pool.Matching;
using Pool.Partners;
using Pool.Values;

namespace Pool.Demands;

public enum ProposalStatus
{
    Pending = 1,
    Accepted = 2,
    Declined = 3,
    Expired = 4,

    /// <summary>The demand ended, every seat was taken, or the partner was suspended or is not lent any more, before it answered.</summary>
    Withdrawn = 5,
}

public enum AssignmentStatus
{
    /// <summary>Accepted by the partner; the time is reserved.</summary>
    Accepted = 1,
    Started = 2,

    /// <summary>The partner has reported its minutes.</summary>
    Completed = 3,

    /// <summary>The two reports differ too much, or the community objects.</summary>
    Disputed = 4,

    /// <summary>Minutes are agreed; the settlement is under way.</summary>
    Confirmed = 5,

    /// <summary>Final: served and recorded.</summary>
    Settled = 6,

    /// <summary>Final: not served.</summary>
    Released = 7,
}

/// <summary>How the partner's calendar stands towards this proposal.</summary>
public enum HoldStatus
{
    /// <summary>Reserved until the hold's expiry.</summary>
    Held = 1,

    /// <summary>A booking.</summary>
    Booked = 2,

    /// <summary>Still to be given back.</summary>
    OwedBack = 3,

    /// <summary>Given back, lapsed or used up.</summary>
    Ended = 4,
}

/// <summary>What an accepted proposal became (派单); it has the proposal's number.</summary>
/// <param name="PartnerMinutes">As the partner reported; null before.</param>
/// <param name="CommunityMinutes">As the community reported; null before.</param>
/// <param name="AgreedMinutes">What is settled; null before.</param>
/// <param name="Released">Why it was released; null if it was not.</param>
/// <param name="Stars">The community's rating, 1 to 5; null before.</param>
/// <param name="RatingRecorded">Whether the partner's record has the rating.</param>
[GenerateSerializer, Immutable, Alias("pool.Assignment")]
public sealed record Assignment(
    [property: Id(0)] AssignmentStatus Status,
    [property: Id(1)] DateTimeOffset AcceptedAt,
    [property: Id(2)] DateTimeOffset? StartedAt = null,
    [property: Id(3)] DateTimeOffset? CompletedAt = null,
    [property: Id(4)] DateTimeOffset? EndedAt = null,
    [property: Id(5)] Minutes? PartnerMinutes = null,
    [property: Id(6)] Minutes? CommunityMinutes = null,
    [property: Id(7)] Minutes? AgreedMinutes = null,
    [property: Id(8)] ReleaseReason? Released = null,
    [property: Id(9)] int? Stars = null,
    [property: Id(10)] string Comment = "",
    [property: Id(11)] bool RatingRecorded = false)
{
    /// <summary>The entries of ledgers that settle it: the paying street's first; none before, and none of what is older than the ledgers.</summary>
    [Id(12)] public ImmutableArray<EntryRef> Entries { get; init; } = [];

    /// <summary>How often what was settled was corrected.</summary>
    [Id(13)] public int Corrections { get; init; }

    /// <summary>A correction that ledgers and records have still to say; null where there is none.</summary>
    [Id(14)] public PendingCorrection? Correcting { get; init; }

    public bool IsFinal => Status is AssignmentStatus.Settled or AssignmentStatus.Released;

    /// <summary>Whether the service has not begun, so that a cancellation releases it.</summary>
    public bool IsAhead => Status == AssignmentStatus.Accepted;
}

/// <summary>A correction under way.</summary>
/// <param name="Before">Minutes of each of the people, as ledgers and records have them.</param>
[GenerateSerializer, Immutable, Alias("pool.PendingCorrection")]
public sealed record PendingCorrection([property: Id(0)] Minutes Before, [property: Id(1)] DateTimeOffset At);

/// <summary>Seats offered to one partner (派单邀约).</summary>
/// <param name="People">For how many seats the partner was asked.</param>
[GenerateSerializer, Immutable, Alias("pool.Proposal")]
public sealed record Proposal(
    [property: Id(0)] int Number,
    [property: Id(10)] int People,
    [property: Id(2)] Candidate Candidate,
    [property: Id(3)] TimeWindow Slot,
    [property: Id(4)] DateTimeOffset MadeAt,
    [property: Id(5)] DateTimeOffset ExpiresAt,
    [property: Id(6)] ProposalStatus Status,
    [property: Id(7)] HoldStatus Hold,
    [property: Id(8)] DeclineReason? Declined = null,
    [property: Id(9)] Assignment? Assignment = null)
{
    /// <summary>The seats that it was accepted for, counted from 1; none before.</summary>
    [Id(11)] public ImmutableArray<int> Seats { get; init; } = [];

    /// <summary>The assignment whose seats are handed over; null for open seats.</summary>
    [Id(12)] public int? Replaces { get; init; }

    /// <summary>The round that assigned the partner, by its number; null where none did.</summary>
    [Id(13)] public int? Round { get; init; }

    /// <summary>The least level that the demand asked for when the proposal was made: by it the service is paid.</summary>
    [Id(14)] public int MinLevel { get; init; }

    public PartnerId Partner => Candidate.Offer.Partner;

    /// <summary>Who may answer.</summary>
    public RegisteredPartner Proposed => new(Candidate.Community, Partner);

    public bool IsPending => Status == ProposalStatus.Pending;

    /// <summary>Whether somebody is asked for seats that nobody has.</summary>
    public bool IsForOpenSeats => IsPending && Replaces is null;

    /// <summary>Whether its seats are taken by the assignment that it became.</summary>
    public bool TakesSeats => Assignment is { Status: not AssignmentStatus.Released };

    /// <summary>Whether the partner may still come: it was not refused, and the assignment not released.</summary>
    public bool IsLive => IsPending || TakesSeats;

    public HoldId HoldOf(DemandId demand) => new(demand, Number);
}
