using Pool.Actors;
using Pool.Matching;
using Pool.Partners;
using Pool.Skills;
using Pool.Values;

namespace Pool.Offers;

/// <summary>What decides over an offer besides its own state: the partner, and the skill of the catalogue.</summary>
public sealed record OfferFacts(Partner Partner, Skill Skill);

public static class OfferRules
{
    /// <param name="facts">What decides besides, or which of it is missing.</param>
    /// <param name="home">The community under which the client names the partner.</param>
    public static Decision<OfferEvent> Make(Offer offer, OfferTerms terms, Answer<OfferFacts> facts, CommunityId? home, DateTimeOffset now)
    {
        var elsewhere = home is not null && facts.Value is { } known && home != known.Partner.Community;
        var refusal = Check.Lowest(
            facts.Refusal,
            elsewhere ? Refusal.Of(RefusalReason.PartnerNotFound, terms.Offer.Partner.Text) : null,
            TermsFault(terms, facts.Value?.Partner.Capacity ?? Limits.Capacity),
            facts.Value is { } given ? CertificateFault(terms, given, now) : null,
            offer.Exists ? Refusal.Of(RefusalReason.AlreadyExists, terms.Offer.Text) : null);
        return refusal is null ? new OfferMade(now, terms, facts.Value!.Partner.Community) : refusal;
    }

    /// <summary>The facts are those of the skill that the offer has after the change.</summary>
    public static Decision<OfferEvent> Change(Offer offer, OfferId id, OfferPatch patch, Answer<OfferFacts> facts, DateTimeOffset now)
    {
        if (offer.Terms is null)
        {
            return Refusal.Of(RefusalReason.OfferNotFound, id.Text);
        }

        var terms = patch.Of(offer.Terms);
        var refusal = Check.Lowest(
            facts.Refusal,
            TermsFault(terms, facts.Value?.Partner.Capacity ?? Limits.Capacity),
            facts.Value is { } given ? CertificateFault(terms, given, now) : null,
            offer.Withdrawn ? Refusal.Of(RefusalReason.OfferWithdrawn) : null);
        return refusal is null ? new OfferChanged(now, terms) : refusal;
    }

    public static Decision<OfferEvent> Withdraw(Offer offer, string id, DateTimeOffset now)
    {
        if (!offer.Exists)
        {
            return Refusal.Of(RefusalReason.OfferNotFound, id);
        }

        return offer.Withdrawn ? RefusalReason.OfferWithdrawn : new OfferWithdrawn(now);
    }

    public static Decision<OfferEvent> Listed(Offer offer, long revision, DateTimeOffset now) =>
        revision > offer.ListedRevision ? new OfferListed(now, revision) : default(Decision<OfferEvent>);

    /// <summary>Why this offer cannot be held for a service, or null where the partner's calendar may decide.</summary>
    public static CandidateReason? Unfit(Offer offer, HoldRequest request) => offer switch
    {
        { Terms: null } or { Withdrawn: true } => CandidateReason.Withdrawn,
        { Terms: var terms } when terms.Skill != request.Skill => CandidateReason.Withdrawn,
        { Terms: var terms } when terms.Reach < request.Ring => CandidateReason.OutOfReach,
        { Terms: var terms } when terms.Level < request.MinLevel => CandidateReason.LevelTooLow,
        // Another mode that the demand accepts as well ranks differently: the next search finds it.
        { Terms: var terms } when terms.FeeMode != request.FeeMode => CandidateReason.FeeModeNotAccepted,
        _ => null,
    };

    private static Refusal? TermsFault(OfferTerms terms, int partnerCapacity) =>
        Check.Lowest(
            Check.Range("offer.level", terms.Level, 1, Limits.Level),
            terms.Hours.IsEmpty ? Refusal.At("offer.hours", RefusalReason.FieldRequired) : null,
            TimeZoneInfo.TryFindSystemTimeZoneById(terms.Zone, out _) ? null : Refusal.At("offer.time_zone", RefusalReason.FieldInvalid, "an IANA time zone"),
            Check.Range("offer.capacity", terms.Capacity, 1, partnerCapacity),
            Check.Known("offer.fee_mode", terms.FeeMode),
            Check.Range("offer.reach", terms.Reach, 0, Limits.Reach),
            Check.Range("offer.notice_minutes", terms.Notice, Minutes.Zero, Limits.LongestNotice));

    private static Refusal? CertificateFault(OfferTerms terms, OfferFacts facts, DateTimeOffset now) =>
        !facts.Skill.RequiresCertificate
            ? null
            : facts.Partner.Certificates.FirstOrDefault(held => held.Skill == terms.Skill && held.Level >= terms.Level) switch
            {
                null => Refusal.At("offer.level", RefusalReason.CertificateMissing, terms.Skill.Text),
                var held when held.Expires <= now => Refusal.At("offer.skill", RefusalReason.CertificateExpired),
                _ => null,
            };
}
