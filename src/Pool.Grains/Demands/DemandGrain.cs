using System.Collections.Immutable;
using System.Diagnostics;
using Pool.Actors;
using Pool.EventSourcing;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Streets;
using Pool.Values;

namespace Pool.Demands;

[GrainType("demand")]
internal sealed class DemandGrain(ActorServices services) : EventSourcedGrain<Demand, DemandEvent>(services), IDemandGrain
{
    /// <summary>The streets that this activation has searched: in which ring, and how their calendars stood.</summary>
    private readonly Dictionary<StreetId, (int Ring, long AsOf)> _searched = [];

    protected override int SnapshotEvery => 128;

    public async Task<Answer<Demand>> RecallPosting(Command command) =>
        await Recall(command) ?? Refusal.Of(RefusalReason.AlreadyExists, Stream);

    public Task<Answer<Demand>> Get() => Read();

    public async Task<bool> LookNow()
    {
        await Carry();
        await Durable();
        if (!State.Exists || DemandRules.NextStep(State, State.Search.RetryAt ?? Now) is not LookAgain)
        {
            return false;
        }

        var asked = State.Proposals.Length;
        await SearchAgain();
        await Carry();
        return State.Proposals.Length > asked;
    }

    public async Task<Answer<Explanation>> Explain()
    {
        var answer = await Get();
        if (answer.Refusal is not null)
        {
            return answer.Refusal;
        }

        var history = (await History()).Select(record => (Record: record, Event: EventCatalogue<DemandEvent>.Read(record))).ToList();
        return answer.Select(demand => new Explanation(
            demand,
            Explanation.Searched(history.Select(entry => entry.Event)),
            [.. history.Select(entry => new ExplainedEvent(
                entry.Event.At, entry.Record.Position, entry.Record.Type, Explanation.ProposalOf(entry.Event), entry.Record.Actor, TraceId(entry.Record)))]));
    }

    public Task<Answer<Demand>> Change(DemandPatch patch, Command command) =>
        Decide(command, (demand, now) => DemandRules.Change(demand, patch, now));

    public Task<Answer<Demand>> Cancel(CommunityId community, string why, Command command) =>
        Decide(command, (demand, now) => DemandRules.Cancel(demand, community, why, now));

    /// <summary>The answer leaves when the partner's calendar has the booking, so that the service can start at once.</summary>
    public async Task<Answer<Demand>> Accept(int number, RegisteredPartner partner, Command command) => await Carried(
        await Decide(command, (demand, now) => DemandRules.Accept(demand, number, partner, now)),
        until: demand => demand.Proposal(number).Hold != HoldStatus.Held);

    /// <summary>The answer leaves when the partner's calendar has the booking; on the waiting list nothing is booked.</summary>
    public async Task<Answer<Demand>> Claim(OfferId offer, CommunityId community, int people, bool wait, Command command)
    {
        if (await Recall(command) is { } before)
        {
            return before;
        }

        var fit = ClaimRules.Fault(State, offer, people, wait) is { } refusal ? refusal : await Fit(offer, community, State.Window);
        if (fit.Value is { } candidate && (State.SeatsToClaim > 0 || !wait))
        {
            var answer = await Take(candidate, State.Window, people, (demand, number, held, now) => ClaimRules.Claim(demand, number, candidate, held, now), command);
            if (!wait || answer.Refusal?.Reason != RefusalReason.SeatsTaken)
            {
                return answer;
            }
        }

        return await Decide(command, (demand, now) => fit.Refusal is { } unfit ? unfit : ClaimRules.Wait(demand, fit.Value!, now));
    }

