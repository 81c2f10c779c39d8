using System.Collections.Immutable;
using Pool.Actors;
using Pool.EventSourcing;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;

namespace Pool.Streets;

[GrainType("street")]
internal sealed class StreetGrain(ActorServices services) : EventSourcedGrain<Street, StreetEvent>(services), IStreetGrain
{
    private readonly Dictionary<PartnerId, BusyHint> _hints = [];

    private StreetId Id => StreetId.Parse(this.GetPrimaryKeyString());

    protected override int SnapshotEvery => 1_024;

    public async Task<Answer<StreetProfile>> Open(string name, ImmutableArray<StreetId> neighbours, DispatchPolicy policy, Command command) =>
        Profile(await Decide(command, (street, now) => StreetRules.Open(street, Id, name, neighbours, policy, now)));

    public async Task<Answer<StreetProfile>> Change(StreetPatch patch, Command command) =>
        Profile(await Decide(command, (street, now) => StreetRules.Change(street, Id, patch, now)));

    public async Task<Answer<StreetProfile>> SetTreaty(StreetId borrower, bool open, Command command)
    {
        var known = borrower == Id ? null : (await GrainFactory.GetGrain<IStreetGrain>(borrower.Text).Get()).Refusal;
        var unknown = known is null ? null : known with { Fields = ["borrower"] };
        return Profile(await Decide(command, (street, now) => StreetRules.SetTreaty(street, Id, borrower, open, unknown, now)));
    }

    public async Task<Answer<StreetProfile>> Get() => Profile(await Read());

    public async Task<bool> Lends(StreetId borrower)
    {
        var lends = State.Profile?.LendsTo(borrower) == true;
        await Durable();
        return lends;
    }

    public async Task<StreetFindings> Search(RingQuery query)
    {
        var street = State;
        await Durable();
        // A neighbour that nobody has opened yet has nothing to lend and no neighbours of its own.
        return street.Profile is { } profile
            ? MatchRules.Search(Id, profile, street.Index, _hints, query, Now)
            : new(Id, [], 0, [], [], [], DispatchPolicy.Default);
    }

    public Task Publish(PartnerFacts facts) => Decide((street, now) => StreetRules.Publish(street, facts, now));

    public Task List(OfferTerms terms, long revision) => Decide((street, now) => StreetRules.List(street, terms, revision, now));

    public Task Unlist(OfferId offer, long revision) => Decide((street, now) => StreetRules.Unlist(street, offer, revision, now));

    public Task Hint(PartnerId partner, BusyHint hint)
    {
        _hints[partner] = hint;
        return Task.CompletedTask;
    }

    private static Answer<StreetProfile> Profile(Answer<Street> answer) => answer.Select(street => street.Profile!);
}
