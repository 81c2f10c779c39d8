using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Gateway.Requests;
using Pool.Ledgers;
using Pool.Values;

namespace Pool.Gateway.Resources;

internal static class EntryResource
{
    public static V1.Entry Write(ListedEntry entry)
    {
        var written = entry.Service is { } unpaid ? Write(entry.Street, unpaid) : Write(entry.Street, entry.Economic!);
        written.Name = ResourceNames.Of(new EntryRef(entry.Street, entry.Number));
        written.Time = Instants.Write(entry.At);
        written.Book = (V1.Book)entry.Book;
        written.Reverses = entry.Reverses is { } undone ? ResourceNames.Of(new EntryRef(entry.Street, undone)) : "";
        return written;
    }

    public static EntryKind Kind(string field, V1.EntryKind kind) =>
        Enum.IsDefined(kind) && kind != V1.EntryKind.Unspecified ? (EntryKind)kind : throw new RefusedException(RefusalReason.FieldRequired, field);

    public static V1.StatementLine Write(StatementLine line) => new()
    {
        Account = ResourceNames.Of(line.Street, line.Posting.Account),
        Entry = ResourceNames.Of(new EntryRef(line.Street, line.Entry)),
        Time = Instants.Write(line.At),
        Kind = (V1.EntryKind)line.Kind,
        Unit = (V1.Unit)line.Posting.Unit,
        Amount = line.Posting.Amount,
        Balance = line.Balance,
    };

    private static V1.Entry Write(StreetId street, EconomicEntry entry)
    {
        var written = entry.Service is { } paid ? Served(entry.Transfer, paid.Receiver, paid.Skill, paid.Level, paid.Minutes) : new();
        written.Kind = (V1.EntryKind)entry.Kind;
        written.Price = entry.Service is { } priced ? LedgerResource.Write(priced.Price) : null;
        written.Postings.AddRange(entry.Postings.Select(posting => new V1.Posting
        {
            Account = ResourceNames.Of(street, posting.Account),
            Unit = (V1.Unit)posting.Unit,
            Amount = posting.Amount,
        }));
        return written;
    }

    private static V1.Entry Write(StreetId street, ServiceEntry entry)
    {
        var written = Served(entry.Transfer, entry.Receiver, entry.Skill, entry.Level, entry.Minutes);
        written.Kind = (V1.EntryKind)entry.Kind;
        written.Giver = ResourceNames.Of(street, AccountId.OfPartner(entry.Giver));
        return written;
    }

    private static V1.Entry Served(TransferId transfer, CommunityId receiver, SkillCode skill, int level, Minutes minutes) => new()
    {
        Assignment = ResourceNames.OfAssignment(receiver, transfer),
        Community = ResourceNames.Of(receiver),
        Skill = ResourceNames.Of(skill),
        Level = level,
        Minutes = minutes.Value,
    };
}
