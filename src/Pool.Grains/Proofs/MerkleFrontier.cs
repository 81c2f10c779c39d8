using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Pool.Proofs;

/// <summary>
/// What a log must remember to go on: the roots of its perfect subtrees, the largest first. It gives the root of the whole, and
/// the proof of the leaf that comes next, without the leaves.
/// </summary>
/// <param name="Size">Leaves so far.</param>
/// <param name="Peaks">One for each bit of the size that is set.</param>
[GenerateSerializer, Immutable, Alias("pool.MerkleFrontier")]
public sealed record MerkleFrontier([property: Id(0)] long Size, [property: Id(1)] ImmutableArray<MerkleHash> Peaks)
{
    public static MerkleFrontier Empty { get; } = new(0, []);

    [JsonIgnore]
    public MerkleHash Root
    {
        get
        {
            if (Peaks.IsEmpty)
            {
                return MerkleHash.OfNothing;
            }

            var root = Peaks[^1];
            for (var peak = Peaks.Length - 2; peak >= 0; peak--)
            {
                root = MerkleHash.OfNode(Peaks[peak], root);
            }

            return root;
        }
    }

    /// <summary>The inclusion proof of the leaf that is appended next, in the tree that it makes: on its way up all that it meets lies to its left.</summary>
    [JsonIgnore]
    public ImmutableArray<MerkleHash> ProofOfNext => [.. Peaks.Reverse()];

    public MerkleFrontier Append(MerkleHash leaf)
    {
        var (node, kept) = (leaf, Peaks.Length);
        for (var size = Size; (size & 1) == 1; size >>= 1)
        {
            node = MerkleHash.OfNode(Peaks[--kept], node);
        }

        return new(checked(Size + 1), [.. Peaks.AsSpan(0, kept), node]);
    }
}
