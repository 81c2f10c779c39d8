using System.Collections.Immutable;
using Pool.Actors;
using Pool.Matching;
using Pool.Offers;
using Pool.Values;

namespace Pool.Partners;

public static class PartnerRules
{
    /// <param name="community">What the community says against it; null where it exists.</param>
    /// <param name="seal">Seals its name; null where it will not be registered.</param>
    public static Decision<PartnerEvent> Register(
        Partner partner, PartnerId id, CommunityId home, PartnerProfile profile, Refusal? community, Func<string, string>? seal, DateTimeOffset now)
    {
        var refusal = Check.Lowest(ProfileFault(profile, profile.Name), community, partner.Erased ? Gone(partner, id) : partner.Exists ? Refusal.Of(RefusalReason.AlreadyExists, id.Text) : null);
        return refusal is null ? new PartnerRegistered(now, id, home, profile with { Name = seal!(profile.Name) }) : refusal;
    }

    /// <param name="seal">Seals another name; null where none is given.</param>
    public static Decision<PartnerEvent> Change(Partner partner, PartnerId id, PartnerPatch patch, Func<string, string>? seal, DateTimeOffset now)
    {
        if (partner.Profile is null)
        {
            return Missing(id);
        }

        var profile = patch.Of(partner.Profile);
        // What is booked must still fit: the capacity cannot fall below it.
        var needed = partner.Calendar.Reservations.Values.Select(reservation => partner.Calendar.Peak(reservation.Slot, now)).DefaultIfEmpty(1).Max();
        var refusal = Check.Lowest(ProfileFault(profile, patch.Name), Gone(partner, id), Check.Range("partner.capacity", profile.Capacity, needed, Limits.Capacity));
        return refusal is null ? new PartnerChanged(now, patch.Name is { } name ? profile with { Name = seal!(name) } : profile) : refusal;
    }

    /// <summary>What is booked stays booked, also where the partner is away now.</summary>
    public static Decision<PartnerEvent> SetAvailability(Partner partner, PartnerId id, PartnerTimes times, DateTimeOffset now) =>
        Check.Lowest(PartnerTimes.Fault(times), Gone(partner, id)) is { } refusal ? refusal : new AvailabilitySet(now, times);

    /// <param name="busy">In any order; what has passed is not kept, and what touches is one.</param>
    public static Decision<PartnerEvent> ImportCalendar(Partner partner, PartnerId id, ImmutableArray<TimeWindow> busy, DateTimeOffset now)
    {
        var ahead = PartnerTimes.Merge([.. busy.Where(window => window.End > now)]);
        return Check.Lowest(
            ahead.Length > Limits.AwayTimes ? Refusal.At("ics", RefusalReason.CalendarTooLarge, $"{Limits.AwayTimes}") : null,
            Gone(partner, id)) is { } refusal ? refusal : new CalendarImported(now, ahead);
    }

    /// <summary>A certificate replaces the one that was held for the skill.</summary>
    /// <param name="skill">What the catalogue says against its skill; null where it is known.</param>
    public static Decision<PartnerEvent> Certify(Partner partner, PartnerId id, Certificate certificate, Refusal? skill, DateTimeOffset now)
    {
        var refusal = Check.Lowest(
            skill,
            Gone(partner, id),
            Check.Range("certificate.level", certificate.Level, 1, Limits.Level),
            Check.Text("certificate.issuer", certificate.Issuer, Limits.NameLength),
            certificate.Expires <= now ? Refusal.At("certificate.expire_time", RefusalReason.CertificateExpired) : null);
        return refusal is null ? new PartnerCertified(now, certificate) : refusal;
    }

    public static Decision<PartnerEvent> Suspend(Partner partner, PartnerId id, string why, DateTimeOffset now)
    {
        var refusal = Check.Lowest(
            Check.Text("reason", why, Limits.TextLength),
            Gone(partner, id),
            partner.Suspended ? Refusal.Of(RefusalReason.PartnerSuspended) : null);
        return refusal is null ? new PartnerSuspended(now, why) : refusal;
    }

    public static Decision<PartnerEvent> Reinstate(Partner partner, PartnerId id, DateTimeOffset now)
    {
        if (Gone(partner, id) is { } gone)
        {
            return gone;
        }

        return partner.Suspended ? new PartnerReinstated(now) : RefusalReason.PartnerNotSuspended;
    }

