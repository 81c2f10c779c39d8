using Grpc.Core;
using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Gateway.Requests;
using Pool.Gateway.Resources;
using Pool.Offers;
using Pool.V1;
using Pool.Values;
using Pool.Views;

namespace Pool.Gateway.Endpoints;

internal sealed class OfferEndpoint(IGrainFactory grains, Lists lists) : OfferService.OfferServiceBase
{
    private const string ParentForm = "streets/{street}/communities/{community}/partners/{partner}";

    private static readonly FilterField[] FilterFields =
    [
        FilterField.Code("skill", ViewColumns.Skill),
        FilterField.Enum<Offers.FeeMode>("fee_mode", ViewColumns.FeeMode, OffersReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.EnumDescriptor>("FeeMode")),
        FilterField.Bool("withdrawn", ViewColumns.State),
    ];

    public override async Task<V1.Offer> CreateOffer(CreateOfferRequest request, ServerCallContext context)
    {
        var (home, partner) = ResourceNames.Partner("parent", request.Parent);
        var command = Commands.Of(request, request.RequestId, request.Parent, context, home);
        var name = request.OfferId.Length == 0 ? Commands.IdFrom(request.RequestId, "o") : request.OfferId;
        if (!TextValue.IsSlug(name))
        {
            throw new RefusedException(RefusalReason.FieldInvalid, "offer_id", "3 to 40 of a-z, 0-9 and inner hyphens, a letter first");
        }

        var id = new OfferId(partner, name);
        var offer = request.Offer ?? throw new RefusedException(RefusalReason.FieldRequired, "offer");
        return await Answer(Grain(id).Make(OfferResource.Terms(id, offer), command), context);
    }

    public override async Task<V1.Offer> GetOffer(GetOfferRequest request, ServerCallContext context)
    {
        var (home, id) = ResourceNames.Offer("name", request.Name);
        var (offer, version) = await Grain(id).Get().For(context);
        return offer.Community == home ? OfferResource.Write(offer, version) : throw new RefusedException(Refusal.Of(RefusalReason.OfferNotFound, id.Text));
    }

    public override async Task<ListOffersResponse> ListOffers(ListOffersRequest request, ServerCallContext context)
    {
        var parent = ResourceNames.Parent("parent", request.Parent, ParentForm);
        ResourceNames.CheckParent("parent", parent[0], parent[1], ParentForm);
        var list = new ListRequest(
            "offers", request.PageSize, request.PageToken, request.MinPosition,
            Lists.Under(parent, ViewColumns.Street, ViewColumns.Community, ViewColumns.Partner).Concat(Filters.Read(request.Filter, FilterFields)));
        var (items, next) = await lists.Read<Offers.Offer>(list, context);
        return new() { Offers = { items.Select(item => OfferResource.Write(item.Value, item.Version)) }, NextPageToken = next };
    }

    public override Task<V1.Offer> UpdateOffer(UpdateOfferRequest request, ServerCallContext context)
    {
        var offer = request.Offer ?? throw new RefusedException(RefusalReason.FieldRequired, "offer");
        var (home, id) = ResourceNames.Offer("offer.name", offer.Name);
        var mask = new UpdateMask(request.UpdateMask, "skill", "level", "hours", "time_zone", "capacity", "fee_mode", "reach", "notice_minutes");
        var patch = new OfferPatch(
            mask.Value("skill", () => ResourceNames.Skill("offer.skill", offer.Skill)),
            mask.Value("level", () => offer.Level),
            mask.Value("hours", () => HoursText.Read(offer.Hours)),
            mask.Text("time_zone", OfferResource.Zone(offer)),
            mask.Value("capacity", () => OfferResource.Capacity(offer)),
            mask.Value("fee_mode", () => (Offers.FeeMode)offer.FeeMode),
            mask.Value("reach", () => offer.Reach),
            mask.Value("notice_minutes", () => new Minutes(offer.NoticeMinutes)));
        return Answer(Grain(id).Change(patch, Commands.Of(request, request.RequestId, ResourceNames.Of(home, id.Partner), context, home, offer.Etag)), context);
    }

    public override Task<V1.Offer> WithdrawOffer(WithdrawOfferRequest request, ServerCallContext context)
    {
        var (home, id) = ResourceNames.Offer("name", request.Name);
        return Answer(Grain(id).Withdraw(Commands.Of(request, request.RequestId, ResourceNames.Of(home, id.Partner), context, home, request.Etag)), context);
    }

    private static async Task<V1.Offer> Answer(Task<Answer<Offers.Offer>> answering, ServerCallContext context)
    {
        var (offer, version) = await answering.For(context);
        return OfferResource.Write(offer, version);
    }

    private IOfferGrain Grain(OfferId id) => grains.GetGrain<IOfferGrain>(id.Text);
}
