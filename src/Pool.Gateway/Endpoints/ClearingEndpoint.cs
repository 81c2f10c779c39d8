using Google.Protobuf.Reflection;
using Grpc.Core;
using Pool.Actors;
using Pool.Gateway.Requests;
using Pool.Gateway.Resources;
using Pool.Hosting;
using Pool.JointTransfers;
using Pool.Ledgers;
using Pool.V1;
using Pool.Values;
using Pool.Views;
using Clearing = Pool.V1.Clearing;
using NetStatement = Pool.Ledgers.NetStatement;

namespace Pool.Gateway.Endpoints;

internal sealed class ClearingEndpoint(IGrainFactory grains, Lists lists) : ClearingService.ClearingServiceBase
{
    private static readonly FilterField[] FilterFields =
        [FilterField.Enum<JointTransferStatus>("state", ViewColumns.State, ClearingsReflection.Descriptor.FindTypeByName<EnumDescriptor>("ClearingState"))];

    private static readonly FilterField[] StatementFields = [FilterField.Code("peer", ViewColumns.Peer), FilterField.Code("date", ViewColumns.Day)];

    public override async Task<ListNetStatementsResponse> ListNetStatements(ListNetStatementsRequest request, ServerCallContext context)
    {
        var street = ResourceNames.Ledger("parent", request.Parent);
        var list = new ListRequest(
            "netStatements", request.PageSize, request.PageToken, request.MinPosition, Lists.Under([street.Text], ViewColumns.Street).Concat(Filters.Read(request.Filter, StatementFields)));
        var (items, next) = await lists.Read<NetStatement>(list, context);
        var peers = await lists.Find<NetStatement>(items.Select(item => item.Value.KeyOfPeer), request.MinPosition, context);
        return new() { NetStatements = { items.Select(item => ClearingResource.Write(item.Value, peers.GetValueOrDefault(item.Value.KeyOfPeer))) }, NextPageToken = next };
    }

    public override async Task<Clearing> ProposeClearing(ProposeClearingRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var street = reading.Of(ResourceNames.Ledger, "parent", request.Parent);
        var clearing = ClearingResource.Read(reading, reading.Required("clearing", request.Clearing));
        var command = reading.Command(request.RequestId, request.Parent);
        return await Answer(street, grains.JointTransfer(TransferId.OfOrder(command.RequestId)).Propose(clearing, street, command), context);
    }

    public override async Task<Clearing> AgreeToClearing(AgreeToClearingRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (street, id) = reading.Of(ResourceNames.Clearing, "name", request.Name);
        var command = reading.Command(request.RequestId, () => ResourceNames.OfLedger(street));
        return await Answer(street, grains.JointTransfer(id).Agree(street, command), context);
    }

    public override async Task<Clearing> RejectClearing(RejectClearingRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (street, id) = reading.Of(ResourceNames.Clearing, "name", request.Name);
        var command = reading.Command(request.RequestId, () => ResourceNames.OfLedger(street));
        return await Answer(street, grains.JointTransfer(id).Reject(street, request.Reason, command), context);
    }

    public override Task<Clearing> GetClearing(GetClearingRequest request, ServerCallContext context)
    {
        var (street, id) = ResourceNames.Clearing("name", request.Name);
        return Answer(street, grains.JointTransfer(id).Get(street), context);
    }

    public override async Task<ListClearingsResponse> ListClearings(ListClearingsRequest request, ServerCallContext context)
    {
        var street = ResourceNames.Ledger("parent", request.Parent);
        var list = new ListRequest(
            "clearings", request.PageSize, request.PageToken, request.MinPosition, Lists.Under([street.Text], ViewColumns.Street).Concat(Filters.Read(request.Filter, FilterFields)));
        var (items, next) = await lists.Read<ListedClearing>(list, context);
        return new() { Clearings = { items.Select(item => ClearingResource.Write(street, item.Value.Transfer, item.Version)) }, NextPageToken = next };
    }

    private static async Task<Clearing> Answer(StreetId street, Task<Answer<JointTransfer>> answering, ServerCallContext context)
    {
        var (transfer, version) = await answering.For(context);
        return ClearingResource.Write(street, transfer, version);
    }
}
