using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Pool.Offers;
using Pool.Streets;
using Pool.Values;

namespace Pool.Matching;

/// <summary>What a demand asks of a street in one ring.</summary>
/// <param name="Ring">0 own community, 1 own street without it, 2 and 3 other streets.</param>
/// <param name="Asked">Partners who were asked for this demand before.</param>
/// <param name="Tried">Offers whose partners' calendars refused since this search began; they are passed over in silence.</param>
/// <param name="Limit">The most candidates to answer.</param>
/// <param name="Wanted">Open seats: with fewer candidates the answer says what would cure the shortage.</param>
/// <param name="Only">The one offer that is looked at; null for all.</param>
/// <param name="OnlyPartner">The one partner whose offers are looked at; null for all.</param>
[GenerateSerializer, Immutable, Alias("pool.RingQuery")]
public sealed record RingQuery(
    [property: Id(0)] int Ring,
    [property: Id(1)] CommunityId Home,
    [property: Id(2)] SkillCode Skill,
    [property: Id(3)] int MinLevel,
    [property: Id(4)] bool RequiresCertificate,
    [property: Id(5)] TimeWindow Window,
    [property: Id(6)] Minutes Duration,
    [property: Id(7)] ImmutableArray<FeeMode> FeeModes,
    [property: Id(8)] ImmutableArray<PartnerId> Asked,
    [property: Id(9)] ImmutableArray<OfferId> Tried,
    [property: Id(10)] int Limit,
    [property: Id(11)] int Wanted,
    [property: Id(12)] OfferId? Only = null,
    [property: Id(13)] PartnerId? OnlyPartner = null)
{
    /// <summary>Whether newcomers may come along with somebody who has a seat.</summary>
    [Id(14)] public bool IsMentored { get; init; }

    /// <summary>Whose question it is; null for nobody's, as in a forecast.</summary>
    [Id(15)] public DemandId? Demand { get; init; }

    /// <summary>The only partners who are wanted; none: anybody.</summary>
    [Id(16)] public ImmutableArray<PartnerId> People { get; init; } = [];
}

/// <summary>An offer that passed every filter, with its place in the ranking (lower is better).</summary>
/// <param name="OnTrial">Whether the partner is a newcomer, by its street's policy.</param>
[GenerateSerializer, Immutable, Alias("pool.Candidate")]
public sealed record Candidate(
    [property: Id(0)] OfferId Offer,
    [property: Id(1)] CommunityId Community,
    [property: Id(2)] int Ring,
    [property: Id(3)] int Level,
    [property: Id(4)] FeeMode FeeMode,
    [property: Id(5)] long Rank,
    [property: Id(6)] bool OnTrial = false);

/// <summary>Offers that were not chosen for the same reason.</summary>
[GenerateSerializer, Immutable, Alias("pool.RefusedOffers")]
public sealed record RefusedOffers([property: Id(0)] CandidateReason Reason, [property: Id(1)] ImmutableArray<OfferId> Offers);

/// <summary>What would add candidates: each counted candidate fails this one filter alone.</summary>
/// <param name="Street">For <see cref="CureKind.OpenTreaty"/>: with whom.</param>
/// <param name="Level">For <see cref="CureKind.LowerLevel"/>: down to which.</param>
/// <param name="FeeMode">For <see cref="CureKind.AcceptFeeMode"/>: which.</param>
/// <param name="Until">For <see cref="CureKind.WidenWindow"/>: the end of the window that would do.</param>
/// <param name="Candidates">How many more candidates it gives.</param>
[GenerateSerializer, Immutable, Alias("pool.Cure")]
public sealed record Cure(
    [property: Id(0)] CureKind Kind,
    [property: Id(1)] int Candidates,
    [property: Id(2)] StreetId? Street = null,
    [property: Id(3)] int? Level = null,
    [property: Id(4)] FeeMode? FeeMode = null,
    [property: Id(5)] DateTimeOffset? Until = null);

/// <summary>What a street found in one ring.</summary>
/// <param name="Street">Who answers.</param>
/// <param name="Candidates">The best, best first.</param>
/// <param name="Remaining">How many more fit beyond those.</param>
/// <param name="Refused">Who did not fit and why.</param>
/// <param name="Cures">What would help, most candidates first.</param>
/// <param name="Neighbours">The street's neighbours: where the next ring lies.</param>
/// <param name="Policy">The street's dispatch policy.</param>
/// <param name="AsOf">How the street's calendars stood: see <see cref="WaitingQueue.AsOf"/>. It is not recorded.</param>
[GenerateSerializer, Immutable, Alias("pool.StreetFindings")]
public sealed record StreetFindings(
    [property: Id(0)] StreetId Street,
    [property: Id(1)] ImmutableArray<Candidate> Candidates,
    [property: Id(2)] int Remaining,
    [property: Id(3)] ImmutableArray<RefusedOffers> Refused,
    [property: Id(4)] ImmutableArray<Cure> Cures,
    [property: Id(5)] ImmutableArray<StreetId> Neighbours,
    [property: Id(6)] DispatchPolicy Policy,
    [property: Id(7), JsonIgnore] long AsOf = 0);

/// <summary>An offer that may serve a demand.</summary>
/// <param name="People">How many people it can send.</param>
/// <param name="Starts">When the service may begin, earliest first; at least one.</param>
[GenerateSerializer, Immutable, Alias("pool.SuppliedOffer")]
public sealed record SuppliedOffer(
    [property: Id(0)] Candidate Candidate, [property: Id(1)] int People, [property: Id(2)] ImmutableArray<DateTimeOffset> Starts);

/// <summary>What a street found for a round.</summary>
/// <param name="Offers">Every offer that fits, not only the best.</param>
[GenerateSerializer, Immutable, Alias("pool.StreetSupply")]
public sealed record StreetSupply([property: Id(0)] StreetFindings Findings, [property: Id(1)] ImmutableArray<SuppliedOffer> Offers);

/// <summary>What a partner's calendar told the street lately; only a hint.</summary>
/// <param name="Full">Stretches in which the partner has no room.</param>
/// <param name="Booked">Minutes reserved and not served yet.</param>
/// <param name="Revision">Of the partner's facts, as of which the rest is said.</param>
/// <param name="QuarterNumber">The quarter in which the minutes were served; see <see cref="Quarter"/>.</param>
[GenerateSerializer, Immutable, Alias("pool.BusyHint")]
public sealed record BusyHint(
    [property: Id(0)] ImmutableArray<TimeWindow> Full,
    [property: Id(1)] Minutes Booked,
    [property: Id(2)] long Revision = 0,
    [property: Id(3)] int QuarterNumber = 0,
    [property: Id(4)] Minutes Served = default);
