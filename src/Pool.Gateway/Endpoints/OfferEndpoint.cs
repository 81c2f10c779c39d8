using Grpc.Core;
using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Gateway.Requests;
using Pool.Gateway.Resources;
using Pool.Hosting;
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
        var reading = new Reading(request, context);
        var (home, partner) = reading.Of(ResourceNames.Partner, "parent", request.Parent);
        var name = request.OfferId.Length == 0 ? RequestIds.IdFrom(request.RequestId, "o") : request.OfferId;
        var id = reading.Of(() => OfferId.TryParse($"{partner}/{name}", out var read) || partner == default
            ? read
            : throw new RefusedException(RefusalReason.FieldInvalid, "offer_id", TextValue.SlugForm));
        var terms = OfferResource.Terms(reading, id, reading.Required("offer", request.Offer));
        return await Answer(grains.Offer(id).Make(terms, reading.Command(request.RequestId, request.Parent, home)), context);
    }

    public override async Task<V1.Offer> GetOffer(GetOfferRequest request, ServerCallContext context)
    {
        var (home, id) = ResourceNames.Offer("name", request.Name);
        var (offer, version) = await grains.Offer(id).Get().For(context);
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
        var reading = new Reading(request, context);
        var offer = reading.Required("offer", request.Offer);
        var (home, id) = reading.Of(ResourceNames.Offer, "offer.name", offer.Name);
        var patch = reading.Of(() =>
        {
            var mask = new UpdateMask(request.UpdateMask, offer, "skill", "level", "hours", "time_zone", "capacity", "fee_mode", "reach", "notice_minutes", "serves_on_holidays");
            return new OfferPatch(
                mask.Value("skill", () => reading.Of(ResourceNames.Skill, "offer.skill", offer.Skill)),
                mask.Value("level", () => offer.Level),
                mask.Value("hours", () => reading.Of(HoursText.Read, "offer.hours", offer.Hours)),
                mask.Text("time_zone", OfferResource.Zone(offer)),
                mask.Value("capacity", () => OfferResource.Capacity(offer)),
                mask.Value("fee_mode", () => (Offers.FeeMode)offer.FeeMode),
                mask.Value("reach", () => offer.Reach),
                mask.Value("notice_minutes", () => new Minutes(offer.NoticeMinutes)),
                mask.Value("serves_on_holidays", () => offer.ServesOnHolidays));
        });
        return Answer(grains.Offer(id).Change(patch, reading.Command(request.RequestId, () => ResourceNames.Of(home, id.Partner), home, offer.Etag)), context);
    }

    public override Task<V1.Offer> WithdrawOffer(WithdrawOfferRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, id) = reading.Of(ResourceNames.Offer, "name", request.Name);
        var command = reading.Command(request.RequestId, () => ResourceNames.Of(home, id.Partner), home, request.Etag);
        return Answer(grains.Offer(id).Withdraw(command), context);
    }

    private static async Task<V1.Offer> Answer(Task<Answer<Offers.Offer>> answering, ServerCallContext context)
    {
        var (offer, version) = await answering.For(context);
        return OfferResource.Write(offer, version);
    }
}
