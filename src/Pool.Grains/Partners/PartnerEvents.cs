using System.Collections.Immutable;
using Pool.Actors;
using Pool.Offers;
using Pool.Values;

namespace Pool.Partners;

public abstract record PartnerEvent(DateTimeOffset At) : IEvent;

[Alias("partner.registered")]
public sealed record PartnerRegistered(DateTimeOffset At, PartnerId Partner, CommunityId Community, PartnerProfile Profile) : PartnerEvent(At);

[Alias("partner.changed")]
public sealed record PartnerChanged(DateTimeOffset At, PartnerProfile Profile) : PartnerEvent(At);

[Alias("partner.availability-set")]
public sealed record AvailabilitySet(DateTimeOffset At, PartnerTimes Times) : PartnerEvent(At);

/// <summary>The partner's own calendar says when it is busy; it replaces what was imported before.</summary>
[Alias("partner.calendar-imported")]
public sealed record CalendarImported(DateTimeOffset At, ImmutableArray<TimeWindow> Busy) : PartnerEvent(At);

[Alias("partner.certified")]
public sealed record PartnerCertified(DateTimeOffset At, Certificate Certificate) : PartnerEvent(At);

/// <summary>Everything that is held and booked is given back: each demand is told, and finds somebody else.</summary>
[Alias("partner.suspended")]
public sealed record PartnerSuspended(DateTimeOffset At, string Why) : PartnerEvent(At);

[Alias("partner.reinstated")]
public sealed record PartnerReinstated(DateTimeOffset At) : PartnerEvent(At);

/// <summary>The partner is to be forgotten: its name, and whose its account is. It serves no more.</summary>
[Alias("partner.erased")]
public sealed record PartnerErased(DateTimeOffset At, string Why) : PartnerEvent(At);

/// <summary>Nobody knows its name any more.</summary>
[Alias("partner.identity-erased")]
public sealed record IdentityErased(DateTimeOffset At) : PartnerEvent(At);

/// <summary>The demand of a hold knows that the partner was suspended; a service that had begun runs to its end.</summary>
[Alias("partner.hold-revoked")]
public sealed record HoldRevoked(DateTimeOffset At, HoldId Hold) : PartnerEvent(At);

[Alias("partner.published")]
public sealed record PartnerPublished(DateTimeOffset At, long Revision) : PartnerEvent(At);

/// <param name="People">How many of the partner's people it takes.</param>
/// <param name="Ring">How far from the partner's home it is.</param>
[Alias("partner.hold-placed")]
public sealed record HoldPlaced(DateTimeOffset At, HoldId Hold, OfferId Offer, TimeWindow Slot, DateTimeOffset ExpiresAt, int People = 1, int Ring = 0) : PartnerEvent(At);

/// <param name="People">How many of those who were held are booked.</param>
[Alias("partner.hold-confirmed")]
public sealed record HoldConfirmed(DateTimeOffset At, HoldId Hold, int People = 1) : PartnerEvent(At);

/// <summary>A hold that came to no proposal was given back: it may be placed again.</summary>
[Alias("partner.hold-dropped")]
public sealed record HoldDropped(DateTimeOffset At, HoldId Hold) : PartnerEvent(At);

/// <summary>A hold or booking was given back by its demand.</summary>
[Alias("partner.hold-released")]
public sealed record HoldReleased(DateTimeOffset At, HoldId Hold) : PartnerEvent(At);

/// <summary>A hold ended because nobody confirmed it in time.</summary>
[Alias("partner.hold-lapsed")]
public sealed record HoldLapsed(DateTimeOffset At, HoldId Hold) : PartnerEvent(At);

/// <param name="Served">By each of the people.</param>
[Alias("partner.service-recorded")]
public sealed record ServiceRecorded(DateTimeOffset At, HoldId Hold, SkillCode Skill, FeeMode FeeMode, Minutes Served, int People = 1) : PartnerEvent(At);

/// <summary>A service that was counted is counted otherwise.</summary>
[Alias("partner.service-corrected")]
public sealed record ServiceCorrected(DateTimeOffset At, ServiceCorrection Correction) : PartnerEvent(At);

[Alias("partner.no-show-recorded")]
public sealed record NoShowRecorded(DateTimeOffset At, HoldId Hold) : PartnerEvent(At);

[Alias("partner.rated")]
public sealed record PartnerRated(DateTimeOffset At, HoldId Hold, int Stars) : PartnerEvent(At);
