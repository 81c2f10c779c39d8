using System.Collections.Immutable;
using Google.Api;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Pool.Actors;
using Pool.Gateway.Availability;
using Pool.Gateway.Errors;
using Pool.Gateway.Requests;
using Pool.Gateway.Resources;
using Pool.Hosting;
using Pool.Identities;
using Pool.Partners;
using Pool.V1;
using Pool.Values;
using Pool.Views;

namespace Pool.Gateway.Endpoints;

internal sealed class PartnerEndpoint(IGrainFactory grains, Lists lists, [FromKeyedServices(Clock.Key)] TimeProvider clock) : PartnerService.PartnerServiceBase
{
    private const string ParentForm = "streets/{street}/communities/{community}";

    private static readonly FilterField[] FilterFields =
    [
        FilterField.Enum<Partners.PartnerKind>("kind", ViewColumns.Kind, PartnersReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.EnumDescriptor>("PartnerKind")),
        FilterField.Enum<Partners.Circle>("circle", ViewColumns.Circle, PartnersReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.EnumDescriptor>("Circle")),
        FilterField.Enum<Partners.PartnerMode>("mode", ViewColumns.Mode, PartnersReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.EnumDescriptor>("PartnerMode")),
        FilterField.Bool("suspended", ViewColumns.State),
    ];

    public override async Task<V1.Partner> CreatePartner(CreatePartnerRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var community = reading.Of(ResourceNames.Community, "parent", request.Parent);
        var named = request.PartnerId.Length == 0 ? RequestIds.IdFrom(request.RequestId, "p") : request.PartnerId;
        var id = reading.Of(() => ResourceNames.Id<PartnerId>("partner_id", named, TextValue.SlugForm));
        var profile = PartnerResource.Profile(reading.Required("partner", request.Partner));
        var command = reading.Command(request.RequestId, request.Parent);
        return await Answer(grains.Partner(id).Register(community, profile, command), context);
    }

    public override async Task<V1.Partner> GetPartner(GetPartnerRequest request, ServerCallContext context)
    {
        var (home, id) = ResourceNames.Partner("name", request.Name);
        var (partner, version) = await grains.Partner(id).Get().For(context);
        return partner.Community == home ? (await Write([new(partner, version, 0)], context))[0] : throw new RefusedException(Refusal.Of(RefusalReason.PartnerNotFound, id.Text));
    }

    public override async Task<ListPartnersResponse> ListPartners(ListPartnersRequest request, ServerCallContext context)
    {
        var parent = ResourceNames.Parent("parent", request.Parent, ParentForm);
        ResourceNames.CheckParent("parent", parent[0], parent[1], ParentForm);
        var list = new ListRequest(
            "partners", request.PageSize, request.PageToken, request.MinPosition,
            Lists.Under(parent, ViewColumns.Street, ViewColumns.Community).Concat(Filters.Read(request.Filter, FilterFields)));
        var (items, next) = await lists.Read<Partners.Partner>(list, context);
        return new() { Partners = { await Write(items, context) }, NextPageToken = next };
    }

    public override Task<V1.Partner> UpdatePartner(UpdatePartnerRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var partner = reading.Required("partner", request.Partner);
        var (home, id) = reading.Of(ResourceNames.Partner, "partner.name", partner.Name);
        var patch = reading.Of(() =>
        {
            var mask = new UpdateMask(request.UpdateMask, partner, "display_name", "kind", "circle", "mode", "capacity");
            return new PartnerPatch(
                mask.Text("display_name", partner.DisplayName),
                mask.Value("kind", () => (Partners.PartnerKind)partner.Kind),
                mask.Value("circle", () => (Partners.Circle)partner.Circle),
                mask.Value("mode", () => (Partners.PartnerMode)partner.Mode),
                mask.Value("capacity", () => PartnerResource.Capacity(partner)));
        });
        return Answer(grains.Partner(id).Change(patch, reading.Command(request.RequestId, partner.Name, home, partner.Etag)), context);
    }

