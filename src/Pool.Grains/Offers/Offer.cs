using Pool.Actors;
using Pool.Values;

namespace Pool.Offers;

/// <summary>What a partner offers (技能供给): one skill and the terms under which it is served.</summary>
/// <param name="Offer">Whose and which.</param>
/// <param name="Skill">A code of the catalogue.</param>
/// <param name="Level">1 to 5, 5 is the highest.</param>
/// <param name="Hours">The weekly half-hours in the zone's local time.</param>
/// <param name="Zone">An IANA time zone.</param>
/// <param name="Capacity">How many services of this offer may run at the same time.</param>
/// <param name="FeeMode">How it is paid.</param>
/// <param name="Reach">The farthest ring that it serves.</param>
/// <param name="Notice">The least time between the proposal and the service.</param>
[GenerateSerializer, Immutable, Alias("pool.OfferTerms")]
public sealed record OfferTerms(
    [property: Id(0)] OfferId Offer,
    [property: Id(1)] SkillCode Skill,
    [property: Id(2)] int Level,
    [property: Id(3)] WeeklyHours Hours,
    [property: Id(4)] string Zone,
    [property: Id(5)] int Capacity,
    [property: Id(6)] FeeMode FeeMode,
    [property: Id(7)] int Reach,
    [property: Id(8)] Minutes Notice)
{
    /// <summary>Whether it is there on the public holidays of its street, too.</summary>
    [Id(9)] public bool ServesOnHolidays { get; init; }
}

/// <summary>A change of terms: what is null stays.</summary>
[GenerateSerializer, Immutable, Alias("pool.OfferPatch")]
public sealed record OfferPatch(
    [property: Id(0)] SkillCode? Skill,
    [property: Id(1)] int? Level,
    [property: Id(2)] WeeklyHours? Hours,
    [property: Id(3)] string? Zone,
    [property: Id(4)] int? Capacity,
    [property: Id(5)] FeeMode? FeeMode,
    [property: Id(6)] int? Reach,
    [property: Id(7)] Minutes? Notice,
    [property: Id(8)] bool? ServesOnHolidays = null)
{
    public OfferTerms Of(OfferTerms terms) => new(
        terms.Offer, Skill ?? terms.Skill, Level ?? terms.Level, Hours ?? terms.Hours, Zone ?? terms.Zone, Capacity ?? terms.Capacity,
        FeeMode ?? terms.FeeMode, Reach ?? terms.Reach, Notice ?? terms.Notice)
    {
        ServesOnHolidays = ServesOnHolidays ?? terms.ServesOnHolidays,
    };
}

public abstract record OfferEvent(DateTimeOffset At) : IEvent;

[Alias("offer.made")]
public sealed record OfferMade(DateTimeOffset At, OfferTerms Terms, CommunityId Community) : OfferEvent(At);

[Alias("offer.changed")]
public sealed record OfferChanged(DateTimeOffset At, OfferTerms Terms) : OfferEvent(At);

[Alias("offer.withdrawn")]
public sealed record OfferWithdrawn(DateTimeOffset At) : OfferEvent(At);

/// <summary>The street's index has the terms as of <paramref name="Revision"/>.</summary>
[Alias("offer.listed")]
public sealed record OfferListed(DateTimeOffset At, long Revision) : OfferEvent(At);

/// <summary>An offer: its terms, and how far the street's index has followed them.</summary>
[GenerateSerializer, Immutable, Alias("pool.Offer")]
public sealed record Offer : IActorState<Offer, OfferEvent>
{
    public static Offer Empty { get; } = new();

    public static RefusalReason Missing => RefusalReason.OfferNotFound;

    [Id(0)] public OfferTerms? Terms { get; init; }

    [Id(1)] public CommunityId Community { get; init; }

    [Id(2)] public bool Withdrawn { get; init; }

    /// <summary>Counts the changes of the terms; the street keeps the highest that it has seen.</summary>
    [Id(3)] public long Revision { get; init; }

    [Id(4)] public long ListedRevision { get; init; }

    [Id(5)] public DateTimeOffset ChangedAt { get; init; }

    [Id(6)] public DateTimeOffset MadeAt { get; init; }

    public bool Exists => Terms is not null;

    public StreetId? Office => Exists ? Community.Street : null;

    public CommunityId? Home => Exists ? Community : null;

    /// <summary>Whether the street's index has still to learn of the terms.</summary>
    public bool OwesListing => ListedRevision < Revision;

    public DateTimeOffset? DueAt => OwesListing ? ChangedAt + Patience.ForStep : null;

    public Offer Evolve(OfferEvent happened) => happened switch
    {
        OfferMade made => this with { Terms = made.Terms, Community = made.Community, Revision = 1, MadeAt = made.At, ChangedAt = made.At },
        OfferChanged changed => this with { Terms = changed.Terms, Revision = Revision + 1, ChangedAt = changed.At },
        OfferWithdrawn withdrawn => this with { Withdrawn = true, Revision = Revision + 1, ChangedAt = withdrawn.At },
        OfferListed listed => this with { ListedRevision = listed.Revision },
        _ => throw new InvalidOperationException($"An offer does not know {happened.GetType().Name}."),
    };
}
