using Pool.Matching;
using Pool.Partners;
using Pool.Values;

namespace Pool.Treaties;

/// <summary>A partner's time that is lent: for which hold, and whose.</summary>
[GenerateSerializer, Immutable, Alias("pool.LoanId")]
public readonly record struct LoanId([property: Id(0)] HoldId Hold, [property: Id(1)] PartnerId Partner);

/// <summary>What a demand asks of the street of a partner before it asks the partner's calendar.</summary>
/// <param name="Home">The community that posted the demand.</param>
/// <param name="Each">Minutes of each of the people.</param>
/// <param name="People">How many people are wanted, at least 1; the street may lend fewer.</param>
/// <param name="ExpiresAt">When the hold is to end, unless it is booked.</param>
/// <param name="LastStart">The last instant at which the service can begin: the clerk need not answer later.</param>
[GenerateSerializer, Immutable, Alias("pool.Borrowing")]
public sealed record Borrowing(
    [property: Id(0)] LoanId Loan,
    [property: Id(1)] CommunityId Home,
    [property: Id(2)] OfferId Offer,
    [property: Id(3)] SkillCode Skill,
    [property: Id(4)] Minutes Each,
    [property: Id(5)] int People,
    [property: Id(6)] DateTimeOffset ExpiresAt,
    [property: Id(7)] DateTimeOffset LastStart);

/// <summary>What the partner's street answers: how many people, and when not; or the reason why nobody.</summary>
[GenerateSerializer, Immutable, Alias("pool.Clearance")]
public sealed record Clearance([property: Id(0)] CandidateReason? Reason, [property: Id(1)] int People, [property: Id(2)] ClosedTimes Closed)
{
    /// <summary>When the time was lent; null at home.</summary>
    [Id(3)] public DateTimeOffset? LentAt { get; init; }

    public static Clearance For(int people, ClosedTimes closed, DateTimeOffset? lentAt = null) => new(null, people, closed) { LentAt = lentAt };

    public static Clearance Refused(CandidateReason reason) => new(reason, 0, ClosedTimes.None);
}

/// <summary>Time lent to another street: authorised until it expires, then booked, then served; or returned.</summary>
/// <param name="Each">Minutes of each of the people.</param>
/// <param name="Quarter">The quarter in which it was lent, and whose limit it uses.</param>
/// <param name="ExpiresAt">When it ends by itself; null once it is booked.</param>
/// <param name="LentAt">When it was authorised: a loan that was dropped may be made again.</param>
/// <param name="Recalled">Whether the street wants it back: it is not booked any more.</param>
[GenerateSerializer, Immutable, Alias("pool.Loan")]
public sealed record Loan(
    [property: Id(0)] LoanId Id,
    [property: Id(1)] StreetId Borrower,
    [property: Id(2)] Minutes Each,
    [property: Id(3)] int People,
    [property: Id(4)] int Quarter,
    [property: Id(5)] DateTimeOffset? ExpiresAt,
    [property: Id(6)] DateTimeOffset LentAt,
    [property: Id(7)] bool Recalled = false)
{
    /// <summary>Minutes of all the people together.</summary>
    public Minutes Minutes => Each.Times(People);

    public bool IsBooked => ExpiresAt is null;

    public bool Lapsed(DateTimeOffset now) => ExpiresAt <= now;
}

/// <summary>A loan for which the clerk of the lending street is asked.</summary>
/// <param name="Number">Counts the street's requests from 1.</param>
/// <param name="Home">The community that posted the demand.</param>
/// <param name="People">How many people it would take.</param>
/// <param name="Each">Minutes of each of them.</param>
/// <param name="LastStart">It is forgotten after this: the service cannot begin any more.</param>
/// <param name="Approved">The answer; null before.</param>
[GenerateSerializer, Immutable, Alias("pool.LoanRequest")]
public sealed record LoanRequest(
    [property: Id(0)] int Number,
    [property: Id(1)] DateTimeOffset AskedAt,
    [property: Id(2)] CommunityId Home,
    [property: Id(3)] DemandId Demand,
    [property: Id(4)] OfferId Offer,
    [property: Id(5)] SkillCode Skill,
    [property: Id(6)] int People,
    [property: Id(7)] Minutes Each,
    [property: Id(8)] DateTimeOffset LastStart,
    [property: Id(9)] bool? Approved = null);
