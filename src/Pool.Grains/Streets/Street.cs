using System.Collections.Immutable;
using Pool.Actors;
using Pool.Demands;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Treaties;
using Pool.Values;

namespace Pool.Streets;

/// <summary>How a street dispatches; a demand takes its home street's policy when its search begins.</summary>
/// <param name="ProposalExpiry">How long a partner may think about a proposal.</param>
/// <param name="RingDwell">How long a ring may be tried before the next is opened although candidates are left; 0: until all were asked.</param>
/// <param name="RetryAfter">The pause after which a demand that found nobody is searched again.</param>
/// <remarks>The expiry and the dwell time are those of a routine demand; urgent ones have a pace of their own.</remarks>
[GenerateSerializer, Immutable, Alias("pool.DispatchPolicy")]
public sealed record DispatchPolicy(
    [property: Id(0)] Minutes ProposalExpiry,
    [property: Id(1)] Minutes RingDwell,
    [property: Id(2)] Minutes RetryAfter)
{
    public static readonly DispatchPolicy Default = new(new(15), Minutes.Zero, new(15));

    /// <summary>By default 5 minutes to answer, and 15 in a ring.</summary>
    [Id(3)] public DispatchPace Urgent { get; init; } = new(new(5), new(15));

    /// <summary>By default 2 minutes to answer, and 4 in a ring.</summary>
    [Id(4)] public DispatchPace Emergency { get; init; } = new(new(2), new(4));

    /// <summary>How often a partner of this street must have served before it is sent beyond its own community; 0, the default, for no trial.</summary>
    [Id(5)] public int TrialServices { get; init; }

    /// <summary>How far apart the street's rounds are, counted from Monday's midnight; 1 hour by default.</summary>
    [Id(6)] public Minutes RoundEvery { get; init; } = Minutes.FromHours(1);

    /// <summary>The street whose rounds the demands of this one join, so that several streets assign together; null, the default, for its own.</summary>
    [Id(7)] public StreetId? RoundStreet { get; init; }

    public DispatchPace PaceOf(Urgency urgency) => urgency switch
    {
        Urgency.Routine => new(ProposalExpiry, RingDwell),
        Urgency.Urgent => Urgent,
        Urgency.Emergency => Emergency,
    };
}

/// <summary>How fast demands of one urgency are dispatched; the parts as in <see cref="DispatchPolicy"/>.</summary>
[GenerateSerializer, Immutable, Alias("pool.DispatchPace")]
public sealed record DispatchPace([property: Id(0)] Minutes ProposalExpiry, [property: Id(1)] Minutes RingDwell);

/// <summary>What is public of a street office.</summary>
/// <param name="Treaties">What this street lends, by the borrowing street.</param>
[GenerateSerializer, Immutable, Alias("pool.StreetProfile")]
public sealed record StreetProfile(
    [property: Id(0)] StreetId Id,
    [property: Id(1)] string Name,
    [property: Id(2)] ImmutableArray<StreetId> Neighbours,
    [property: Id(3)] DispatchPolicy Policy,
    [property: Id(5)] ImmutableSortedDictionary<string, Treaty> Treaties)
{
    /// <summary>Public holidays, by the pool's zone: partners do not serve on them unless they offer to.</summary>
    [Id(6)] public ImmutableArray<DateOnly> Holidays { get; init; } = [];

    public Treaty? TreatyWith(StreetId borrower) => Treaties.GetValueOrDefault(borrower.Text);

    /// <summary>When no partner serves a demand of a street.</summary>
    public ClosedTimes ClosedTo(StreetId home) => new(home == Id ? default : TreatyWith(home)?.Terms.HomeHours ?? default, Holidays);
}

/// <summary>A change of a street: what is null stays.</summary>
[GenerateSerializer, Immutable, Alias("pool.StreetPatch")]
public sealed record StreetPatch(
    [property: Id(0)] string? Name,
    [property: Id(1)] ImmutableArray<StreetId>? Neighbours,
    [property: Id(2)] DispatchPolicy? Policy,
    [property: Id(3)] ImmutableArray<DateOnly>? Holidays = null);

