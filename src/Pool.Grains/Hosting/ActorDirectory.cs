using System.Globalization;
using Pool.Communities;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.Identities;
using Pool.JointTransfers;
using Pool.Ledgers;
using Pool.Offers;
using Pool.Partners;
using Pool.Rounds;
using Pool.Series;
using Pool.Skills;
using Pool.Streets;
using Pool.Treaties;
using Pool.Values;
using Pool.Views;
using Pool.Witnesses;

namespace Pool.Hosting;

/// <summary>Every actor, by what names it.</summary>
public static class ActorDirectory
{
    public static ICommunityGrain Community(this IGrainFactory grains, CommunityId community) => grains.Named<ICommunityGrain>(community.Text);

    public static IDemandGrain Demand(this IGrainFactory grains, DemandId demand) => grains.Named<IDemandGrain>(demand.Text);

    public static IJointTransferGrain JointTransfer(this IGrainFactory grains, TransferId transfer) => grains.Named<IJointTransferGrain>(transfer.Text);

    public static ILedgerGrain Ledger(this IGrainFactory grains, StreetId street) => grains.Named<ILedgerGrain>(street.Text);

    public static ILenderGrain Lender(this IGrainFactory grains, StreetId street) => grains.Named<ILenderGrain>(street.Text);

    public static INameGrain Names(this IGrainFactory grains) => grains.GetGrain<INameGrain>(0);

    public static IOfferGrain Offer(this IGrainFactory grains, OfferId offer) => grains.Named<IOfferGrain>(offer.Text);

    public static IPartnerGrain Partner(this IGrainFactory grains, PartnerId partner) => grains.Named<IPartnerGrain>(partner.Text);

    public static IRoundGrain Round(this IGrainFactory grains, StreetId street) => grains.Named<IRoundGrain>(street.Text);

    public static ISeriesGrain Series(this IGrainFactory grains, SeriesId series) => grains.Named<ISeriesGrain>(series.Text);

    public static ISkillCatalogueGrain Skills(this IGrainFactory grains) => grains.Named<ISkillCatalogueGrain>(SkillCatalogue.Key);

    public static IStreetGrain Street(this IGrainFactory grains, StreetId street) => grains.Named<IStreetGrain>(street.Text);

    public static IViewGrain Views(this IGrainFactory grains) => grains.GetGrain<IViewGrain>(0);

    public static IWitnessGrain Witness(this IGrainFactory grains, StreetId street) => grains.Named<IWitnessGrain>(street.Text);

    /// <summary>The actor of a stream, whatever kind it is of.</summary>
    public static IActorGrain Actor(this IGrainFactory grains, string stream)
    {
        var id = GrainId.Parse(stream, CultureInfo.InvariantCulture);
        return Kind<IActorGrain>.Interface is { } type ? (IActorGrain)grains.GetGrain(id, type.Value) : Kind<IActorGrain>.Learn(grains.GetGrain<IActorGrain>(id));
    }

    private static T Named<T>(this IGrainFactory grains, string key)
        where T : IGrainWithStringKey =>
        Kind<T>.Interface is { } type ? (T)grains.GetGrain(GrainId.Create(type.Grain, key), type.Value) : Kind<T>.Learn(grains.GetGrain<T>(key));

    private sealed record InterfaceType(GrainType Grain, GrainInterfaceType Value);

    /// <summary>What Orleans reads from the attributes of an interface at every call of its own: it never changes.</summary>
    private static class Kind<T>
        where T : IAddressable
    {
        public static InterfaceType? Interface { get; private set; }

        public static T Learn(T grain)
        {
            // Anything else is a proxy of a simulation, which has no types.
            if (grain is GrainReference reference)
            {
                Interface = new(reference.GrainId.Type, reference.InterfaceType);
            }

            return grain;
        }
    }
}
