using System.Collections.Immutable;
using Pool.Actors;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;

namespace Pool.Streets;

[GrainType("street")]
internal sealed partial class StreetGrain(ActorServices services) : EventSourcedGrain<Street, StreetEvent>(services), IStreetGrain
{
    /// <summary>Demands called in vain for one partner before the others are left to their own searches.</summary>
    private const int VainCalls = 3;

    private readonly ActorServices _services = services;
    private readonly StreetHints _hints = new();
    private WaitingQueue? _queue;

    private WaitingQueue Queue => _queue ??= new(Now.UtcTicks);

    private StreetId Id => StreetId.Parse(this.GetPrimaryKeyString());

    private StreetFindings Unopened => new(Id, [], 0, [], [], [], DispatchPolicy.Default);

    protected override int SnapshotEvery => 1_024;

    public async Task<Answer<StreetProfile>> Open(string name, ImmutableArray<StreetId> neighbours, DispatchPolicy policy, ImmutableArray<DateOnly> holidays, Command command) =>
        Profile(await Decide(command, (street, now) => StreetRules.Open(street, Id, name, neighbours, policy, holidays, now)));

    public async Task<Answer<StreetProfile>> Change(StreetPatch patch, Command command) =>
        Profile(await Decide(command, (street, now) => StreetRules.Change(street, Id, patch, now)));

    public async Task<Answer<StreetProfile>> Get() => Profile(await Read());

    public async Task<StreetFindings> Search(RingQuery query)
    {
        await HearOf(query.Home.Street);
        var (street, asOf) = (State, Queue.AsOf);
        await Durable();
        // A neighbour that nobody has opened yet has nothing to lend and no neighbours of its own.
        return street.Exists ? MatchRules.Search(street, _hints, query, Now) with { AsOf = asOf } : Unopened;
    }

    public async Task<StreetSupply> Supply(RingQuery query)
    {
        await HearOf(query.Home.Street);
        var street = State;
        await Durable();
        return street.Exists ? MatchRules.Supply(street, _hints, query, Now) : new(Unopened, []);
    }

    public async Task<Fairness> Fairness(SkillCode skill)
    {
        var street = State;
        await Durable();
        return Matching.Fairness.Of(Id, street.Index, _hints, skill, Now);
    }

    public async Task Publish(PartnerFacts facts)
    {
        var served = State.Index.Find(facts.Partner)?.Served;
        await Decide((street, now) => StreetRules.Publish(street, facts, now));
        if (served != facts.Served && PoolTelemetry.Gini.Enabled)
        {
            Measure(facts.Partner);
        }

        Call(facts.Partner);
    }

    public async Task List(OfferTerms terms, long revision)
    {
        await Decide((street, now) => StreetRules.List(street, terms, revision, now));
        Call(terms.Offer.Partner);
    }

    public Task Unlist(OfferId offer, long revision) => Decide((street, now) => StreetRules.Unlist(street, offer, revision, now));

    public Task Hint(PartnerId partner, BusyHint hint)
    {
        var before = _hints.Of(partner);
        _hints.Calendars[partner] = hint;
        if (before is null || hint.Booked < before.Booked)
        {
            Queue.Free(partner);
            Call(partner);
        }

        return Task.CompletedTask;
    }

    public Task Await(WaitingDemand demand)
    {
        Queue.Enter(demand);
        // Somebody may have come since the demand was here.
        if (State.Exists && Queue.Fits(demand, null, State, _hints, Now))
        {
            CallAll([demand]).Ignore();
        }

        return Task.CompletedTask;
    }

    /// <summary>Measures the skills of a partner who has served.</summary>
    private void Measure(PartnerId partner)
    {
        foreach (var skill in State.Index.SkillsOf(partner))
        {
            var fairness = Matching.Fairness.Of(Id, State.Index, _hints, skill, Now);
            PoolTelemetry.Gini.Record(fairness.Gini, new("pool.street", Id.Text), new KeyValuePair<string, object?>("pool.skill", skill.Text));
        }
    }

    private void Call(PartnerId? partner)
    {
        if (!Queue.IsEmpty)
        {
            CallAll(Waiting(partner)).Ignore();
        }
    }

    /// <summary>Those in the queue whom the partner, or anybody where null, may serve.</summary>
    private IReadOnlyList<WaitingDemand> Waiting(PartnerId? partner) =>
        State.Exists ? Queue.For(partner, State, _hints, Now) : [];

    /// <summary>One after the other, the first in the queue first, until it is plain that the time is gone.</summary>
    private async Task CallAll(IReadOnlyList<WaitingDemand> demands)
    {
        await Durable();
        var vain = 0;
        foreach (var waiting in demands)
        {
            Queue.Leave(waiting.Demand);
            if (!await Called(waiting.Demand) && ++vain == VainCalls)
            {
                return;
            }
        }
    }

    /// <summary>Whether the demand has asked somebody. One that cannot be reached searches again by itself, and does not hold up the others.</summary>
    private async Task<bool> Called(DemandId demand)
    {
        try
        {
            return await GrainFactory.Demand(demand).LookNow();
        }
        catch (Exception unreached) when (unreached is not OutOfMemoryException)
        {
            return false;
        }
    }

    private static Answer<StreetProfile> Profile(Answer<Street> answer) => answer.Select(street => street.Profile!);
}
