using System.Collections.Immutable;
using Pool.Actors;
using Pool.Ledgers;
using Pool.Values;

namespace Pool.Demands;

/// <summary>The life of an assignment: start, complete, confirm or dispute, settle, rate; or release.</summary>
public static class AssignmentRules
{
    /// <summary>Reports that are no farther apart than this settle at their average.</summary>
    public static readonly Minutes Tolerance = new(15);

    public static Decision<DemandEvent> Start(Demand demand, int number, RegisteredPartner partner, DateTimeOffset now) =>
        ByPartner(demand, number, partner)
        ?? Blocked(demand, number, AssignmentStatus.Accepted)
        ?? (demand.Proposal(number).Hold == HoldStatus.Held ? RefusalReason.AssignmentNotBooked
            : demand is { Terms.AllOrNone: true, OpenSeats: > 0, HasBegun: false } ? RefusalReason.DemandNotFilled
            : new AssignmentStarted(now, number));

    public static Decision<DemandEvent> Complete(Demand demand, int number, RegisteredPartner partner, Minutes served, DateTimeOffset now) =>
        Reported(served)
        ?? ByPartner(demand, number, partner)
        ?? Blocked(demand, number, AssignmentStatus.Started)
        ?? new AssignmentCompleted(now, number, served);

    /// <summary>The community's report: near the partner's it settles at the average, else it is a dispute.</summary>
    public static Decision<DemandEvent> Confirm(Demand demand, int number, CommunityId community, Minutes served, DateTimeOffset now)
    {
        if ((Reported(served) ?? ByCommunity(demand, number, community) ?? Blocked(demand, number, AssignmentStatus.Completed)) is { } refused)
        {
            return refused;
        }

        var reported = demand.Proposal(number).Assignment!.PartnerMinutes!.Value;
        return Minutes.Distance(reported, served) <= Tolerance
            ? new AssignmentConfirmed(now, number, served, Minutes.Average(reported, served))
            : new AssignmentDisputed(now, number, served, "");
    }

    public static Decision<DemandEvent> Dispute(Demand demand, int number, CommunityId community, string note, DateTimeOffset now) =>
        Fault(Check.Text("note", note, Limits.TextLength))
        ?? ByCommunity(demand, number, community)
        ?? Blocked(demand, number, AssignmentStatus.Completed)
        ?? new AssignmentDisputed(now, number, null, note);

    /// <summary>The street's clerk decides the minutes.</summary>
    public static Decision<DemandEvent> Resolve(Demand demand, int number, Minutes agreed, string note, DateTimeOffset now) =>
        Fault(Check.Lowest(Check.Range("minutes", agreed, Minutes.Zero, Limits.LongestService), Check.Text("note", note, Limits.TextLength)))
        ?? Known(demand, number)
        ?? (demand.Proposal(number).Assignment!.Status == AssignmentStatus.Disputed
            ? new DisputeResolved(now, number, agreed, note)
            : RefusalReason.AssignmentNotDisputed);

    /// <summary>The street's clerk corrects the minutes of what was settled.</summary>
    public static Decision<DemandEvent> Correct(Demand demand, int number, Minutes agreed, string note, DateTimeOffset now) =>
        Fault(Check.Lowest(Check.Range("minutes", agreed, Minutes.Zero, Limits.LongestService), Check.Text("note", note, Limits.TextLength)))
        ?? Known(demand, number)
        ?? demand.Proposal(number).Assignment switch
        {
            { Status: AssignmentStatus.Released } => RefusalReason.AssignmentReleased,
            { Status: not AssignmentStatus.Settled } => RefusalReason.AssignmentNotSettled,
            { Correcting: not null } => RefusalReason.AssignmentConfirmed,
            { AgreedMinutes: var known } when known == agreed => RefusalReason.AssignmentSettled,
            _ => new AssignmentCorrected(now, number, agreed, note),
        };

    public static Decision<DemandEvent> CorrectionSettled(Demand demand, int number, ImmutableArray<EntryRef> entries, DateTimeOffset now) =>
        demand.Proposal(number).Assignment is { Correcting: not null } ? new CorrectionSettled(now, number, entries) : default(Decision<DemandEvent>);

    public static Decision<DemandEvent> Rate(Demand demand, int number, CommunityId community, int stars, string comment, DateTimeOffset now) =>
        Fault(Check.Lowest(Check.Range("stars", stars, 1, 5), Check.OptionalText("comment", comment, Limits.TextLength)))
        ?? ByCommunity(demand, number, community)
        ?? demand.Proposal(number).Assignment switch
        {
            { Status: AssignmentStatus.Released } => RefusalReason.AssignmentReleased,
            { Status: not (AssignmentStatus.Settled or AssignmentStatus.Confirmed) } => RefusalReason.AssignmentNotSettled,
            { Stars: not null } => RefusalReason.AssignmentRated,
            _ => new AssignmentRated(now, number, stars, comment),
        };

