using System.Collections.Immutable;
using Grpc.Core;
using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Gateway.Requests;
using Pool.Gateway.Resources;
using Pool.Hosting;
using Pool.Ledgers;
using Pool.V1;
using Pool.Values;
using Clearing = Pool.JointTransfers.Clearing;
using EntryKind = Pool.Ledgers.EntryKind;

namespace Pool.Gateway.Endpoints;

internal sealed class TransferEndpoint(IGrainFactory grains) : TransferService.TransferServiceBase
{
    private const int LargestBatch = 1_000;

    public override async Task<Entry> CreateTransfer(CreateTransferRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var street = reading.Of(ResourceNames.Ledger, "parent", request.Parent);
        var order = Read(reading, request);
        var outcome = (await Carry(street, [order], context))[0];
        return outcome.Refusal is { } refusal ? throw new RefusedException(refusal) : EntryResource.Write(outcome.Entry!);
    }

    public override async Task<BatchCreateTransfersResponse> BatchCreateTransfers(BatchCreateTransfersRequest request, ServerCallContext context)
    {
        var street = ResourceNames.Ledger("parent", request.Parent);
        if (request.Requests.Count is 0 or > LargestBatch)
        {
            throw request.Requests.Count == 0 ? new RefusedException(RefusalReason.FieldRequired, "requests") : new RefusedException(RefusalReason.ValueOutOfRange, "requests", $"1..{LargestBatch}");
        }

        var orders = request.Requests.Select(item => TryRead(item, request.Parent, context)).ToList();
        var carried = new Queue<TransferOutcome>(await Carry(street, [.. orders.Select(order => order.Order).OfType<TransferRequest>()], context));
        var language = Languages.Of(context.GetHttpContext().Request);
        return new()
        {
            Results = { orders.Select(order => Result(order.Refusal is { } unreadable ? new(null, unreadable) : carried.Dequeue(), language)) },
        };
    }

    private static (TransferRequest? Order, Refusal? Refusal) TryRead(CreateTransferRequest item, string parent, ServerCallContext context)
    {
        var reading = new Reading(item, context);
        try
        {
            // Left out, it is the batch's: the same request sent by itself is the same.
            item.Parent = reading.Of(() => item.Parent.Length == 0 || item.Parent == parent ? parent : throw new RefusedException(RefusalReason.FieldInvalid, "parent", parent)) ?? parent;
            return (Read(reading, item), null);
        }
        catch (RefusedException unreadable)
        {
            return (null, unreadable.Refusal);
        }
    }

    private static TransferRequest Read(Reading reading, CreateTransferRequest request)
    {
        var transfer = reading.Required("transfer", request.Transfer);
        var kind = reading.Of(() => Kind(transfer.Kind));
        var unit = reading.Of(() => LedgerResource.UnitOf("transfer.unit", transfer.Unit));
        var (from, to) = (Party(reading, "transfer.from", transfer.From), Party(reading, "transfer.to", transfer.To));
        var command = reading.Command(request.RequestId, request.Parent);
        return new(command, kind, from, to, unit, transfer.Amount);
    }

    private static EntryKind Kind(V1.EntryKind kind) => EntryResource.Kind("transfer.kind", kind) switch
    {
        EntryKind.Settlement or EntryKind.Reversal or EntryKind.Expiry => throw new RefusedException(RefusalReason.FieldInvalid, "transfer.kind", "services are settled and corrected, and credits expire, without an order"),
        var known when Clearing.Clears(known) => throw new RefusedException(RefusalReason.FieldInvalid, "transfer.kind", "clearings are proposed"),
        var known => known,
    };

    private static Party? Party(Reading reading, string field, string name) => name.Length == 0 ? null : reading.Of(ResourceNames.Party, field, name);

    private static TransferResult Result(TransferOutcome outcome, Language language) => outcome.Refusal is { } refusal
        ? new() { Status = RefusalStatus.Of(refusal, language) }
        : new() { Entry = EntryResource.Write(outcome.Entry!) };

    private async Task<ImmutableArray<TransferOutcome>> Carry(StreetId street, ImmutableArray<TransferRequest> orders, ServerCallContext context) =>
        orders.IsEmpty ? [] : (await grains.Ledger(street).Transfer(orders).For(context)).Value;
}