    public override Task<V1.Partner> SetAvailability(SetAvailabilityRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, id) = reading.Of(ResourceNames.Partner, "name", request.Name);
        var times = PartnerResource.Times(reading, reading.Required("availability", request.Availability));
        var command = reading.Command(request.RequestId, request.Name, home, request.Etag);
        return Answer(grains.Partner(id).SetAvailability(times, command), context);
    }

    public override Task<V1.Partner> ImportCalendar(ImportCalendarRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, id) = reading.Of(ResourceNames.Partner, "name", request.Name);
        var ics = reading.Of(() => request.Ics.Length > 0 ? request.Ics : throw new RefusedException(RefusalReason.FieldRequired, "ics"));
        var busy = ics is null ? [] : reading.Of(() => CalendarResource.Busy("ics", ics, clock.GetUtcNow()));
        var command = reading.Command(request.RequestId, request.Name, home, request.Etag);
        return Answer(grains.Partner(id).ImportCalendar(busy, command), context);
    }

    public override async Task<HttpBody> ExportBookings(ExportBookingsRequest request, ServerCallContext context)
    {
        var (home, id) = ResourceNames.Partner("name", request.Name);
        var (partner, _) = await grains.Partner(id).Get().For(context);
        if (partner.Community != home)
        {
            throw new RefusedException(Refusal.Of(RefusalReason.PartnerNotFound, id.Text));
        }

        var demands = await Task.WhenAll(partner.Calendar.Reservations.Keys.Select(hold => hold.Demand).Distinct().Select(demand => grains.Demand(demand).Get()));
        var ics = CalendarResource.Write(partner, (await Names([partner], context))[0], demands.Where(demand => demand.Refusal is null).Select(demand => demand.Value!).ToDictionary(demand => demand.Id), clock.GetUtcNow());
        return new() { ContentType = CalendarResource.ContentType, Data = ByteString.CopyFromUtf8(ics) };
    }

    public override Task<V1.Partner> CertifyPartner(CertifyPartnerRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, id) = reading.Of(ResourceNames.Partner, "name", request.Name);
        var certificate = PartnerResource.Certificate(reading, reading.Required("certificate", request.Certificate));
        var command = reading.Command(request.RequestId, () => ResourceNames.Of(home), home, request.Etag);
        return Answer(grains.Partner(id).Certify(certificate, command), context);
    }

    public override Task<V1.Partner> SuspendPartner(SuspendPartnerRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, id) = reading.Of(ResourceNames.Partner, "name", request.Name);
        var command = reading.Command(request.RequestId, () => ResourceNames.Of(home.Street), home, request.Etag);
        return Answer(grains.Partner(id).Suspend(request.Reason, command), context);
    }

    public override Task<V1.Partner> ReinstatePartner(ReinstatePartnerRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, id) = reading.Of(ResourceNames.Partner, "name", request.Name);
        var command = reading.Command(request.RequestId, () => ResourceNames.Of(home.Street), home, request.Etag);
        return Answer(grains.Partner(id).Reinstate(command), context);
    }

    public override Task<V1.Partner> ErasePartner(ErasePartnerRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, id) = reading.Of(ResourceNames.Partner, "name", request.Name);
        var command = reading.Command(request.RequestId, () => ResourceNames.Of(home.Street), home, request.Etag);
        return Answer(grains.Partner(id).Erase(request.Reason, command), context);
    }

    private async Task<V1.Partner> Answer(Task<Answer<Partners.Partner>> answering, ServerCallContext context)
    {
        var (partner, version) = await answering.For(context);
        return (await Write([new(partner, version, 0)], context))[0];
    }

    /// <summary>Partners with their names, which the vault alone can open.</summary>
    private async Task<IReadOnlyList<V1.Partner>> Write(IReadOnlyList<ListItem<Partners.Partner>> partners, ServerCallContext context)
    {
        var names = await Names(partners.Select(item => item.Value), context);
        return [.. partners.Zip(names, (item, name) => PartnerResource.Write(item.Value, name, item.Version))];
    }

    private Task<ImmutableArray<string>> Names(IEnumerable<Partners.Partner> partners, ServerCallContext context) =>
        Admission.Wait(grains.Names().Open([.. partners.Select(partner => new SealedName(partner.Id, partner.Profile!.Name))]), context);
}