    /// <summary>Forgets a partner who was suspended and serves nobody any more.</summary>
    public static Decision<PartnerEvent> Erase(Partner partner, PartnerId id, string why, DateTimeOffset now)
    {
        var refusal = Check.Lowest(
            Check.Text("reason", why, Limits.TextLength),
            Gone(partner, id),
            partner.Suspended ? null : Refusal.Of(RefusalReason.PartnerNotSuspended),
            partner.Calendar.Reservations.IsEmpty && partner.ToRevoke.IsEmpty ? null : Refusal.Of(RefusalReason.PartnerStillServes));
        return refusal is null ? new PartnerErased(now, why) : refusal;
    }

    public static Decision<PartnerEvent> IdentityErased(Partner partner, DateTimeOffset now) => partner.OwesErasure ? new IdentityErased(now) : default(Decision<PartnerEvent>);

    /// <summary>What is owed next: the street knows of a suspension before the demands do, or they would find the partner again.</summary>
    public static PartnerStep? NextStep(Partner partner, DateTimeOffset now) =>
        partner.OwesPublication && !(partner.Gathers && now < partner.PublicChangeAt + Patience.ForStep) ? new PublishFacts()
        : partner.OwesErasure ? new EraseIdentity()
        : partner.ToRevoke.IsEmpty ? null
        : new RevokeHold(partner.ToRevoke.MinBy(hold => hold.Text, StringComparer.Ordinal));

    public static Decision<PartnerEvent> Revoked(Partner partner, HoldId hold, DateTimeOffset now) =>
        partner.ToRevoke.Contains(hold) ? new HoldRevoked(now, hold) : default(Decision<PartnerEvent>);

    public static Decision<PartnerEvent> Published(Partner partner, long revision, DateTimeOffset now) =>
        revision > partner.PublishedRevision ? new PartnerPublished(now, revision) : default(Decision<PartnerEvent>);

    /// <summary>The earliest slot that hours, notice, certificate and calendar allow; the same hold again gets the same slot.</summary>
    public static (Decision<PartnerEvent> Decision, HoldOutcome Outcome) TryHold(Partner partner, OfferTerms terms, HoldRequest request, DateTimeOffset now)
    {
        if (partner.Calendar.Reservations.TryGetValue(request.Hold, out var held) && !held.Lapsed(now))
        {
            return (default, HoldOutcome.Held(held.Slot, held.ExpiresAt - Calendar.Grace ?? now, held.People, held.PlacedAt));
        }

        if (held is not null || partner.Calendar.Ended.ContainsKey(request.Hold))
        {
            return (default, HoldOutcome.Refused(CandidateReason.HoldEnded));
        }

        if (!partner.Exists || partner.Suspended)
        {
            return (default, HoldOutcome.Refused(CandidateReason.Suspended));
        }

        if (request.ExpiresAt <= now)
        {
            return (default, HoldOutcome.Refused(CandidateReason.HoldEnded));
        }

        var availability = new Availability(terms.Hours, terms.Zone);
        var anySlot = SlotSearch.All(availability, request.Window, request.Duration, now).Any(slot => !partner.IsAway(slot));
        var reason = anySlot ? CandidateReason.NoticeTooShort : CandidateReason.NotAvailable;
        foreach (var slot in SlotSearch.All(availability, request.Window, request.Duration, now + terms.Notice.ToTimeSpan()).Where(slot => !partner.IsAway(slot)))
        {
            if (request.RequiresCertificate && !partner.Facts(now).Holds(terms.Skill, request.MinLevel, slot.End))
            {
                reason = CandidateReason.CertificateNotValid;
                break;
            }

            if (request.Closed.Closes(slot, terms.ServesOnHolidays) is { } closed)
            {
                reason = closed;
                continue;
            }

            var room = Math.Min(partner.Capacity - partner.Calendar.Peak(slot, now), terms.Capacity - partner.Calendar.Peak(slot, now, terms.Offer));
            if (slot.Start <= now || room <= 0)
            {
                reason = CandidateReason.Busy;
                continue;
            }

            room = Math.Min(room, partner.Capacity - partner.Calendar.Peak(slot, now, apart: other => partner.Times.Between(request.Ring, other.Ring)));
            if (room <= 0)
            {
                reason = CandidateReason.NoRest;
                continue;
            }

            room = Math.Min(room, (int)Math.Min(int.MaxValue, (partner.LeftInWeek(slot.Start, now)?.Value ?? long.MaxValue) / request.Duration.Value));
            if (room <= 0)
            {
                reason = CandidateReason.WeekFull;
                continue;
            }

            var acceptUntil = request.ExpiresAt < slot.Start ? request.ExpiresAt : slot.Start;
            var people = Math.Min(request.People, room);
            return (
                Lapse(partner, now).Add(new HoldPlaced(now, request.Hold, terms.Offer, slot, acceptUntil + Calendar.Grace, people, request.Ring)),
                HoldOutcome.Held(slot, acceptUntil, people, now));
        }

        return (default, HoldOutcome.Refused(reason));
    }

