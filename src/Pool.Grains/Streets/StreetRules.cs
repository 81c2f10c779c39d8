using System.Collections.Immutable;
using Pool.Actors;
using Pool.Demands;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;

namespace Pool.Streets;

public static class StreetRules
{
    public static Decision<StreetEvent> Open(
        Street street, StreetId id, string name, ImmutableArray<StreetId> neighbours, DispatchPolicy policy, ImmutableArray<DateOnly> holidays, DateTimeOffset now)
    {
        if (ProfileFault(id, name, neighbours, policy, holidays) is { } refusal)
        {
            return refusal;
        }

        return street.Exists ? Refusal.Of(RefusalReason.AlreadyExists, id.Text) : new StreetOpened(now, id, name, neighbours, policy) { Holidays = holidays };
    }

    public static Decision<StreetEvent> Change(Street street, StreetId id, StreetPatch patch, DateTimeOffset now)
    {
        if (street.Profile is not { } profile)
        {
            return Refusal.Of(RefusalReason.StreetNotFound, id.Text);
        }

        var (name, neighbours, policy) = (patch.Name ?? profile.Name, patch.Neighbours ?? profile.Neighbours, patch.Policy ?? profile.Policy);
        var holidays = patch.Holidays ?? profile.Holidays;
        return ProfileFault(id, name, neighbours, policy, holidays) is { } refusal ? refusal : new StreetChanged(now, name, neighbours, policy) { Holidays = holidays };
    }

    public static Decision<StreetEvent> Publish(Street street, PartnerFacts facts, DateTimeOffset now) =>
        street.Index.Find(facts.Partner) is { } known && known.Revision >= facts.Revision
            ? default(Decision<StreetEvent>)
            : new PartnerIndexed(now, facts);

    public static Decision<StreetEvent> List(Street street, OfferTerms terms, long revision, DateTimeOffset now) =>
        street.RevisionOf(terms.Offer) >= revision ? default(Decision<StreetEvent>) : new OfferIndexed(now, terms, revision);

    public static Decision<StreetEvent> Unlist(Street street, OfferId offer, long revision, DateTimeOffset now) =>
        street.RevisionOf(offer) >= revision ? default(Decision<StreetEvent>) : new OfferUnlisted(now, offer, revision);

    private static Refusal? ProfileFault(StreetId id, string name, ImmutableArray<StreetId> neighbours, DispatchPolicy policy, ImmutableArray<DateOnly> holidays) =>
        Check.Lowest(
            Check.Range("street.holidays", holidays.Length, 0, Limits.Holidays),
            Check.Text("street.display_name", name, Limits.NameLength),
            Check.Range("street.neighbours", neighbours.Length, 0, Limits.Neighbours),
            neighbours.Contains(id) ? Refusal.At("street.neighbours", RefusalReason.FieldInvalid, "a street is not its own neighbour") : null,
            PaceFault("street.policy", policy.PaceOf(Urgency.Routine)),
            Check.Range("street.policy.trial_services", policy.TrialServices, 0, Limits.TrialServices),
            PaceFault("street.policy.urgent", policy.Urgent),
            PaceFault("street.policy.emergency", policy.Emergency),
            Check.Range("street.policy.round_every_minutes", policy.RoundEvery, new(1), Limits.LongestPolicy),
            Check.Range("street.policy.retry_after_minutes", policy.RetryAfter, new(1), Limits.LongestPolicy));

    private static Refusal? PaceFault(string field, DispatchPace pace) =>
        Check.Lowest(
            Check.Range($"{field}.proposal_expiry_minutes", pace.ProposalExpiry, new(1), Limits.LongestPolicy),
            Check.Range($"{field}.ring_dwell_minutes", pace.RingDwell, Minutes.Zero, Limits.LongestPolicy));
}
