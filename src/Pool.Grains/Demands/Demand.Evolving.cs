using System.Collections.Immutable;
using Pool.Matching;
using Pool.Values;

namespace Pool.Demands;

/// <summary>How it goes on from what happened.</summary>
public sealed partial record Demand
{
    public Demand Evolve(DemandEvent happened) => Apply(happened) with { ChangedAt = happened.At };

    private Demand Apply(DemandEvent happened) => happened switch
    {
        DemandPosted posted => this with
        {
            Id = posted.Demand,
            Community = posted.Community,
            Posted = posted.Terms,
            RequiresCertificate = posted.RequiresCertificate,
            PostedAt = posted.At,
            People = posted.People,
        },
        DemandChanged changed => this with
        {
            Posted = changed.Terms,
            RequiresCertificate = changed.RequiresCertificate,
            Search = RingSearch.NotBegun,
            People = changed.Terms.SameAs is null ? [] : People,
        },
        RingSearched searched => Searched(searched),
        CandidatesRefused refused => Refused(refused.Refused),
        ProposalMade made => Refused(made.Refused).Proposed(made),
        ProposalAccepted accepted => With(Proposal(accepted.Number) with
        {
            Status = ProposalStatus.Accepted,
            Seats = accepted.Seats.IsDefault ? FreeSeats(1) : accepted.Seats,
            Assignment = new(AssignmentStatus.Accepted, accepted.At),
        }),
        ProposalDeclined declined => With(Proposal(declined.Number) with
        {
            Status = ProposalStatus.Declined,
            Declined = declined.Why,
            Hold = HoldStatus.OwedBack,
        }),
        ProposalExpired expired => With(Proposal(expired.Number) with { Status = ProposalStatus.Expired, Hold = HoldStatus.OwedBack }),
        WaitingListJoined joined => this with { Waiting = Waiting.Add(joined.Candidate) },
        ProposalWithdrawn withdrawn => With(Withdrawn(Proposal(withdrawn.Number))),
        AssignmentBooked booked => With(Proposal(booked.Number) with { Hold = HoldStatus.Booked }),
        AssignmentStarted started => With(started.Number, Assignment(started.Number) with
        {
            Status = AssignmentStatus.Started,
            StartedAt = started.At,
        }),
        AssignmentCompleted completed => With(completed.Number, Assignment(completed.Number) with
        {
            Status = AssignmentStatus.Completed,
            CompletedAt = completed.At,
            PartnerMinutes = completed.Reported,
        }),
        AssignmentConfirmed confirmed => With(confirmed.Number, Assignment(confirmed.Number) with
        {
            Status = AssignmentStatus.Confirmed,
            CommunityMinutes = confirmed.Reported,
            AgreedMinutes = confirmed.Agreed,
        }),
        AssignmentDisputed disputed => With(disputed.Number, Assignment(disputed.Number) with
        {
            Status = AssignmentStatus.Disputed,
            CommunityMinutes = disputed.Reported,
        }),
        DisputeResolved resolved => With(resolved.Number, Assignment(resolved.Number) with
        {
            Status = AssignmentStatus.Confirmed,
            AgreedMinutes = resolved.Agreed,
        }),
        AssignmentSettled settled => With(Proposal(settled.Number) with
        {
            Hold = HoldStatus.Ended,
            Assignment = Assignment(settled.Number) with { Status = AssignmentStatus.Settled, EndedAt = settled.At, Entries = settled.Entries },
        }),
        AssignmentCorrected corrected => Corrected(corrected),
        CorrectionSettled settled => With(settled.Number, Assignment(settled.Number) with { Correcting = null, Entries = settled.Entries }),
        AssignmentRated rated => With(rated.Number, Assignment(rated.Number) with { Stars = rated.Stars, Comment = rated.Comment }),
        RatingRecorded recorded => With(recorded.Number, Assignment(recorded.Number) with { RatingRecorded = true }),
        AssignmentReleased released => With(Proposal(released.Number) with
        {
            Hold = HoldStatus.OwedBack,
            Assignment = Assignment(released.Number) with { Status = AssignmentStatus.Released, Released = released.Why, EndedAt = released.At },
        }),
        HoldReturned returned => With(Proposal(returned.Number) with { Hold = HoldStatus.Ended }),
        RoundJoined joined => this with { Search = Search with { RetryAt = joined.RetryAt } },
        DemandQueued queued => this with { Search = Search with { RetryAt = queued.RetryAt } },
        SearchResumed => this with { Search = RingSearch.NotBegun },
        DemandExpired expired => Closed(expired.At),
        DemandCancelled cancelled => Closed(cancelled.At) with { Cancelled = true },
        _ => throw new InvalidOperationException($"A demand does not know {happened.GetType().Name}."),
    };