    /// <summary>A hold becomes a booking, unless it has ended, or the partner is suspended: a confirmation after that is refused.</summary>
    /// <param name="people">How many of the people held are needed, at least 1; the others are free again.</param>
    public static (Decision<PartnerEvent> Decision, bool Confirmed) Confirm(Partner partner, HoldId hold, int people, DateTimeOffset now)
    {
        if (!partner.Calendar.Reservations.TryGetValue(hold, out var reservation) || reservation.Lapsed(now) || (partner.Suspended && !reservation.IsBooking))
        {
            return (Lapse(partner, now), false);
        }

        return (reservation.IsBooking ? default(Decision<PartnerEvent>) : new HoldConfirmed(now, hold, people), true);
    }

    /// <summary>Gives back a hold that came to no proposal; a booking, and what was placed since, stays.</summary>
    public static Decision<PartnerEvent> Drop(Partner partner, HoldId hold, DateTimeOffset placedAt, DateTimeOffset now) =>
        partner.Calendar.Reservations.TryGetValue(hold, out var held) && !held.IsBooking && held.PlacedAt == placedAt
            ? new HoldDropped(now, hold)
            : default(Decision<PartnerEvent>);

    /// <summary>Gives a hold or booking back; a no-show is counted against the partner. Nothing to do when it has ended.</summary>
    public static Decision<PartnerEvent> Release(Partner partner, HoldId hold, bool noShow, DateTimeOffset now)
    {
        if (!partner.Calendar.Reservations.ContainsKey(hold))
        {
            return default;
        }

        return noShow ? new NoShowRecorded(now, hold) : new HoldReleased(now, hold);
    }

    /// <summary>The service ends its booking and is counted, once.</summary>
    public static Decision<PartnerEvent> RecordService(
        Partner partner, HoldId hold, SkillCode skill, FeeMode feeMode, Minutes served, DateTimeOffset now) =>
        partner.Calendar.Reservations.TryGetValue(hold, out var booked) && booked.IsBooking ? new ServiceRecorded(now, hold, skill, feeMode, served, booked.People) : default(Decision<PartnerEvent>);

    /// <summary>Counted in the quarter in which the service was, as long as that is remembered. Idempotent by the correction's number.</summary>
    public static Decision<PartnerEvent> CorrectService(Partner partner, ServiceCorrection correction, DateTimeOffset now)
    {
        if (partner.Corrections.GetValueOrDefault(correction.Hold) >= correction.Number)
        {
            return default;
        }

        var counted = partner.Calendar.Ended.TryGetValue(correction.Hold, out var recorded) ? Quarter.Of(recorded) : correction.Quarter;
        return new ServiceCorrected(now, correction with { Quarter = counted });
    }

    public static Decision<PartnerEvent> RecordRating(Partner partner, HoldId hold, int stars, DateTimeOffset now) =>
        partner.Rated.Contains(hold) ? default(Decision<PartnerEvent>) : new PartnerRated(now, hold, stars);

    /// <summary>Ends every hold whose time has passed.</summary>
    public static ImmutableArray<PartnerEvent> Lapse(Partner partner, DateTimeOffset now) =>
        [.. partner.Calendar.Reservations.Values.Where(reservation => reservation.Lapsed(now)).Select(reservation => new HoldLapsed(now, reservation.Hold))];

    /// <param name="name">In clear; null where it stays.</param>
    private static Refusal? ProfileFault(PartnerProfile profile, string? name) =>
        Check.Lowest(
            name is null ? null : Check.Text("partner.display_name", name, Limits.NameLength),
            Check.Known("partner.kind", profile.Kind),
            Check.Known("partner.circle", profile.Circle),
            Check.Known("partner.mode", profile.Mode),
            Check.Range("partner.capacity", profile.Capacity, 1, profile.Kind == PartnerKind.Person ? 1 : Limits.Capacity));

    /// <summary>What is against changing a partner that is not there, or not any more; null where it is.</summary>
    private static Refusal? Gone(Partner partner, PartnerId id) =>
        !partner.Exists ? Missing(id) : partner.Erased ? Refusal.Of(RefusalReason.PartnerErased) : null;

    private static Refusal Missing(PartnerId id) => Refusal.Of(RefusalReason.PartnerNotFound, id.Text);
}
