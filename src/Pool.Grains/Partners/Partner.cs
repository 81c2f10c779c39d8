using System.Collections.Immutable;
using Pool.Actors;
using Pool.Values;

namespace Pool.Partners;

/// <summary>How far a partner's work goes (圈).</summary>
public enum Circle
{
    /// <summary>邻里圈: the building.</summary>
    Neighbour = 1,

    /// <summary>生活圈: the estate.</summary>
    Living = 2,

    /// <summary>服务圈: the community.</summary>
    Service = 3,
}

/// <summary>In which way a partner takes part.</summary>
public enum PartnerMode
{
    /// <summary>资源性: brings a resource.</summary>
    Resource = 1,

    /// <summary>公益性: serves unpaid.</summary>
    PublicBenefit = 2,

    /// <summary>共建性: builds together with the community.</summary>
    CoBuilding = 3,

    /// <summary>项目性: works for a project.</summary>
    Project = 4,
}

/// <summary>Who the partner is.</summary>
public enum PartnerKind
{
    Person = 1,
    Team = 2,
    Organisation = 3,
}

/// <summary>What a partner says of itself.</summary>
/// <param name="Capacity">How many people it can send at the same time.</param>
[GenerateSerializer, Immutable, Alias("pool.PartnerProfile")]
public sealed record PartnerProfile(
    [property: Id(0)] string Name,
    [property: Id(1)] PartnerKind Kind,
    [property: Id(2)] Circle Circle,
    [property: Id(3)] PartnerMode Mode,
    [property: Id(4)] int Capacity);

/// <summary>A change of a profile: what is null stays.</summary>
[GenerateSerializer, Immutable, Alias("pool.PartnerPatch")]
public sealed record PartnerPatch(
    [property: Id(0)] string? Name,
    [property: Id(1)] PartnerKind? Kind,
    [property: Id(2)] Circle? Circle,
    [property: Id(3)] PartnerMode? Mode,
    [property: Id(4)] int? Capacity)
{
    public PartnerProfile Of(PartnerProfile profile) =>
        new(Name ?? profile.Name, Kind ?? profile.Kind, Circle ?? profile.Circle, Mode ?? profile.Mode, Capacity ?? profile.Capacity);
}

/// <summary>A certificate: the partner may serve the skill up to the level until it expires.</summary>
[GenerateSerializer, Immutable, Alias("pool.Certificate")]
public sealed record Certificate(
    [property: Id(0)] SkillCode Skill,
    [property: Id(1)] int Level,
    [property: Id(2)] DateTimeOffset Expires,
    [property: Id(3)] string Issuer);

/// <summary>What the street's index knows of a partner.</summary>
/// <param name="Revision">Counts the changes; the street keeps the highest that it has seen.</param>
/// <param name="QuarterNumber">The quarter in which the minutes were served; see <see cref="Quarter"/>.</param>
/// <param name="CentiStars">The mean rating in hundredths of a star, 0 to 500; 300 before the first.</param>
/// <param name="Services">How often it has served; a newcomer has served less often than its street's trial asks.</param>
[GenerateSerializer, Immutable, Alias("pool.PartnerFacts")]
public sealed record PartnerFacts(
    [property: Id(0)] PartnerId Partner,
    [property: Id(1)] long Revision,
    [property: Id(2)] CommunityId Community,
    [property: Id(3)] bool Suspended,
    [property: Id(4)] ImmutableArray<Certificate> Certificates,
    [property: Id(5)] int QuarterNumber,
    [property: Id(6)] Minutes Served,
    [property: Id(7)] int CentiStars,
    [property: Id(8)] int Services = 0)
{
    /// <summary>When the partner is not there, whatever its hours say.</summary>
    [Id(9)] public ImmutableArray<TimeWindow> Away { get; init; } = [];

    public bool IsAway(TimeWindow slot) => Away.Any(away => away.Overlaps(slot));

    /// <summary>Minutes served in a quarter.</summary>
    public Minutes MinutesIn(int quarter) => quarter == QuarterNumber ? Served : Minutes.Zero;

    /// <summary>Whether a certificate of the level is valid at the instant.</summary>
    public bool Holds(SkillCode skill, int level, DateTimeOffset at) =>
        Certificates.Any(held => held.Skill == skill && held.Level >= level && held.Expires >= at);
}

/// <summary>A partner (合伙人): who it is, what it may serve, and the calendar that only it may change.</summary>
[GenerateSerializer, Immutable, Alias("pool.Partner")]
public sealed record Partner : IActorState<Partner, PartnerEvent>
{
    private const int UnratedCentiStars = 300;

