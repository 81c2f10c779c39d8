using Pool.Benchmarks.Arena;
using Orleans.Concurrency;

namespace Pool.Benchmarks.Opponents;

[Alias("opponent.IStreetRow")]
internal interface IStreetRow : IGrainWithStringKey
{
    [Alias("Create")] Task Create(string name, IReadOnlyList<string> neighbours);

    [Alias("AddCommunity")] Task AddCommunity(string community);

    [Alias("Get")] Task<StreetRow> Get();
}

[Alias("opponent.ICommunityRow")]
internal interface ICommunityRow : IGrainWithStringKey
{
    [Alias("AddOffer")] Task AddOffer(OfferTerms offer);

    /// <summary>Who has a skill, those who served least first.</summary>
    [Alias("Candidates")] Task<IReadOnlyList<OfferTerms>> Candidates(string skill, int minLevel);

    [Alias("Served"), OneWay] Task Served(string partner, int minutes);
}

[Alias("opponent.IPartnerRow")]
internal interface IPartnerRow : IGrainWithStringKey
{
    [Alias("Create")] Task Create(string community, int capacity);

    [Alias("AddOffer")] Task AddOffer(OfferTerms offer);

    /// <summary>Holds the earliest half hour of the window; null where there is no room.</summary>
    [Alias("TryHold")] Task<HeldRow?> TryHold(DemandTerms demand, OfferTerms offer, int number, DateTime until);

    [Alias("Book")] Task<bool> Book(Guid demand, int number);

    /// <summary>Enters the service, once, and frees its time.</summary>
    [Alias("Serve")] Task<long> Serve(Guid demand, int number, int minutes);
}

[Alias("opponent.IDemandRow")]
internal interface IDemandRow : IGrainWithGuidKey
{
    [Alias("Post")] Task<DemandRow> Post(DemandTerms terms);

    [Alias("Do")] Task<DemandRow> Do(Verb verb, Deed deed);
}

[GenerateSerializer, Alias("opponent.StreetRow")]
internal sealed class StreetRow
{
    [Id(0)] public List<string> Neighbours { get; set; } = [];

    [Id(1)] public List<string> Communities { get; set; } = [];
}

[GenerateSerializer, Alias("opponent.CommunityRow")]
internal sealed class CommunityRow
{
    [Id(0)] public List<OfferTerms> Offers { get; set; } = [];
}

[GenerateSerializer, Alias("opponent.PartnerRow")]
internal sealed class PartnerRow
{
    [Id(0)] public string Community { get; set; } = "";

    [Id(1)] public int Capacity { get; set; }

    [Id(2)] public List<BookingRow> Bookings { get; set; } = [];

    [Id(3)] public long MinutesServed { get; set; }

    /// <summary>Services so far; an entry's number.</summary>
    [Id(4)] public long Entries { get; set; }
}

/// <param name="HeldUntil">Of a hold; null when it is booked.</param>
[GenerateSerializer, Immutable, Alias("opponent.BookingRow")]
internal sealed record BookingRow([property: Id(0)] Guid Demand, [property: Id(1)] int Number, [property: Id(2)] DateTime Starts, [property: Id(3)] DateTime Ends, [property: Id(4)] DateTime? HeldUntil);

[GenerateSerializer, Immutable, Alias("opponent.HeldRow")]
internal sealed record HeldRow([property: Id(0)] string Community, [property: Id(1)] DateTime Starts, [property: Id(2)] DateTime Ends);

[GenerateSerializer, Alias("opponent.StoredDemand")]
internal sealed class StoredDemand
{
    [Id(0)] public DemandRow? Row { get; set; }

    [Id(1)] public Dictionary<Guid, long> Requests { get; set; } = [];
}

internal sealed class StreetRowGrain([PersistentState("street", RowPerGrainDispatch.Storage)] IPersistentState<StreetRow> row) : Grain, IStreetRow
{
    public Task Create(string name, IReadOnlyList<string> neighbours)
    {
        row.State.Neighbours = [.. neighbours];
        return row.WriteStateAsync();
    }

    public Task AddCommunity(string community)
    {
        row.State.Communities.Add(community);
        return row.WriteStateAsync();
    }

    public Task<StreetRow> Get() => Task.FromResult(row.State);
}

