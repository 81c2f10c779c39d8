using System.Collections.Immutable;
using System.Text;
using Pool.Proofs;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>An entry as it stands in the street's log, and what it adds to the log's tree; an entry is of one book, never of both.</summary>
/// <param name="Number">From 1 on; the leaf's index in the log is one less.</param>
/// <param name="Economic">Where it is of the economic book.</param>
/// <param name="Service">Where it is of the service record.</param>
/// <param name="Nodes">The roots of the perfect subtrees that end with it, by level: its own leaf first.</param>
[GenerateSerializer, Immutable, Alias("pool.ListedEntry")]
public sealed record ListedEntry(
    [property: Id(0)] StreetId Street,
    [property: Id(1)] long Number,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] EconomicEntry? Economic,
    [property: Id(4)] ServiceEntry? Service,
    [property: Id(5)] ImmutableArray<MerkleHash> Nodes)
{
    /// <summary>The leaf of the log.</summary>
    public string Text => Economic is not null ? EntryText.Of(Street, new EntryPosted(At, Number, Economic)) : EntryText.Of(Street, new ServiceEntryRecorded(At, Number, Service!));

    public Book Book => Economic is null ? Book.Service : Book.Economic;

    /// <summary>The number of the entry that it undoes; null where it undoes none.</summary>
    public long? Reverses => Economic is null ? Service!.Reverses : Economic.Reverses;

    /// <summary>Whom it pays, or whose unpaid minutes it records; null where no partner of this street.</summary>
    public Pseudonym? Earner => Service?.Giver ?? Economic?.Postings
        // A partner may pay as well; what undoes an entry takes from whom that one paid.
        .Where(posting => posting.Amount > 0 != (Reverses is not null)).Select(posting => posting.Account.Partner).FirstOrDefault(partner => partner is not null);

    public CommunityId? Receiver => Economic?.Service?.Receiver ?? Service?.Receiver;

    /// <summary>The key under which the entry is kept.</summary>
    public static string Key(StreetId street, long number) => $"{street}/{number}";

    /// <summary>The key of the entry that has a subtree's root among its <see cref="Nodes"/>, at the subtree's level.</summary>
    public static string KeyOf(StreetId street, MerkleNode node) => Key(street, checked((node.Index + 1) << node.Level));

    /// <summary>The entry that an event makes; null where it makes none.</summary>
    /// <param name="earlier">Gives an entry that came before, by its key.</param>
    public static async ValueTask<ListedEntry?> Of(StreetId street, LedgerEvent happened, Func<string, ValueTask<ListedEntry>> earlier)
    {
        var entry = happened switch
        {
            EntryPosted posted => new ListedEntry(street, posted.Number, posted.At, posted.Entry, null, []),
            ServiceEntryRecorded recorded => new ListedEntry(street, recorded.Number, recorded.At, null, recorded.Entry, []),
            _ => null,
        };
        if (entry is null)
        {
            return null;
        }

        var nodes = ImmutableArray.CreateBuilder<MerkleHash>();
        nodes.Add(MerkleHash.OfLeaf(Encoding.UTF8.GetBytes(entry.Text)));
        for (var level = 0; (entry.Number >> level & 1) == 0; level++)
        {
            // The subtree to the left of its own ended with an entry that has its root.
            var left = await earlier(Key(street, entry.Number - (1L << level)));
            nodes.Add(MerkleHash.OfNode(left.Nodes[level], nodes[level]));
        }

        return entry with { Nodes = nodes.ToImmutable() };
    }
}
