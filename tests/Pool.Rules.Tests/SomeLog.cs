using System.Collections.Immutable;
using Pool.Ledgers;
using Pool.Offers;
using Pool.Proofs;
using Pool.Values;

namespace Pool.Rules.Tests;

/// <summary>The log of a street that has recorded unpaid services, as lists keep it, and what can be proven of it.</summary>
internal sealed class SomeLog
{
    private readonly Dictionary<string, ListedEntry> _entries = [];

    /// <summary>By the number of entries.</summary>
    private readonly List<MerkleHash> _roots = [MerkleHash.OfNothing];

    public SomeLog(int entries, string title = "", StreetId? street = null)
    {
        var keeper = SomeLedger.Keeper(street ?? Some.Street);
        Key = new(LedgerKeys.NameOf(keeper.Street), new byte[32]);
        var ledger = Ledger.Empty;
        for (var number = 1; number <= entries; number++)
        {
            var payment = SomeLedger.Payment(FeeMode.Volunteer, number: number, minutes: title.Length + number);
            var (decision, _) = LedgerRules.Record(ledger, payment, SomeLedger.Earner, keeper);
            ledger = ledger.After(decision);
            var listing = ListedEntry.Of(keeper.Street, decision.Events[^1], key => ValueTask.FromResult(_entries[key])).AsTask();
            _entries.Add(ListedEntry.Key(keeper.Street, number), listing.Result!);
            _roots.Add(ledger.Log.Root);
        }

        Street = keeper.Street;
    }

    public StreetId Street { get; }

    public SigningKey Key { get; }

    public ListedEntry this[long number] => _entries[ListedEntry.Key(Street, number)];

    public MerkleHash Root(int size) => _roots[size];

    public Checkpoint Checkpoint(int size) => new(Key.Log.Name, size, Root(size));

    public SignedNote Note(int size) => Key.Sign(Checkpoint(size));

    public ImmutableArray<MerkleHash> Inclusion(long index, long size) => Hashes(LeafRange.Inclusion(index, size));

    public ImmutableArray<MerkleHash> Consistency(long older, long newer) => older == 0 ? [] : Hashes(LeafRange.Consistency(older, newer));

    public LedgerReceipt Receipt(long number, int size, params NoteSignature[] witnesses)
    {
        var note = Note(size);
        return new(this[number].Text, number - 1, Inclusion(number - 1, size), note with { Signatures = [.. note.Signatures, .. witnesses] });
    }

    private ImmutableArray<MerkleHash> Hashes(ImmutableArray<LeafRange> ranges) =>
        [.. ranges.Select(range => range.Hash(node => _entries[ListedEntry.KeyOf(Street, node)].Nodes[node.Level]))];
}
