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
        Street street, StreetId id, string name, ImmutableArray<StreetId> neighbours, DispatchPolicy policy, DateTimeOffset now)
    {
        if (ProfileFault(id, name, neighbours, policy) is { } refusal)
        {
            return refusal;
        }

        return street.Exists ? Refusal.Of(RefusalReason.AlreadyExists, id.Text) : new StreetOpened(now, id, name, neighbours, policy);
    }

    public static Decision<StreetEvent> Change(Street street, StreetId id, StreetPatch patch, DateTimeOffset now)
    {
        if (street.Profile is not { } profile)
        {
            return Refusal.Of(RefusalReason.StreetNotFound, id.Text);
        }

        var (name, neighbours, policy) = (patch.Name ?? profile.Name, patch.Neighbours ?? profile.Neighbours, patch.Policy ?? profile.Policy);
        return ProfileFault(id, name, neighbours, policy) is { } refusal ? refusal : new StreetChanged(now, name, neighbours, policy);
    }

    /// <summary>Opens or closes what this street lends to a borrower.</summary>
    /// <param name="unknown">What the borrower says against it; null where it exists.</param>
    public static Decision<StreetEvent> SetTreaty(Street street, StreetId id, StreetId borrower, bool open, Refusal? unknown, DateTimeOffset now)
    {
        var refusal = Check.Lowest(
            street.Exists ? null : Refusal.Of(RefusalReason.StreetNotFound, id.Text),
            unknown,
            borrower == id ? Refusal.At("borrower", RefusalReason.TreatyWithItself) : null);
        return refusal is null ? new TreatySet(now, borrower, open) : refusal;
    }

    public static Decision<StreetEvent> Publish(Street street, PartnerFacts facts, DateTimeOffset now) =>
        street.Index.Partners.TryGetValue(facts.Partner, out var known) && known.Revision >= facts.Revision
            ? default(Decision<StreetEvent>)
            : new PartnerIndexed(now, facts);

    public static Decision<StreetEvent> List(Street street, OfferTerms terms, long revision, DateTimeOffset now) =>
        street.RevisionOf(terms.Offer) >= revision ? default(Decision<StreetEvent>) : new OfferIndexed(now, terms, revision);

    public static Decision<StreetEvent> Unlist(Street street, OfferId offer, long revision, DateTimeOffset now) =>
        street.RevisionOf(offer) >= revision ? default(Decision<StreetEvent>) : new OfferUnlisted(now, offer, revision);

    private static Refusal? ProfileFault(StreetId id, string name, ImmutableArray<StreetId> neighbours, DispatchPolicy policy) =>
        Check.Lowest(
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
