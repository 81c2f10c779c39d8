using System.Collections.Immutable;
using Pool.Actors;
using Pool.Ledgers;
using Pool.Values;

namespace Pool.JointTransfers;

/// <summary>How streets mean to clear what they owe each other.</summary>
/// <param name="Kind">Remittance, Waiver or Offset.</param>
/// <param name="Amount">Minutes or fen: by so much each of the debts is less.</param>
/// <param name="Streets">Each owes the next; in an offset the last owes the first, else there are two.</param>
/// <param name="Note">What it rests on, such as the decision or the number of a bank transfer.</param>
[GenerateSerializer, Immutable, Alias("pool.Clearing")]
public sealed record Clearing(
    [property: Id(0)] EntryKind Kind, [property: Id(1)] Unit Unit, [property: Id(2)] long Amount, [property: Id(3)] ImmutableArray<StreetId> Streets, [property: Id(4)] string Note)
{
    /// <summary>Streets of an offset, at the most.</summary>
    public const int MostStreets = 10;

    public static bool Clears(EntryKind kind) => kind is EntryKind.Remittance or EntryKind.Waiver or EntryKind.Offset;

    /// <summary>What is against it whoever proposes it, and whatever the ledgers say.</summary>
    public Refusal? Fault()
    {
        var offsets = Kind == EntryKind.Offset;
        var refusal = Check.Lowest(
            Clears(Kind) ? null : Refusal.At("clearing.kind", RefusalReason.FieldInvalid, "REMITTANCE, WAIVER or OFFSET"),
            Check.Range("clearing.streets", Streets.Length, offsets ? 3 : 2, offsets ? MostStreets : 2),
            Streets.Distinct().Count() < Streets.Length ? Refusal.At("clearing.streets", RefusalReason.FieldInvalid, "a street twice") : null,
            Check.Text("clearing.note", Note, Limits.TextLength));
        return refusal ?? (TransferRules.Unfit(Legs()[0].Order) is { } unfit ? JointTransferRules.At("clearing", unfit) : null);
    }

    /// <summary>The part of each street, in their order.</summary>
    public ImmutableArray<Leg> Legs() => Kind == EntryKind.Offset
        ? [.. Streets.Select((street, i) => new Leg(street, Order(Mirror(i + 1), Mirror(i + Streets.Length - 1))))]
        : [new(Streets[0], Order(Mirror(1), Counter)), new(Streets[1], Order(Counter, Mirror(0)))];

    private AccountId Counter => Kind == EntryKind.Remittance ? AccountId.Cash : AccountId.Street;

    private AccountId Mirror(int street) => AccountId.OfMirror(Streets[street % Streets.Length]);

    private TransferOrder Order(AccountId from, AccountId to) => new(Kind, from, to, Unit, Amount);
}

/// <summary>A clearing as the list of one of its streets shows it.</summary>
[GenerateSerializer, Immutable, Alias("pool.ListedClearing")]
public sealed record ListedClearing([property: Id(0)] StreetId Street, [property: Id(1)] JointTransfer Transfer)
{
    public static string Key(StreetId street, string stream) => $"{street}/{stream}";
}