public abstract record StreetEvent(DateTimeOffset At) : IEvent;

[Alias("street.opened")]
public sealed record StreetOpened(DateTimeOffset At, StreetId Street, string Name, ImmutableArray<StreetId> Neighbours, DispatchPolicy Policy)
    : StreetEvent(At)
{
    /// <inheritdoc cref="StreetProfile.Holidays"/>
    public ImmutableArray<DateOnly> Holidays { get; init; } = [];
}

[Alias("street.changed")]
public sealed record StreetChanged(DateTimeOffset At, string Name, ImmutableArray<StreetId> Neighbours, DispatchPolicy Policy) : StreetEvent(At)
{
    /// <inheritdoc cref="StreetProfile.Holidays"/>
    public ImmutableArray<DateOnly> Holidays { get; init; } = [];
}

[Alias("street.partner-published")]
public sealed record PartnerIndexed(DateTimeOffset At, PartnerFacts Facts) : StreetEvent(At);

[Alias("street.offer-listed")]
public sealed record OfferIndexed(DateTimeOffset At, OfferTerms Terms, long Revision) : StreetEvent(At);

[Alias("street.offer-unlisted")]
public sealed record OfferUnlisted(DateTimeOffset At, OfferId Offer, long Revision) : StreetEvent(At);

/// <summary>A street (街道): its profile and the index of its offers.</summary>
[GenerateSerializer, Immutable, Alias("pool.Street")]
public sealed record Street : IActorState<Street, StreetEvent>
{
    public static Street Empty { get; } = new();

    public static RefusalReason Missing => RefusalReason.StreetNotFound;

    [Id(0)] public StreetProfile? Profile { get; init; }

    [Id(1)] public OfferIndex Index { get; init; } = OfferIndex.Empty;

    /// <summary>Revisions of offers that were unlisted, so that a late listing does not bring them back.</summary>
    [Id(2)] public ImmutableDictionary<OfferId, long> Unlisted { get; init; } = ImmutableDictionary<OfferId, long>.Empty;

    [Id(3)] public LoanBook Loans { get; init; } = LoanBook.Empty;

    public bool Exists => Profile is not null;

    public StreetId? Office => Profile?.Id;

    public CommunityId? Home => null;

    public DateTimeOffset? DueAt => TreatyRules.NextStep(this) is null ? null : Loans.RecalledAt + Patience.ForStep;

    public long RevisionOf(OfferId offer) => Math.Max(Index.Find(offer)?.Revision ?? 0, Unlisted.GetValueOrDefault(offer));

    public Street Evolve(StreetEvent happened) => happened switch
    {
        StreetOpened opened => this with
        {
            Profile = new(opened.Street, opened.Name, opened.Neighbours, opened.Policy, ImmutableSortedDictionary<string, Treaty>.Empty) { Holidays = opened.Holidays },
        },
        StreetChanged changed => this with
        {
            Profile = Profile! with { Name = changed.Name, Neighbours = changed.Neighbours, Policy = changed.Policy, Holidays = changed.Holidays },
        },
        TreatySet set => With(new Treaty(set.Borrower, set.Open, set.Terms ?? TreatyTerms.Unbound)),
        TreatyRecalled recalled => With(Profile!.TreatyWith(recalled.Borrower)! with { Open = false }) with { Loans = Loans.Evolve(recalled) },
        TreatyEvent lent => this with { Loans = Loans.Evolve(lent) },
        PartnerIndexed indexed => this with { Index = Index.With(indexed.Facts) },
        OfferIndexed indexed => this with { Index = Index.With(new IndexedOffer(indexed.Terms, indexed.Revision)) },
        OfferUnlisted unlisted => this with
        {
            Index = Index.Without(unlisted.Offer),
            Unlisted = Unlisted.SetItem(unlisted.Offer, unlisted.Revision),
        },
        _ => throw new InvalidOperationException($"A street does not know {happened.GetType().Name}."),
    };

    private Street With(Treaty treaty) => this with { Profile = Profile! with { Treaties = Profile.Treaties.SetItem(treaty.Borrower.Text, treaty) } };
}