    /// <summary>Weeks of which the minutes are kept; a booking may be served and settled late.</summary>
    private const int WeeksKept = 26;

    public static Partner Empty { get; } = new();

    public static RefusalReason Missing => RefusalReason.PartnerNotFound;

    [Id(0)] public PartnerId Id { get; init; }

    [Id(1)] public CommunityId Community { get; init; }

    [Id(2)] public PartnerProfile? Profile { get; init; }

    [Id(3)] public ImmutableArray<Certificate> Certificates { get; init; } = [];

    [Id(4)] public bool Suspended { get; init; }

    [Id(5)] public Calendar Calendar { get; init; } = Calendar.Empty;

    /// <summary>Minutes served by quarter, by all its people together; see <see cref="Quarter"/>.</summary>
    [Id(6)] public ImmutableSortedDictionary<int, Minutes> Served { get; init; } = ImmutableSortedDictionary<int, Minutes>.Empty;

    [Id(7)] public int Ratings { get; init; }

    [Id(8)] public int StarsTotal { get; init; }

    [Id(9)] public ImmutableHashSet<HoldId> Rated { get; init; } = ImmutableHashSet<HoldId>.Empty;

    [Id(10)] public int NoShows { get; init; }

    [Id(11)] public long Revision { get; init; }

    [Id(12)] public long PublishedRevision { get; init; }

    [Id(13)] public DateTimeOffset PublicChangeAt { get; init; }

    [Id(14)] public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>Holds and bookings of a suspended partner whose demands do not know yet.</summary>
    [Id(15)] public ImmutableHashSet<HoldId> ToRevoke { get; init; } = ImmutableHashSet<HoldId>.Empty;

    /// <summary>How often it has served.</summary>
    [Id(16)] public int Services { get; init; }

    [Id(17)] public PartnerTimes Times { get; init; } = PartnerTimes.Unbound;

    /// <summary>Minutes of the bookings that were served, of all its people together, by the Monday of their week; the last weeks alone.</summary>
    [Id(18)] public ImmutableSortedDictionary<DateOnly, Minutes> ServedInWeek { get; init; } = ImmutableSortedDictionary<DateOnly, Minutes>.Empty;

    /// <summary>When the partner is busy by the calendar that it imported last; in order, none touching another.</summary>
    [Id(19)] public ImmutableArray<TimeWindow> Busy { get; init; } = [];

    /// <summary>Of services that were corrected: the last correction of each.</summary>
    [Id(20)] public ImmutableDictionary<HoldId, int> Corrections { get; init; } = ImmutableDictionary<HoldId, int>.Empty;

    /// <summary>Whether it is to be forgotten.</summary>
    [Id(21)] public bool Erased { get; init; }

    /// <summary>Whether the vault has still to forget it.</summary>
    [Id(22)] public bool OwesErasure { get; init; }

    /// <summary>Whether what the street has still to learn is of services alone, which are told together after a while: a hint tells of each at once.</summary>
    [Id(23)] public bool Gathers { get; init; }

    public bool Exists => Profile is not null;

    public StreetId? Office => Exists ? Community.Street : null;

    public CommunityId? Home => Exists ? Community : null;

    public int Capacity => Profile?.Capacity ?? 0;

    public int CentiStars => Ratings == 0 ? UnratedCentiStars : StarsTotal * 100 / Ratings;

    /// <summary>Whether the street's index has still to learn of a change.</summary>
    public bool OwesPublication => PublishedRevision < Revision;

    public DateTimeOffset? DueAt
    {
        get
        {
            var lapse = Calendar.NextLapse;
            var step = PartnerRules.NextStep(this, PublicChangeAt + Patience.ForStep) is null ? (DateTimeOffset?)null : PublicChangeAt + Patience.ForStep;
            return lapse < step || step is null ? lapse : step;
        }
    }

    /// <summary>What the street's index is to know, as of the quarter of <paramref name="now"/>.</summary>
    public PartnerFacts Facts(DateTimeOffset now) =>
        new(Id, Revision, Community, Suspended, Certificates, Quarter.Of(now), Served.GetValueOrDefault(Quarter.Of(now)), CentiStars, Services) { Away = PartnerTimes.Merge([.. Times.Away, .. Busy]) };

    /// <summary>Whether the partner is not there, or busy by its own calendar.</summary>
    public bool IsAway(TimeWindow slot) => Times.IsAway(slot) || Busy.Any(busy => busy.Overlaps(slot));