    public async Task<Answer<Demand>> Swap(int number, RegisteredPartner partner, OfferId successor, CommunityId community, Command command)
    {
        if (await Recall(command) is { } before)
        {
            return before;
        }

        var refusal = ClaimRules.SwapFault(State, number, partner, successor.Partner);
        var handed = refusal is null ? State.Proposal(number) : null;
        var fit = handed is null ? refusal! : await Fit(successor, community, handed.Slot);
        return fit.Value is { } candidate
            ? await Take(candidate, handed!.Slot, handed.Seats.Length, (demand, next, held, now) => ClaimRules.Swap(demand, number, partner, next, candidate, held, now), command)
            : await Decide(command, (_, _) => fit.Refusal!);
    }

    public Task Revoke(int number, PartnerId partner) => Decide((demand, now) => DemandRules.Revoked(demand, number, partner, now));

    public Task<Answer<Demand>> Decline(int number, RegisteredPartner partner, DeclineReason why, string note, Command command) =>
        Decide(command, (demand, now) => DemandRules.Decline(demand, number, partner, why, note, now));

    public Task<Answer<Demand>> Start(int number, RegisteredPartner partner, Command command) =>
        Decide(command, (demand, now) => AssignmentRules.Start(demand, number, partner, now));

    public Task<Answer<Demand>> Complete(int number, RegisteredPartner partner, Minutes served, Command command) =>
        Decide(command, (demand, now) => AssignmentRules.Complete(demand, number, partner, served, now));

    public Task<Answer<Demand>> Confirm(int number, CommunityId community, Minutes served, Command command) =>
        Decide(command, (demand, now) => AssignmentRules.Confirm(demand, number, community, served, now));

    public Task<Answer<Demand>> Dispute(int number, CommunityId community, string note, Command command) =>
        Decide(command, (demand, now) => AssignmentRules.Dispute(demand, number, community, note, now));

    public Task<Answer<Demand>> Resolve(int number, Minutes agreed, string note, Command command) =>
        Decide(command, (demand, now) => AssignmentRules.Resolve(demand, number, agreed, note, now));

    public Task<Answer<Demand>> Rate(int number, CommunityId community, int stars, string comment, Command command) =>
        Decide(command, (demand, now) => AssignmentRules.Rate(demand, number, community, stars, comment, now));

    public Task<Answer<Demand>> GiveBack(int number, RegisteredPartner partner, string note, Command command) =>
        Decide(command, (demand, now) => AssignmentRules.GiveBack(demand, number, partner, note, now));

    public Task<Answer<Demand>> NoShow(int number, RegisteredPartner? partner, CommunityId? community, string note, Command command) =>
        Decide(command, (demand, now) => AssignmentRules.NoShow(demand, number, partner, community, note, now));

    protected override Decision<DemandEvent> Tick(Demand demand, DateTimeOffset now) => DemandRules.Tick(demand, now);

    protected override bool OwesStep => State.Exists && DemandRules.NextStep(State, Now) is not null;

    protected override bool TimerIsDue => State.Search.RetryAt <= Now;

    protected override Task CarryStep() => DemandRules.NextStep(State, Now) switch
    {
        SearchRing => Search(),
        HoldBest hold => Hold(hold),
        EnterQueue => Queue(),
        LookAgain => SearchAgain(),
        ConfirmHold confirm => Confirm(confirm.Proposal),
        ReturnHold back => Return(back.Proposal),
        WithdrawMoot => Decide(DemandRules.Withdrawn),
        Settle settle => Settle(settle.Proposal),
        RecordRating rating => Record(rating.Proposal),
        _ => Task.CompletedTask,
    };

    private async Task Search()
    {
        var sought = State;
        var searches = await Explore(sought);
        await Decide((demand, now) => DemandRules.Searched(demand, sought, searches, now));
        Enlist();
    }

    private async Task Queue()
    {
        await Decide(DemandRules.Queue);
        Enlist();
    }

    /// <summary>Tells the streets that were searched, without waiting, that this demand waits; where that is lost, it searches again by itself.</summary>
    private void Enlist()
    {
        if (State.Search.RetryAt is not { } until || State.SeatsToAsk == 0)
        {
            return;
        }

        foreach (var (street, (ring, asOf)) in _searched)
        {
            Street(street).Await(new(State.Id, State.Terms.Urgency, State.PostedAt, asOf, until, State.Ring(ring))).Ignore();
        }
    }

