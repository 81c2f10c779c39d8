namespace Pool.Benchmarks.Opponents;

/// <summary>Actors as most write them: Orleans grains, each with its state as one row of AdoNet grain storage, written whenever it changes.</summary>
internal sealed class RowPerGrainDispatch(IGrainFactory grains) : IDispatch
{
    public const string Storage = "rows";

    public Task CreateStreet(string code, string name, IReadOnlyList<string> neighbours) => grains.GetGrain<IStreetRow>(code).Create(name, neighbours);

    public Task CreateCommunity(string street, string code, string name) => grains.GetGrain<IStreetRow>(street).AddCommunity(code);

    public Task CreatePartner(string community, string id, string name, int capacity) => grains.GetGrain<IPartnerRow>(id).Create(community, capacity);

    public Task CreateOffer(OfferTerms offer) => grains.GetGrain<IPartnerRow>(offer.Partner).AddOffer(offer);

    public Task<DemandRow> Post(DemandTerms terms) => grains.GetGrain<IDemandRow>(terms.Id).Post(terms);

    public Task<DemandRow> Do(Verb verb, Deed deed) => grains.GetGrain<IDemandRow>(deed.Demand).Do(verb, deed);
}
