using System.Collections.Immutable;
using Pool.Actors;
using Pool.Matching;
using Pool.Partners;
using Pool.Skills;
using Pool.Values;

namespace Pool.Demands;

/// <summary>The life of a demand up to its proposals, which <see cref="ProposalRules"/> has; <see cref="AssignmentRules"/> has what follows an acceptance.</summary>
public static class DemandRules
{
    /// <param name="skill">The skill, or what the catalogue says against it.</param>
    /// <param name="community">What the community says against it; null where it may post.</param>
    /// <param name="payer">What the ledger says against the account that is to pay; null where it may.</param>
    /// <param name="earlier">The demand whose people are wanted, or what is against it; null where anybody is.</param>
    public static Decision<DemandEvent> Post(
        DemandId id, CommunityId home, DemandTerms terms, Answer<Skill> skill, Refusal? community, Refusal? payer, Answer<Demand>? earlier, DateTimeOffset now)
    {
        var people = PeopleOf(earlier?.Value);
        var refusal = Check.Lowest(
            TermsRules.Fault(terms, now),
            skill.Refusal,
            community,
            payer,
            earlier?.Refusal is { } unknown ? unknown with { Fields = ["demand.same_people_as"] } : null,
            earlier?.Value is not null && people.IsEmpty ? Refusal.At("demand.same_people_as", RefusalReason.NobodyTookPart, terms.SameAs!.Value.Text) : null);
        return refusal is null
            ? new DemandPosted(now, id, home, terms, skill.Value!.RequiresCertificate && !terms.WaiveCertificate) { People = people }
            : refusal;
    }

    /// <summary>The terms as a preview takes them: who would claim seats, or be assigned in a round, is foreseen as if they were asked one after another.</summary>
    public static DemandTerms AskedInOrder(DemandTerms terms) =>
        terms.Mode is DispatchMode.Claim or DispatchMode.Round ? terms with { Mode = DispatchMode.Sequential } : terms;

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

            if (proposal.Assignment is { Correcting: not null })
            {
                return new Correct(proposal);
            }