internal sealed class CommunityRowGrain([PersistentState("community", RowPerGrainDispatch.Storage)] IPersistentState<CommunityRow> row) : Grain, ICommunityRow
{
    private readonly Dictionary<string, int> _served = [];

    public Task AddOffer(OfferTerms offer)
    {
        row.State.Offers.Add(offer);
        return row.WriteStateAsync();
    }

    public Task<IReadOnlyList<OfferTerms>> Candidates(string skill, int minLevel) => Task.FromResult<IReadOnlyList<OfferTerms>>(
        [.. row.State.Offers.Where(offer => offer.Skill == skill && offer.Level >= minLevel)
            .OrderBy(offer => _served.GetValueOrDefault(offer.Partner)).ThenBy(offer => offer.Level).Take(16)]);

    public Task Served(string partner, int minutes)
    {
        _served[partner] = _served.GetValueOrDefault(partner) + minutes;
        return Task.CompletedTask;
    }
}

internal sealed class PartnerRowGrain([PersistentState("partner", RowPerGrainDispatch.Storage)] IPersistentState<PartnerRow> row) : Grain, IPartnerRow
{
    private const int Step = 30;

    public Task Create(string community, int capacity)
    {
        (row.State.Community, row.State.Capacity) = (community, capacity);
        return row.WriteStateAsync();
    }

    public Task AddOffer(OfferTerms offer) => GrainFactory.GetGrain<ICommunityRow>(row.State.Community).AddOffer(offer);

    public async Task<HeldRow?> TryHold(DemandTerms demand, OfferTerms offer, int number, DateTime until)
    {
        var now = DateTime.UtcNow;
        var bookings = row.State.Bookings;
        if (bookings.Find(booking => booking.Demand == demand.Id && booking.Number == number) is { } held)
        {
            return new(row.State.Community, held.Starts, held.Ends);
        }

        bookings.RemoveAll(booking => booking.HeldUntil <= now);
        var step = TimeSpan.FromMinutes(Step);
        for (var starts = new DateTime((demand.Opens.Ticks + step.Ticks - 1) / step.Ticks * step.Ticks, DateTimeKind.Utc); starts.AddMinutes(demand.Duration) <= demand.Closes; starts += step)
        {
            var (minute, ends) = (Week.MinuteOf(starts), starts.AddMinutes(demand.Duration));
            if (offer.Open.Any(open => open.From <= minute && minute + demand.Duration <= open.To)
                && bookings.Count(booking => booking.Starts < ends && starts < booking.Ends) < row.State.Capacity)
            {
                bookings.Add(new(demand.Id, number, starts, ends, until));
                await row.WriteStateAsync();
                return new(row.State.Community, starts, ends);
            }
        }

        return null;
    }

    public async Task<bool> Book(Guid demand, int number)
    {
        var held = row.State.Bookings.FindIndex(booking => booking.Demand == demand && booking.Number == number);
        if (held < 0 || row.State.Bookings[held].HeldUntil <= DateTime.UtcNow)
        {
            return false;
        }

        row.State.Bookings[held] = row.State.Bookings[held] with { HeldUntil = null };
        await row.WriteStateAsync();
        return true;
    }

    public async Task<long> Serve(Guid demand, int number, int minutes)
    {
        if (row.State.Bookings.RemoveAll(booking => booking.Demand == demand && booking.Number == number) > 0)
        {
            row.State.MinutesServed += minutes;
            row.State.Entries++;
            await row.WriteStateAsync();
            await GrainFactory.GetGrain<ICommunityRow>(row.State.Community).Served(this.GetPrimaryKeyString(), minutes);
        }

        return row.State.Entries;
    }
}

internal sealed class DemandRowGrain([PersistentState("demand", RowPerGrainDispatch.Storage)] IPersistentState<StoredDemand> row) : Grain, IDemandRow
{
    private static readonly TimeSpan Expiry = TimeSpan.FromMinutes(ArenaWorld.Expiry);

    public async Task<DemandRow> Post(DemandTerms terms)
    {
        if (row.State.Row is { } posted)
        {
            return posted.Terms.Fingerprint == terms.Fingerprint ? posted : throw new RefusedException("The request id was used for another request.");
        }

        var now = DateTime.UtcNow;
        row.State.Row = new(terms, now, await Propose(terms, now));
        await row.WriteStateAsync();
        return row.State.Row;
    }

