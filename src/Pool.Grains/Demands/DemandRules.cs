using System.Collections.Immutable;
using Pool.Actors;
using Pool.Matching;
using Pool.Partners;
using Pool.Skills;
using Pool.Values;

namespace Pool.Demands;

/// <summary>The life of a demand up to its proposals; <see cref="AssignmentRules"/> has what follows an acceptance.</summary>
public static class DemandRules
{
    /// <summary>Candidates asked of a street at a time.</summary>
    public const int CandidatesPerStreet = 16;

    /// <param name="skill">The skill, or what the catalogue says against it.</param>
    /// <param name="community">What the community says against it; null where it may post.</param>
    public static Decision<DemandEvent> Post(
        DemandId id, CommunityId home, DemandTerms terms, Answer<Skill> skill, Refusal? community, DateTimeOffset now) =>
        Check.Lowest(TermsFault(terms, now), skill.Refusal, community) is { } refusal
            ? refusal
            : new DemandPosted(now, id, home, terms, skill.Value!.RequiresCertificate && !terms.WaiveCertificate);

    /// <summary>What is owed next: first what others wait for, then the search. It looks at the state alone.</summary>
    public static DemandStep? NextStep(Demand demand, DateTimeOffset now)
    {
        foreach (var proposal in demand.Proposals)
        {
            if (proposal.Hold == HoldStatus.OwedBack)
            {
                return new ReturnHold(proposal);
            }

            if (proposal is { Status: ProposalStatus.Accepted, Hold: HoldStatus.Held })
            {
                return new ConfirmHold(proposal);
            }

            if (proposal.Assignment is { Status: AssignmentStatus.Confirmed })
            {
                return new Settle(proposal);
            }

            if (proposal.Assignment is { Stars: not null, RatingRecorded: false })
            {
                return new RecordRating(proposal);
            }
        }

        if (demand.OpenSeat is null || now > demand.LastStart)
        {
            return null;
        }

        return demand.Search.RetryAt is { } retry ? (now >= retry ? new LookAgain() : null) : NextOfSearch(demand, now);
    }

    /// <summary>What time has brought: expired proposals, the end of the window.</summary>
    public static Decision<DemandEvent> Tick(Demand demand, DateTimeOffset now)
    {
        var events = demand.Proposals
            .Where(proposal => proposal.Status == ProposalStatus.Pending && proposal.ExpiresAt <= now)
            .Select(DemandEvent (proposal) => new ProposalExpired(now, proposal.Number))
            .ToImmutableArray();
        var after = events.Aggregate(demand, (state, happened) => state.Evolve(happened));
        return demand.Exists && after.OpenSeat is not null && now >= demand.LastStart ? events.Add(new DemandExpired(now)) : events;
    }

    /// <summary>What rings found, in order; where the last of them leaves nothing to try, the demand waits.</summary>
    public static Decision<DemandEvent> Searched(Demand demand, ImmutableArray<RingSearched> searches, DateTimeOffset now)
    {
        if (demand.OpenSeat is null)
        {
            return default;
        }

        ImmutableArray<DemandEvent> events = [.. searches.Select(searched => searched with { At = now })];
        var after = events.Aggregate(demand, (state, happened) => state.Evolve(happened));
        return NextStep(after, now) is EnterQueue ? events.AddRange(Queue(after, now).Events) : events;
    }

    /// <summary>
    /// What a search after a wait found: nobody, as the last recorded one did, and the demand waits on; or a search to be
    /// recorded. A candidate is always something new: its calendar may have become free.
    /// </summary>
    public static Decision<DemandEvent> LookedAgain(
        Demand demand, ImmutableArray<RingSearched> searches, IReadOnlyList<RingSearched> recorded, DateTimeOffset now)
    {
        if (demand.OpenSeat is null || demand.Search.RetryAt is null || demand.Search.RetryAt > now)
        {
            return default;
        }

        var resumed = new SearchResumed(now);
        var nobody = searches.All(searched => searched.Findings.All(found => found.Candidates.IsEmpty));
        return nobody && searches.Length == recorded.Count && searches.Zip(recorded).All(pair => pair.First.FindsWhat(pair.Second))
            ? new DemandQueued(now, now + demand.Policy.RetryAfter.ToTimeSpan())
            : Searched(demand.Evolve(resumed), searches, now).Events.Insert(0, resumed);
    }