            if (proposal.Assignment is { Stars: not null, RatingRecorded: false })
            {
                return new RecordRating(proposal);
            }
        }

        if (demand.HasMoot)
        {
            return new WithdrawMoot();
        }

        if (demand.SeatsToAsk == 0 || now > demand.LastStart)
        {
            return null;
        }

        if (!demand.Waiting.IsEmpty)
        {
            return new HoldBest(demand.Proposals.Length + 1, demand.Waiting);
        }

        if (demand.Search.RetryAt is { } retry && now < retry)
        {
            return null;
        }

        return demand.Terms.Mode == DispatchMode.Round ? new JoinRound()
            : demand.Search.RetryAt is not null ? new LookAgain()
            : NextOfSearch(demand, now);
    }

    /// <summary>Whether it waits because nobody was found, so that somebody who has come may be asked at once.</summary>
    public static bool WaitsInVain(Demand demand, DateTimeOffset now) =>
        demand is { Exists: true, Search.RetryAt: not null } && NextStep(demand with { Search = demand.Search with { RetryAt = now } }, now) is LookAgain;

    /// <summary>What time has brought: expired proposals, the end of the demand. Who had accepted an all-or-none demand in vain is released.</summary>
    public static Decision<DemandEvent> Tick(Demand demand, DateTimeOffset now)
    {
        var events = demand.Pending
            .Where(proposal => proposal.ExpiresAt <= now)
            .Select(DemandEvent (proposal) => new ProposalExpired(now, proposal.Number))
            .ToImmutableArray();
        var after = events.Aggregate(demand, (state, happened) => state.Evolve(happened));
        if (!demand.Exists || after.ExpiresAt > now || after.ExpiresAt is null)
        {
            return events;
        }

        return events
            .AddRange(after.Proposals
                .Where(proposal => after.Terms.AllOrNone && !after.HasBegun && proposal.TakesSeats)
                .Select(DemandEvent (proposal) => new AssignmentReleased(now, proposal.Number, ReleaseReason.SeatsLeftOpen, "")))
            .Add(new DemandExpired(now));
    }

    /// <summary>What rings found, in order; where the last of them leaves nothing to try, the demand waits.</summary>
    /// <param name="sought">The demand as it was when they were searched: once it was changed, what they found is void.</param>
    public static Decision<DemandEvent> Searched(Demand demand, Demand sought, ImmutableArray<RingSearched> searches, DateTimeOffset now)
    {
        if (demand.SeatsToAsk == 0 || !ReferenceEquals(demand.Posted, sought.Posted))
        {
            return default;
        }

        ImmutableArray<DemandEvent> events = [.. searches.Select(searched => searched with { At = now })];
        var after = events.Aggregate(demand, (state, happened) => state.Evolve(happened));
        return NextStep(after, now) is EnterQueue ? events.AddRange(Queue(after, now).Events) : events;
    }

    /// <summary>What rings found, and whose time was held of those found; where nobody's was, who refused it.</summary>
    /// <param name="candidate">Who gave its time; null where nobody did.</param>
    /// <inheritdoc cref="Searched"/>
    public static Decision<DemandEvent> SearchedAndHeld(
        Demand demand, Demand sought, ImmutableArray<RingSearched> searches, HoldBest step, Candidate? candidate, HoldOutcome held, ImmutableArray<RefusedOffers> refused, DateTimeOffset now)
    {
        var searched = Searched(demand, sought, searches, now).Events;
        var after = searched.Aggregate(demand, (state, happened) => state.Evolve(happened));
        if (searched.IsEmpty || NextStep(after, now) is not HoldBest next || next.Number != step.Number || !next.Candidates.SequenceEqual(step.Candidates))
        {
            return searched;
        }

        return searched.AddRange(Asked(after, next, candidate, held, refused, now).Events);
    }

    /// <summary>The first candidate whose calendar had room is proposed to; where nobody's had, all are refused.</summary>
    /// <param name="candidate">Who gave its time; null where nobody did.</param>
    public static Decision<DemandEvent> Asked(
        Demand demand, HoldBest step, Candidate? candidate, HoldOutcome held, ImmutableArray<RefusedOffers> refused, DateTimeOffset now) =>
        candidate is null ? NobodyHeld(demand, step, refused, now) : ProposalRules.Held(demand, step, candidate, held, refused, now);

    /// <summary>
    /// What a search after a wait found: nobody, as the last recorded one did, and the demand waits on; or a search to be
    /// recorded. A candidate is always something new: its calendar may have become free.
    /// </summary>
    /// <param name="sought">The demand as it was when it was looked for: once it has gone on, what was found is void.</param>
    public static Decision<DemandEvent> LookedAgain(
        Demand demand, Demand sought, ImmutableArray<RingSearched> searches, IReadOnlyList<RingSearched> recorded, DateTimeOffset now)
    {
        if (demand.SeatsToAsk == 0 || demand.Search.RetryAt is null || !ReferenceEquals(demand.Search, sought.Search))
        {
            return default;
        }

        var resumed = new SearchResumed(now);
        var nobody = searches.All(searched => searched.Findings.All(found => found.Candidates.IsEmpty));
        return nobody && searches.Length == recorded.Count && searches.Zip(recorded).All(pair => pair.First.FindsWhat(pair.Second))
            ? new DemandQueued(now, now + demand.Policy.RetryAfter.ToTimeSpan())
            : Searched(demand.Evolve(resumed), demand, searches, now).Events.Insert(0, resumed);
    }

    public static Decision<DemandEvent> NobodyHeld(Demand demand, HoldBest step, ImmutableArray<RefusedOffers> refused, DateTimeOffset now) =>
        demand.SeatsToAsk == 0 || demand.Candidates != step.Candidates ? default(Decision<DemandEvent>) : new CandidatesRefused(now, refused);

    public static Decision<DemandEvent> Queue(Demand demand, DateTimeOffset now) =>
        demand.SeatsToAsk == 0 || demand.Search.RetryAt is not null
            ? default(Decision<DemandEvent>)
            : new DemandQueued(now, now + demand.Policy.RetryAfter.ToTimeSpan());

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

    /// <summary>
    /// A clerk widens an open demand (reach, window, level, certificate, fee modes), hurries it, or switches its mode. It is
    /// never narrowed: who was asked was asked for no less.
    /// </summary>
    public static Decision<DemandEvent> Change(Demand demand, DemandPatch patch, DateTimeOffset now)
    {
        if (!demand.Exists)
        {
            return RefusalReason.DemandNotFound;
        }

        var (before, terms) = (demand.Terms, patch.Of(demand.Terms));
        var refusal = Check.Lowest(
            TermsRules.Fault(terms, now),
            Check.Range("demand.min_level", terms.MinLevel, 1, before.MinLevel),
            Check.Range("demand.reach", terms.Reach, before.Reach, Limits.Reach),
            terms.Window.End < before.Window.End ? Refusal.At("demand.window_end_time", RefusalReason.ValueOutOfRange, $"{before.Window.End:u} or later") : null,
            before.WaiveCertificate && !terms.WaiveCertificate ? Refusal.At("demand.waive_certificate", RefusalReason.FieldInvalid, "it was waived") : null,
            before.FeeModes.Except(terms.FeeModes).Any() ? Refusal.At("demand.fee_modes", RefusalReason.FieldInvalid, "a mode was accepted before") : null,
            demand.ClosedAt is null ? null : Closed(demand),
            demand.ClosedAt is null && demand.OpenSeats == 0 ? Refusal.Of(RefusalReason.DemandFilled) : null);
        return refusal is null ? new DemandChanged(now, terms, demand.RequiresCertificate && !terms.WaiveCertificate) : refusal;
    }

    /// <summary>Who has seats of a demand; nobody where there is none.</summary>
    private static ImmutableArray<PartnerId> PeopleOf(Demand? demand) =>
        demand is null ? [] : [.. demand.Proposals.Where(proposal => proposal.TakesSeats).Select(proposal => proposal.Partner).Distinct().Order()];

    private static DemandStep NextOfSearch(Demand demand, DateTimeOffset now)
    {
        var search = demand.Search;
        if (search.Ring < 0)
        {
            return new SearchRing(0, [demand.Community.Street]);
        }

        var next = search.Ring + 1;
        var streets = next > demand.Terms.Reach ? [] : next == 1 ? [demand.Community.Street] : search.NextStreets;
        var dwell = demand.Pace.RingDwell;
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
            return Closed(demand);
        }

        var served = demand.Proposals.Sum(proposal => proposal.Assignment is { Status: AssignmentStatus.Settled } ? proposal.Seats.Length : 0);
        return served == demand.Terms.Seats ? Refusal.Of(RefusalReason.AssignmentSettled) : null;
    }

    /// <summary>Why nothing can be done to a demand that has ended.</summary>
    internal static Refusal Closed(Demand demand) => Refusal.Of(demand.Cancelled ? RefusalReason.DemandCancelled : RefusalReason.DemandExpired);
}