    /// <summary>The partner gives the assignment back before it starts.</summary>
    public static Decision<DemandEvent> GiveBack(Demand demand, int number, RegisteredPartner partner, string note, DateTimeOffset now) =>
        Fault(Check.OptionalText("note", note, Limits.TextLength))
        ?? ByPartner(demand, number, partner)
        ?? Blocked(demand, number, AssignmentStatus.Accepted)
        ?? new AssignmentReleased(now, number, ReleaseReason.PartnerCancelled, note);

    /// <summary>Why the partner cannot give the assignment to somebody else; null while it has not begun.</summary>
    public static Refusal? Ahead(Demand demand, int number, RegisteredPartner partner) =>
        (ByPartner(demand, number, partner) ?? Blocked(demand, number, AssignmentStatus.Accepted))?.Refusal;

    /// <summary>Recorded by whom against whom: the community against the partner, or the partner against the community.</summary>
    public static Decision<DemandEvent> NoShow(Demand demand, int number, RegisteredPartner? partner, CommunityId? community, string note, DateTimeOffset now) =>
        Fault(Check.OptionalText("note", note, Limits.TextLength))
        ?? (partner is { } reporter ? ByPartner(demand, number, reporter) : ByCommunity(demand, number, community!.Value))
        ?? Blocked(demand, number, AssignmentStatus.Accepted)
        ?? new AssignmentReleased(now, number, partner is null ? ReleaseReason.PartnerNoShow : ReleaseReason.CommunityNoShow, note);

    /// <param name="failed">Why the seat cannot be booked after all; null where it is.</param>
    public static Decision<DemandEvent> Booked(Demand demand, int number, ReleaseReason? failed, DateTimeOffset now) =>
        demand.Proposal(number) is not { Hold: HoldStatus.Held, Assignment: { IsFinal: false } }
            ? default(Decision<DemandEvent>)
            : failed is { } why ? new AssignmentReleased(now, number, why, "") : new AssignmentBooked(now, number);

    public static Decision<DemandEvent> HoldReturned(Demand demand, int number, DateTimeOffset now) =>
        demand.Proposal(number).Hold == HoldStatus.OwedBack ? new HoldReturned(now, number) : default(Decision<DemandEvent>);

    public static Decision<DemandEvent> Settled(Demand demand, int number, ImmutableArray<EntryRef> entries, DateTimeOffset now) =>
        demand.Proposal(number).Assignment is { Status: AssignmentStatus.Confirmed } ? new AssignmentSettled(now, number) { Entries = entries } : default(Decision<DemandEvent>);

    public static Decision<DemandEvent> RatingRecorded(Demand demand, int number, DateTimeOffset now) =>
        demand.Proposal(number).Assignment is { Stars: not null, RatingRecorded: false } ? new RatingRecorded(now, number) : default(Decision<DemandEvent>);

    private static Decision<DemandEvent>? ByPartner(Demand demand, int number, RegisteredPartner partner) =>
        Known(demand, number) ?? (demand.Proposal(number).Proposed == partner ? null : Fault(Refusal.At("partner", RefusalReason.NotTheProposedPartner)));

    private static Decision<DemandEvent>? ByCommunity(Demand demand, int number, CommunityId community) =>
        Known(demand, number) ?? (demand.Community == community ? null : Fault(Refusal.At("community", RefusalReason.NotTheDemandsCommunity)));

    private static Decision<DemandEvent>? Known(Demand demand, int number)
    {
        if (!demand.Exists)
        {
            return RefusalReason.DemandNotFound;
        }

        return number >= 1 && number <= demand.Proposals.Length && demand.Proposal(number).Assignment is not null
            ? null
            : Fault(Refusal.Of(RefusalReason.AssignmentNotFound, $"{number}"));
    }

    private static Decision<DemandEvent>? Reported(Minutes served) =>
        Fault(Check.Range("minutes", served, Minutes.Zero, Limits.LongestService));

    private static Decision<DemandEvent>? Fault(Refusal? refusal) => refusal is null ? default(Decision<DemandEvent>?) : refusal;

    /// <summary>Why a verb that needs one status finds another: what has happened already, or what is still missing.</summary>
    private static Decision<DemandEvent>? Blocked(Demand demand, int number, AssignmentStatus needed)
    {
        var status = demand.Proposal(number).Assignment!.Status;
        if (status == needed)
        {
            return null;
        }

        return status switch
        {
            AssignmentStatus.Released => RefusalReason.AssignmentReleased,
            AssignmentStatus.Settled => RefusalReason.AssignmentSettled,
            AssignmentStatus.Confirmed => RefusalReason.AssignmentConfirmed,
            AssignmentStatus.Disputed => RefusalReason.AssignmentDisputed,
            AssignmentStatus.Completed => RefusalReason.AssignmentCompleted,
            AssignmentStatus.Started => needed == AssignmentStatus.Completed ? RefusalReason.AssignmentNotCompleted : RefusalReason.AssignmentStarted,
            AssignmentStatus.Accepted => needed == AssignmentStatus.Completed ? RefusalReason.AssignmentNotCompleted : RefusalReason.AssignmentNotStarted,
        };
    }
}