    private Demand Searched(RingSearched searched)
    {
        // A ring searched again is the next page of the same ring: its streets and its beginning stay.
        var again = searched.Ring == Search.Ring;
        var findings = searched.Findings;
        var found = findings.SelectMany(finding => finding.Candidates).ToArray();
        Array.Sort(found, BestFirst);
        var seen = again ? Search.SeenStreets : [.. Search.SeenStreets.Union(findings.Select(finding => finding.Street))];
        var next = searched.Ring == 0
            ? ImmutableArray<StreetId>.Empty
            : [.. (again ? Search.NextStreets : []).Union(findings.SelectMany(finding => finding.Neighbours)).Except(seen)];
        return this with
        {
            Policy = searched.Ring == 0 ? findings[0].Policy : Policy,
            Search = Search with
            {
                Ring = searched.Ring,
                RingSince = again ? Search.RingSince : searched.At,
                // Who was left unasked when a ring's dwell time passed is asked after those of the next ring.
                Queue = [.. found, .. Search.Queue],
                MoreIn = [.. findings.Where(finding => finding.Remaining > 0).Select(finding => finding.Street)],
                SeenStreets = seen,
                NextStreets = next,
            },
        };
    }

    private static int BestFirst(Candidate one, Candidate other) =>
        one.Rank.CompareTo(other.Rank) is not 0 and var byRank ? byRank : one.Offer.CompareTo(other.Offer);

    private Demand Refused(ImmutableArray<RefusedOffers> refused)
    {
        var offers = refused.SelectMany(group => group.Offers).ToHashSet();
        return offers.Count == 0
            ? this
            : this with
            {
                Search = Search with { Queue = Search.Queue.RemoveAll(candidate => offers.Contains(candidate.Offer)), Tried = [.. Search.Tried, .. offers] },
                Waiting = Waiting.RemoveAll(candidate => offers.Contains(candidate.Offer)),
            };
    }

    private Demand Proposed(ProposalMade made)
    {
        if (made.Number != Proposals.Length + 1)
        {
            throw new InvalidOperationException($"Proposal {made.Number} does not follow proposal {Proposals.Length}.");
        }

        // A partner is asked once for a demand, whichever of its offers it was.
        var partner = made.Candidate.Offer.Partner;
        return this with
        {
            Search = Search with
            {
                Queue = Search.Queue.RemoveAll(candidate => candidate.Offer.Partner == partner),
                // Seats that a round has left, or that come back, wait for the next one.
                RetryAt = made.Round is null ? Search.RetryAt : null,
            },
            Waiting = Waiting.RemoveAll(candidate => candidate.Offer.Partner == partner),
            Proposals = Proposals.Add(new(
                made.Number, made.People, made.Candidate, made.Slot, made.At, made.ExpiresAt, ProposalStatus.Pending, HoldStatus.Held)
            {
                Replaces = made.Replaces,
                Round = made.Round,
                MinLevel = Terms.MinLevel,
            }),
        };
    }

    private Demand Corrected(AssignmentCorrected corrected)
    {
        var assignment = Assignment(corrected.Number);
        return With(corrected.Number, assignment with
        {
            Correcting = new(assignment.AgreedMinutes!.Value, corrected.At),
            AgreedMinutes = corrected.Agreed,
            Corrections = assignment.Corrections + 1,
        });
    }

    private Demand Closed(DateTimeOffset at) => this with
    {
        ClosedAt = at,
        Proposals = [.. Proposals.Select(proposal => proposal.IsPending ? Withdrawn(proposal) : proposal)],
    };

    private static Proposal Withdrawn(Proposal proposal) => proposal with { Status = ProposalStatus.Withdrawn, Hold = HoldStatus.OwedBack };

    private Assignment Assignment(int number) =>
        Proposal(number).Assignment ?? throw new InvalidOperationException($"Proposal {number} has no assignment.");

    private Demand With(Proposal changed) => this with { Proposals = Proposals.SetItem(changed.Number - 1, changed) };

    private Demand With(int number, Assignment changed) => With(Proposal(number) with { Assignment = changed });
}