    /// <summary>
    /// A demand that nobody can serve may be searched for weeks: only a search that finds something else than the last
    /// recorded one is recorded again.
    /// </summary>
    private async Task SearchAgain()
    {
        var recorded = Explanation.LastSearches((await History()).Select(EventCatalogue<DemandEvent>.Read));
        var sought = State;
        var searches = await Explore(sought.Evolve(new SearchResumed(Now)));
        await Decide((demand, now) => DemandRules.LookedAgain(demand, sought, searches, recorded, now));
        Enlist();
    }

    /// <summary>Asks ring after ring until one knows a candidate. Nothing depends on it yet, so what all of them found is one append.</summary>
    private async Task<ImmutableArray<RingSearched>> Explore(Demand demand)
    {
        var searches = ImmutableArray.CreateBuilder<RingSearched>();
        while (DemandRules.NextStep(demand, Now) is SearchRing step)
        {
            searches.Add(new(Now, step.Ring, await Find(demand, step)));
            demand = demand.Evolve(searches[^1]);
        }

        return searches.ToImmutable();
    }

    private async Task<ImmutableArray<StreetFindings>> Find(Demand demand, SearchRing step)
    {
        var findings = await Task.WhenAll(step.Streets.Select(street => Street(street).Search(demand.Ring(step.Ring))));
        foreach (var found in findings)
        {
            _searched[found.Street] = (step.Ring, found.AsOf);
        }

        return [.. findings];
    }

    /// <summary>The offer as a candidate of its ring, if it passes every filter.</summary>
    private async Task<Answer<Candidate>> Fit(OfferId offer, CommunityId community, TimeWindow window)
    {
        if (await RingOf(community) is not { } ring || ring > State.Terms.Reach)
        {
            return Unfit(CandidateReason.OutOfReach);
        }

        var found = await Street(community.Street).Search(State.Only(offer, ring, window));
        return found.Candidates is [var candidate] && candidate.Community == community ? Answer<Candidate>.Of(candidate)
            : found.Refused is [var group] ? Unfit(group.Reason)
            : Refusal.Of(RefusalReason.OfferNotFound, offer.Text);
    }

    /// <summary>In which ring a community lies, up to the third; null beyond.</summary>
    private async Task<int?> RingOf(CommunityId community)
    {
        var (home, street) = (State.Community, community.Street);
        if (street == home.Street)
        {
            return community == home ? 0 : 1;
        }

        var adjacent = await NeighboursOf(home.Street);
        return adjacent.Contains(street) ? 2
            : (await Task.WhenAll(adjacent.Select(NeighboursOf))).Any(beyond => beyond.Contains(street)) ? 3
            : null;
    }

    private async Task<ImmutableArray<StreetId>> NeighboursOf(StreetId street) => (await Street(street).Get()).Value?.Neighbours ?? [];

    /// <summary>Holds the time of a partner who comes forward, and decides; again, where another proposal came between.</summary>
    private async Task<Answer<Demand>> Take(
        Candidate candidate, TimeWindow window, int people, Func<Demand, int, HoldOutcome, DateTimeOffset, Decision<DemandEvent>> take, Command command)
    {
        while (true)
        {
            await Durable();
            var number = State.Proposals.Length + 1;
            var held = await TryHold(candidate, State.Hold(number, candidate, window, people, Now));
            if (State.Proposals.Length >= number && await Recall(command) is null)
            {
                await GiveBack(candidate, number);
                continue;
            }

            var answer = await Decide(command, (demand, now) => held.Reason is { } reason ? Unfit(reason) : take(demand, number, held, now));
            if (answer.Refusal is not null && held.Reason is null)
            {
                await GiveBack(candidate, number);
            }

            return await Carried(answer, until: demand => demand.Proposal(number) is not { Status: ProposalStatus.Accepted, Hold: HoldStatus.Held });
        }
    }