    /// <summary>
    /// A candidate's calendar gave a hold: it is proposed the seat that is open now, which may be another one than when the
    /// calendar was asked; where the demand was closed meanwhile nothing is proposed, and the hold is given back.
    /// </summary>
    public static Decision<DemandEvent> Held(
        Demand demand, HoldBest step, Candidate candidate, HoldOutcome held, ImmutableArray<RefusedOffers> refused, DateTimeOffset now) =>
        demand.OpenSeat is not { } seat || demand.Proposals.Length + 1 != step.Number
            ? default(Decision<DemandEvent>)
            : new ProposalMade(now, step.Number, seat, candidate, held.Slot!.Value, held.AcceptUntil!.Value, refused);

    public static Decision<DemandEvent> NobodyHeld(Demand demand, ImmutableArray<RefusedOffers> refused, DateTimeOffset now) =>
        demand.OpenSeat is null ? default(Decision<DemandEvent>) : new CandidatesRefused(now, refused);

    public static Decision<DemandEvent> Queue(Demand demand, DateTimeOffset now) =>
        demand.OpenSeat is null || demand.Search.RetryAt is not null
            ? default(Decision<DemandEvent>)
            : new DemandQueued(now, now + demand.Policy.RetryAfter.ToTimeSpan());

    public static Decision<DemandEvent> Accept(Demand demand, int number, RegisteredPartner partner, DateTimeOffset now) =>
        Answerable(demand, number, partner, now) is { } refusal ? refusal : new ProposalAccepted(now, number);

    public static Decision<DemandEvent> Decline(Demand demand, int number, RegisteredPartner partner, DeclineReason why, string note, DateTimeOffset now)
    {
        var refusal = Check.Lowest(Check.Known("reason", why), Check.OptionalText("note", note, Limits.TextLength), Answerable(demand, number, partner, now));
        return refusal is null ? new ProposalDeclined(now, number, why, note) : refusal;
    }

    /// <summary>Ends the demand and releases what is held; what is being served runs to its end.</summary>
    public static Decision<DemandEvent> Cancel(Demand demand, CommunityId community, string why, DateTimeOffset now)
    {
        if (Check.Lowest(Check.OptionalText("reason", why, Limits.TextLength), Cancellable(demand, community)) is { } refusal)
        {
            return refusal;
        }

        return demand.Proposals
            .Where(proposal => proposal.Assignment is { IsAhead: true })
            .Select(DemandEvent (proposal) => new AssignmentReleased(now, proposal.Number, ReleaseReason.DemandCancelled, ""))
            .Append(new DemandCancelled(now, why))
            .ToImmutableArray();
    }

    private static DemandStep NextOfSearch(Demand demand, DateTimeOffset now)
    {
        var search = demand.Search;
        if (search.Ring < 0)
        {
            return new SearchRing(0, [demand.Community.Street]);
        }

        var next = search.Ring + 1;
        var streets = next > demand.Terms.Reach ? [] : next == 1 ? [demand.Community.Street] : search.NextStreets;
        var dwell = demand.Policy.RingDwell;
        var dwelt = dwell > Minutes.Zero && !streets.IsEmpty && now >= search.RingSince + dwell.ToTimeSpan();
        if (!dwelt && !search.Queue.IsEmpty)
        {
            return new HoldBest(demand.Proposals.Length + 1, search.Queue);
        }

        if (!dwelt && !search.MoreIn.IsEmpty)
        {
            return new SearchRing(search.Ring, search.MoreIn);
        }

        return streets.IsEmpty ? new EnterQueue() : new SearchRing(next, streets);
    }