    public async Task<DemandRow> Do(Verb verb, Deed deed)
    {
        var proposal = row.State.Row?.Proposal ?? throw new RefusedException("There is no such proposal.");
        if (row.State.Requests.TryGetValue(deed.Request, out var fingerprint))
        {
            return fingerprint == deed.Fingerprint ? row.State.Row : throw new RefusedException("The request id was used for another request.");
        }

        var after = verb switch
        {
            Verb.Accept => await Accept(proposal, deed),
            Verb.Start => By(proposal, deed, Opponents.Step.Accepted) with { Step = Opponents.Step.Started, StartedAt = DateTime.UtcNow },
            Verb.Complete => By(proposal, deed, Opponents.Step.Started) with { Step = Opponents.Step.Completed, CompletedAt = DateTime.UtcNow, PartnerMinutes = deed.Minutes },
            Verb.Confirm => await Confirm(proposal, deed),
        };
        row.State.Row = row.State.Row with { Proposal = after };
        row.State.Requests[deed.Request] = deed.Fingerprint;
        await row.WriteStateAsync();
        return row.State.Row;
    }

    private static ProposalRow By(ProposalRow proposal, Deed deed, Step step) =>
        proposal.Partner == deed.Actor && proposal.Step == step ? proposal : throw new RefusedException("That cannot be done now.");

    private async Task<ProposalRow> Accept(ProposalRow proposal, Deed deed)
    {
        By(proposal, deed, Opponents.Step.Proposed);
        return proposal.ExpiresAt > DateTime.UtcNow && await Partner(proposal.Partner).Book(deed.Demand, deed.Number)
            ? proposal with { Step = Opponents.Step.Accepted, AcceptedAt = DateTime.UtcNow }
            : throw new RefusedException("The proposal is not open.");
    }

    private async Task<ProposalRow> Confirm(ProposalRow proposal, Deed deed)
    {
        if (proposal.Step != Opponents.Step.Completed || row.State.Row!.Terms.Community != deed.Actor)
        {
            throw new RefusedException("That cannot be done now.");
        }

        var reported = proposal.PartnerMinutes!.Value;
        if (Math.Abs(reported - deed.Minutes) > 15)
        {
            return proposal with { Step = Opponents.Step.Disputed, CommunityMinutes = deed.Minutes };
        }

        var agreed = (reported + deed.Minutes) / 2;
        return proposal with
        {
            Step = Opponents.Step.Settled,
            CommunityMinutes = deed.Minutes,
            AgreedMinutes = agreed,
            SettledAt = DateTime.UtcNow,
            Entry = await Partner(proposal.Partner).Serve(deed.Demand, deed.Number, agreed),
        };
    }

    private async Task<ProposalRow?> Propose(DemandTerms terms, DateTime now)
    {
        for (var ring = 0; ring <= Math.Min(terms.Reach, 2); ring++)
        {
            foreach (var community in await Communities(terms, ring))
            {
                foreach (var offer in (await GrainFactory.GetGrain<ICommunityRow>(community).Candidates(terms.Skill, terms.MinLevel)).Where(offer => ring < 2 || offer.Reach >= 2))
                {
                    if (await Partner(offer.Partner).TryHold(terms, offer, 1, now + Expiry) is { } held)
                    {
                        return new(1, offer.Partner, held.Community, offer.Id, ring, held.Starts, held.Ends, now, now + Expiry, Opponents.Step.Proposed);
                    }
                }
            }
        }

        return null;
    }

    private async Task<IReadOnlyList<string>> Communities(DemandTerms terms, int ring)
    {
        if (ring == 0)
        {
            return [terms.Community];
        }

        var street = await GrainFactory.GetGrain<IStreetRow>(terms.Street).Get();
        return ring == 1
            ? [.. street.Communities.Where(community => community != terms.Community)]
            : [.. (await Task.WhenAll(street.Neighbours.Select(neighbour => GrainFactory.GetGrain<IStreetRow>(neighbour).Get()))).SelectMany(neighbour => neighbour.Communities)];
    }

    private IPartnerRow Partner(string id) => GrainFactory.GetGrain<IPartnerRow>(id);
}