    /// <summary>Gives back a hold that no proposal stands for. Should this fail, it lapses by itself.</summary>
    private async Task GiveBack(Candidate candidate, int number)
    {
        if (State.Proposals.ElementAtOrDefault(number - 1)?.Partner != candidate.Offer.Partner)
        {
            await GrainFactory.GetGrain<IPartnerGrain>(candidate.Offer.Partner.Text).Release(new(State.Id, number), noShow: false);
        }
    }

    private static Refusal Unfit(CandidateReason reason) => Refusal.Of(RefusalReason.OfferDoesNotFit, $"{reason}");

    private IStreetGrain Street(StreetId street) => GrainFactory.GetGrain<IStreetGrain>(street.Text);

    /// <summary>Tries candidates in order of rank; the outcome, with all that refused before it, is one event.</summary>
    private async Task Hold(HoldBest step)
    {
        var refused = new SortedDictionary<CandidateReason, List<OfferId>>();
        var demand = State;
        foreach (var candidate in step.Candidates)
        {
            var outcome = await TryHold(candidate, demand.Hold(step.Number, candidate, demand.Window, demand.SeatsToAsk, Now));
            if (outcome.Reason is { } reason)
            {
                if (!refused.TryGetValue(reason, out var offers))
                {
                    refused[reason] = offers = [];
                }

                offers.Add(candidate.Offer);
                continue;
            }

            await Decide((state, now) => DemandRules.Held(state, step, candidate, outcome, Groups(), now));
            await GiveBack(candidate, step.Number);
            return;
        }

        await Decide((state, now) => DemandRules.NobodyHeld(state, step, Groups(), now));

        ImmutableArray<RefusedOffers> Groups() => [.. refused.Select(group => new RefusedOffers(group.Key, [.. group.Value]))];
    }

    /// <summary>Another street must still lend when its partner's time is held: the search may be days old.</summary>
    private async Task<HoldOutcome> TryHold(Candidate candidate, HoldRequest request)
    {
        var (lender, borrower) = (candidate.Community.Street, State.Community.Street);
        return lender == borrower || await Street(lender).Lends(borrower)
            ? await GrainFactory.GetGrain<IOfferGrain>(candidate.Offer.Text).TryHold(request)
            : HoldOutcome.Refused(CandidateReason.NoTreaty);
    }

    private async Task Confirm(Proposal proposal)
    {
        var confirmed = await Partner(proposal).Confirm(proposal.HoldOf(State.Id), proposal.Seats.Length);
        await Decide((demand, now) => AssignmentRules.Booked(demand, proposal.Number, confirmed, now));
    }

    private async Task Return(Proposal proposal)
    {
        await Partner(proposal).Release(proposal.HoldOf(State.Id), proposal.Assignment?.Released == ReleaseReason.PartnerNoShow);
        await Decide((demand, now) => AssignmentRules.HoldReturned(demand, proposal.Number, now));
    }

    private async Task Settle(Proposal proposal)
    {
        await Partner(proposal).RecordService(
            proposal.HoldOf(State.Id), State.Terms.Skill, proposal.Candidate.FeeMode, proposal.Assignment!.AgreedMinutes!.Value);
        await Decide((demand, now) => AssignmentRules.Settled(demand, proposal.Number, now));
    }

    private async Task Record(Proposal proposal)
    {
        await Partner(proposal).RecordRating(proposal.HoldOf(State.Id), proposal.Assignment!.Stars!.Value);
        await Decide((demand, now) => AssignmentRules.RatingRecorded(demand, proposal.Number, now));
    }

    private IPartnerGrain Partner(Proposal proposal) => GrainFactory.GetGrain<IPartnerGrain>(proposal.Partner.Text);

    private static string TraceId(JournalRecord record) =>
        ActivityContext.TryParse(record.TraceParent, null, out var context) ? context.TraceId.ToHexString() : "";
}
