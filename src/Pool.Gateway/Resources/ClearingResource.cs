using Pool.Actors;
using Pool.Gateway.Requests;
using Pool.JointTransfers;
using Pool.Ledgers;
using Pool.Values;

namespace Pool.Gateway.Resources;

internal static class ClearingResource
{
    public static Clearing Read(Reading reading, V1.Clearing clearing) => new(
        reading.Of(() => (EntryKind)EntryResource.Kind("clearing.kind", clearing.Kind)), reading.Of(() => LedgerResource.UnitOf("clearing.unit", clearing.Unit)), clearing.Amount,
        [.. clearing.Streets.Select(street => reading.Of(ResourceNames.Street, "clearing.streets", street))], clearing.Note);

    /// <param name="street">Under whose ledger it is named.</param>
    public static V1.Clearing Write(StreetId street, JointTransfer transfer, long version) => new()
    {
        Name = ResourceNames.OfClearing(street, transfer.Id),
        Kind = (V1.EntryKind)transfer.Order.Kind,
        Unit = (V1.Unit)transfer.Order.Unit,
        Amount = transfer.Order.Amount,
        Streets = { transfer.Legs.Select(leg => ResourceNames.Of(leg.Street)) },
        Note = transfer.Note,
        State = (V1.ClearingState)transfer.Status,
        Proposer = ResourceNames.Of(transfer.By),
        ProposeTime = Instants.Write(transfer.ProposedAt),
        Awaited = { transfer.Awaited.Select(ResourceNames.Of) },
        Against = transfer.Against is { } against ? ResourceNames.Of(against) : "",
        Reason = transfer.Refusal is { } refusal ? RefusalTable.Code(refusal.Reason) : transfer.Why,
        Entries = { transfer.Entries.Select(ResourceNames.Of) },
        Etag = Etags.Write(version),
    };

    /// <param name="peers">What the other street says of the same day; null where it says nothing.</param>
    public static V1.NetStatement Write(NetStatement statement, NetStatement? peers)
    {
        var position = statement.Position;
        var written = new V1.NetStatement
        {
            Peer = ResourceNames.Of(position.Peer),
            Date = statement.DayText,
            Unit = (V1.Unit)position.Unit,
            Opening = position.Opening,
            Given = position.Given,
            Taken = position.Taken,
            Closing = position.Closing,
            Entries = position.Entries,
        };
        if (peers is not null)
        {
            // What this street owes it stands there as what this street is owed, less than nothing.
            written.PeerClosing = -peers.Position.Closing;
        }

        return written;
    }
}