    /// <summary>Minutes that may still be reserved in the week of an instant; null where there is no limit.</summary>
    public Minutes? LeftInWeek(DateTimeOffset at, DateTimeOffset now)
    {
        var week = PartnerTimes.WeekOf(at);
        var taken = Calendar.ReservedIn(week, now) + ServedInWeek.GetValueOrDefault(week);
        return Times.WeeklyLimit == Minutes.Zero ? null : new(Math.Max(0, Times.WeeklyLimit.Value - taken.Value));
    }

    public Partner Evolve(PartnerEvent happened) => happened switch
    {
        PartnerRegistered registered => Public(registered) with
        {
            Id = registered.Partner,
            Community = registered.Community,
            Profile = registered.Profile,
            RegisteredAt = registered.At,
        },
        PartnerChanged changed => this with { Profile = changed.Profile },
        AvailabilitySet set => Public(set) with { Times = set.Times },
        CalendarImported imported => Public(imported) with { Busy = imported.Busy },
        PartnerCertified certified => Public(certified) with
        {
            Certificates = [.. Certificates.Where(held => held.Skill != certified.Certificate.Skill), certified.Certificate],
        },
        PartnerSuspended => Public(happened) with { Suspended = true, ToRevoke = [.. Calendar.Reservations.Keys] },
        PartnerReinstated => Public(happened) with { Suspended = false, ToRevoke = [] },
        PartnerErased => Public(happened) with { Erased = true, OwesErasure = true, Profile = Profile! with { Name = "" }, Busy = [], Times = PartnerTimes.Unbound },
        IdentityErased => this with { OwesErasure = false },
        HoldRevoked revoked => this with { ToRevoke = ToRevoke.Remove(revoked.Hold) },
        PartnerPublished published => this with { PublishedRevision = published.Revision },
        HoldPlaced placed => this with { Calendar = Calendar.With(new(placed.Hold, placed.Offer, placed.Slot, placed.ExpiresAt, placed.People, placed.Ring, placed.At)) },
        HoldConfirmed confirmed => this with { Calendar = Calendar.Confirmed(confirmed.Hold, confirmed.People) },
        HoldDropped dropped => this with { Calendar = Calendar.Without(dropped.Hold), ToRevoke = ToRevoke.Remove(dropped.Hold) },
        HoldReleased released => Ended(released.Hold, released.At),
        HoldLapsed lapsed => Ended(lapsed.Hold, lapsed.At),
        NoShowRecorded missed => Ended(missed.Hold, missed.At) with { NoShows = NoShows + 1 },
        ServiceRecorded recorded => Ended(recorded.Hold, recorded.At).OfService(recorded) with
        {
            Services = Services + 1,
            ServedInWeek = Weeks(Calendar.Reservations[recorded.Hold]),
            Served = Served.SetItem(
                Quarter.Of(recorded.At), Served.GetValueOrDefault(Quarter.Of(recorded.At)) + new Minutes(recorded.Served.Value * recorded.People)),
        },
        ServiceCorrected { Correction: var correction } => OfService(happened) with
        {
            Served = Served.SetItem(correction.Quarter, correction.Of(Served.GetValueOrDefault(correction.Quarter))),
            Corrections = Corrections.SetItem(correction.Hold, correction.Number),
        },
        PartnerRated rated => OfService(rated) with { Ratings = Ratings + 1, StarsTotal = StarsTotal + rated.Stars, Rated = Rated.Add(rated.Hold) },
        _ => throw new InvalidOperationException($"A partner does not know {happened.GetType().Name}."),
    };

    /// <summary>The booked minutes stay in their week when the service has ended the booking.</summary>
    private ImmutableSortedDictionary<DateOnly, Minutes> Weeks(Reservation served)
    {
        var week = PartnerTimes.WeekOf(served.Slot.Start);
        var old = ServedInWeek.Keys.Where(known => known < week.AddDays(-7 * WeeksKept));
        return ServedInWeek.RemoveRange(old).SetItem(week, ServedInWeek.GetValueOrDefault(week) + served.Minutes);
    }

    /// <summary>A hold or booking that takes no time any more.</summary>
    private Partner Ended(HoldId hold, DateTimeOffset at) => this with { Calendar = Calendar.End(hold, at), ToRevoke = ToRevoke.Remove(hold) };

    /// <summary>A change that the street's index is to learn of.</summary>
    private Partner Public(PartnerEvent happened) => this with { Revision = Revision + 1, PublicChangeAt = happened.At, Gathers = false };

    /// <summary>The same of a service: it waits for others, as long as the first of them has waited.</summary>
    private Partner OfService(PartnerEvent happened) => OwesPublication
        ? this with { Revision = Revision + 1 }
        : this with { Revision = Revision + 1, PublicChangeAt = happened.At, Gathers = true };
}
