using System.Collections.Immutable;
using Pool.Actors;
using Pool.EventSourcing;
using Pool.Matching;
using Pool.Partners;
using Pool.Values;

namespace Pool.Demands;

/// <summary>The search for candidates, ring by ring, and the hold of the best of them: <see cref="DemandRules"/> decides.</summary>
internal sealed partial class DemandGrain
{
    /// <summary>The streets that this activation has searched: in which ring, and how their calendars stood.</summary>
    private readonly Dictionary<StreetId, (int Ring, long AsOf)> _searched = [];

    public async Task<bool> LookNow()
    {
        await Carry();
        var demand = State;
        await Durable();
        if (!DemandRules.WaitsInVain(demand, Now))
        {
            return false;
        }

        var asked = demand.Proposals.Length;
        await SearchAgain();
        await Carry();
        return State.Proposals.Length > asked;
    }

    public async Task<DemandPreview> Preview(CommunityId home, DemandTerms terms, bool requiresCertificate, ImmutableArray<PartnerId> people)
    {
        var posted = new DemandPosted(Now, DemandId.Parse(this.GetPrimaryKeyString()), home, terms, requiresCertificate) { People = people };
        var (demand, events) = (Demand.Empty.Evolve(posted), new List<DemandEvent>());
        while (await Foresee(demand) is { IsEmpty: false } foreseen)
        {
            events.AddRange(foreseen);
            demand = foreseen.Aggregate(demand, (state, happened) => state.Evolve(happened));
        }

        DeactivateOnIdle();
        return new(demand, Explanation.Searched(events));
    }

    /// <summary>What the next step of a search would bring; nothing where nobody is left to ask.</summary>
    private async Task<ImmutableArray<DemandEvent>> Foresee(Demand demand)
    {
        switch (DemandRules.NextStep(demand, Now))
        {
            case SearchRing step:
                return [new RingSearched(Now, step.Ring, await Find(demand, step))];
            case HoldBest step:
                var (candidate, held, refused) = await FirstWithRoom(demand, step, (candidate, request) => WouldHold(demand, candidate, request));
                return DemandRules.Asked(demand, step, candidate, held, refused, Now).Events;
            default:
                return [];
        }
    }

    /// <summary>
    /// Searches, and holds the best that was found: nothing is promised yet, so that both are one append. Should it fail, a hold
    /// lapses by itself.
    /// </summary>
    private async Task Search()
    {
        var sought = State;
        var searches = await Explore(sought);
        var found = searches.Aggregate(sought, (state, searched) => state.Evolve(searched));
        await (DemandRules.NextStep(found, Now) is HoldBest step
            ? InTurn(() => ReferenceEquals(State, sought) ? Hold(step, found, SearchedAndHeld) : Record())
            : Record());
        Enlist();

        Task Record() => Decide((demand, now) => DemandRules.Searched(demand, sought, searches, now));

        Decision<DemandEvent> SearchedAndHeld(Demand demand, HoldBest step, Candidate? candidate, HoldOutcome held, ImmutableArray<RefusedOffers> refused, DateTimeOffset now) =>
            DemandRules.SearchedAndHeld(demand, sought, searches, step, candidate, held, refused, now);
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

    /// <summary>Tries candidates in order of rank; the outcome, with all that refused before it, is one event.</summary>
    /// <param name="found">The demand with the search that found them, recorded or not.</param>
    /// <param name="decide">What comes of it.</param>
    private async Task Hold(
        HoldBest step, Demand found, Func<Demand, HoldBest, Candidate?, HoldOutcome, ImmutableArray<RefusedOffers>, DateTimeOffset, Decision<DemandEvent>> decide)
    {
        var (candidate, held, refused) = await FirstWithRoom(found, step, (candidate, request) => TryHold(found, candidate, request));
        await Decide((demand, now) => decide(demand, step, candidate, held, refused, now));
        if (candidate is not null)
        {
            await Drop(candidate, step.Number, held);
        }
    }

    /// <summary>The first candidate whose calendar has room, and why those before it have none.</summary>
    private async Task<(Candidate? Candidate, HoldOutcome Held, ImmutableArray<RefusedOffers> Refused)> FirstWithRoom(
        Demand demand, HoldBest step, Func<Candidate, HoldRequest, Task<HoldOutcome>> ask)
    {
        var refused = new SortedDictionary<CandidateReason, List<OfferId>>();
        foreach (var candidate in step.Candidates)
        {
            var held = await ask(candidate, demand.Hold(step.Number, candidate, demand.Window, demand.SeatsToAsk, Now));
            if (held.Reason is not { } reason)
            {
                return (candidate, held, Groups());
            }

            refused.TryAdd(reason, []);
            refused[reason].Add(candidate.Offer);
        }

        return (null, HoldOutcome.Refused(CandidateReason.Busy), Groups());

        ImmutableArray<RefusedOffers> Groups() => [.. refused.Select(group => new RefusedOffers(group.Key, [.. group.Value]))];
    }
}
