using System.Collections.Immutable;
using Pool.Actors;
using Pool.EventSourcing;
using Pool.Offers;
using Pool.Values;

namespace Pool.Partners;

[Alias("pool.IPartnerGrain")]
public interface IPartnerGrain : IActorGrain
{
    [Alias("Register")]
    Task<Answer<Partner>> Register(CommunityId community, PartnerProfile profile, Command command);

    [Alias("Change")]
    Task<Answer<Partner>> Change(PartnerPatch patch, Command command);

    [Alias("SetAvailability")]
    Task<Answer<Partner>> SetAvailability(PartnerTimes times, Command command);

    /// <summary>Takes over when the partner is busy by its own calendar.</summary>
    [Alias("ImportCalendar")]
    Task<Answer<Partner>> ImportCalendar(ImmutableArray<TimeWindow> busy, Command command);

    [Alias("Certify")]
    Task<Answer<Partner>> Certify(Certificate certificate, Command command);

    [Alias("Suspend")]
    Task<Answer<Partner>> Suspend(string why, Command command);

    /// <summary>Forgets a suspended partner; the answer leaves when the vault has.</summary>
    [Alias("Erase")]
    Task<Answer<Partner>> Erase(string why, Command command);

    /// <summary>Whether it was there and is not any more; its own calls may ask it, too.</summary>
    [Alias("IsErased")]
    Task<bool> IsErased();

    [Alias("Reinstate")]
    Task<Answer<Partner>> Reinstate(Command command);

    [Alias("Get")]
    Task<Answer<Partner>> Get();

    /// <summary>Reserves the earliest slot; idempotent by the hold.</summary>
    /// <param name="footing">What the call rests on; null where that is durable.</param>
    [Alias("TryHold")]
    Task<HoldOutcome> TryHold(OfferTerms terms, HoldRequest request, Footing? footing = null);

    /// <summary>What <see cref="TryHold"/> would answer now; nothing is held.</summary>
    [Alias("WouldHold")]
    Task<HoldOutcome> WouldHold(OfferTerms terms, HoldRequest request);

    /// <summary>Makes the hold a booking; false when it has ended.</summary>
    /// <param name="footing">What the call rests on; null where that is durable.</param>
    [Alias("Confirm")]
    Task<bool> Confirm(HoldId hold, int people, Footing? footing = null);

    /// <summary>Gives back a hold that came to no proposal, so that it may be placed again; idempotent.</summary>
    [Alias("Drop")]
    Task Drop(HoldId hold, DateTimeOffset placedAt);

    /// <summary>Gives the hold or booking back; idempotent.</summary>
    [Alias("Release")]
    Task Release(HoldId hold, bool noShow);

    /// <summary>Ends the booking with the minutes served; idempotent.</summary>
    /// <param name="footing">What the call rests on; null where that is durable.</param>
    [Alias("RecordService")]
    Task RecordService(HoldId hold, SkillCode skill, FeeMode feeMode, Minutes served, Footing? footing = null);

    /// <summary>Counts a service otherwise than before; idempotent by the correction's number.</summary>
    [Alias("CorrectService")]
    Task CorrectService(ServiceCorrection correction);

    /// <summary>Counts a rating; idempotent by the hold.</summary>
    [Alias("RecordRating")]
    Task RecordRating(HoldId hold, int stars);
}