    private static Refusal? Cancellable(Demand demand, CommunityId community)
    {
        if (!demand.Exists)
        {
            return Refusal.Of(RefusalReason.DemandNotFound);
        }

        if (community != demand.Community)
        {
            return Refusal.At("community", RefusalReason.NotTheDemandsCommunity);
        }

        if (demand.ClosedAt is not null)
        {
            return Refusal.Of(demand.Cancelled ? RefusalReason.DemandCancelled : RefusalReason.DemandExpired);
        }

        var served = demand.Proposals.Count(proposal => proposal.Assignment is { Status: AssignmentStatus.Settled });
        return served == demand.Terms.Seats ? Refusal.Of(RefusalReason.AssignmentSettled) : null;
    }

    private static Refusal? Answerable(Demand demand, int number, RegisteredPartner partner, DateTimeOffset now)
    {
        if (!demand.Exists)
        {
            return Refusal.Of(RefusalReason.DemandNotFound);
        }

        if (number < 1 || number > demand.Proposals.Length)
        {
            return Refusal.Of(RefusalReason.ProposalNotFound, $"{number}");
        }

        var proposal = demand.Proposal(number);
        if (proposal.Proposed != partner)
        {
            return Refusal.At("partner", RefusalReason.NotTheProposedPartner);
        }

        return proposal.Status switch
        {
            ProposalStatus.Pending when proposal.ExpiresAt <= now => Refusal.Of(RefusalReason.ProposalExpired),
            ProposalStatus.Pending => null,
            ProposalStatus.Accepted => Refusal.Of(RefusalReason.ProposalAccepted),
            ProposalStatus.Declined => Refusal.Of(RefusalReason.ProposalDeclined),
            ProposalStatus.Expired => Refusal.Of(RefusalReason.ProposalExpired),
            ProposalStatus.Withdrawn => Refusal.Of(RefusalReason.ProposalWithdrawn),
        };
    }

    private static Refusal? TermsFault(DemandTerms terms, DateTimeOffset now)
    {
        var (window, duration) = (terms.Window, terms.Duration);
        var durationFault = Check.Range("demand.duration_minutes", duration, Limits.ShortestService, Limits.LongestService);
        // A duration out of range may be longer than time itself; its own fault comes before those of the window.
        var length = durationFault is null ? duration.ToTimeSpan() : TimeSpan.Zero;
        var tooShort = window.Length < length;
        return Check.Lowest(
        [
            Check.Text("demand.title", terms.Title, Limits.TitleLength),
            Check.OptionalText("demand.description", terms.Description, Limits.TextLength),
            Check.Range("demand.min_level", terms.MinLevel, 1, Limits.Level),
            Check.Range("demand.seats", terms.Seats, 1, Limits.Seats),
            Check.Range("demand.reach", terms.Reach, 0, Limits.Reach),
            durationFault,
            terms.FeeModes.IsEmpty ? Refusal.At("demand.fee_modes", RefusalReason.FieldRequired) : null,
            terms.FeeModes.Select(mode => Check.Known("demand.fee_modes", mode)).FirstOrDefault(fault => fault is not null),
            terms.FeeModes.Distinct().Count() < terms.FeeModes.Length ? Refusal.At("demand.fee_modes", RefusalReason.FieldInvalid, "each mode once") : null,
            window.End > now + Limits.FarthestWindow ? Refusal.At("demand.window_end_time", RefusalReason.ValueOutOfRange, $"{Limits.FarthestWindow.TotalDays} days from now") : null,
            window.End <= window.Start ? Refusal.At("demand.window_end_time", RefusalReason.WindowEndsBeforeStart) : null,
            window.End <= now || (!tooShort && window.End <= now + length) ? Refusal.At("demand.window_end_time", RefusalReason.WindowInPast) : null,
            tooShort ? Refusal.At("demand.window_end_time", RefusalReason.WindowTooShort) : null,
            window.Length > Limits.LongestWindow ? Refusal.At("demand.window_end_time", RefusalReason.WindowTooLong, $"{Limits.LongestWindow.TotalDays}") : null,
        ]);
    }
}
