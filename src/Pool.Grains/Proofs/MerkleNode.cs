using System.Collections.Immutable;
using System.Numerics;

namespace Pool.Proofs;

/// <summary>The root of a perfect subtree.</summary>
/// <param name="Level">It has 2 to this power of leaves.</param>
/// <param name="Index">How many subtrees of its size lie before it.</param>
public readonly record struct MerkleNode(int Level, long Index);

/// <summary>Leaves that lie side by side under one node of a tree: from <paramref name="Start"/> up to, and without, <paramref name="End"/>.</summary>
public readonly record struct LeafRange(long Start, long End)
{
    private long Count => End - Start;

    /// <summary>The largest power of two that is smaller than the number of leaves: where the tree divides them.</summary>
    private long Half => 1L << BitOperations.Log2((ulong)Count - 1);

    private LeafRange Left => new(Start, Start + Half);

    private LeafRange Right => new(Start + Half, End);

    /// <summary>The perfect subtrees that make it up, from left to right.</summary>
    public IEnumerable<MerkleNode> Nodes
    {
        get
        {
            for (var at = Start; at < End;)
            {
                var level = BitOperations.Log2((ulong)(End - at));
                yield return new(level, at >> level);
                at += 1L << level;
            }
        }
    }

    /// <summary>Its hash, from those of its perfect subtrees.</summary>
    public MerkleHash Hash(Func<MerkleNode, MerkleHash> hashOf) =>
        Nodes.Reverse().Select(hashOf).Aggregate((right, left) => MerkleHash.OfNode(left, right));

    /// <summary>What an inclusion proof (RFC 6962, section 2.1.1) names: the sibling at each level, from the leaf up.</summary>
    /// <param name="index">0 to <paramref name="size"/> - 1.</param>
    public static ImmutableArray<LeafRange> Inclusion(long index, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var path = ImmutableArray.CreateBuilder<LeafRange>();
        for (var range = new LeafRange(0, size); range.Count > 1;)
        {
            (range, var sibling) = index < range.Left.End ? (range.Left, range.Right) : (range.Right, range.Left);
            path.Add(sibling);
        }

        path.Reverse();
        return path.ToImmutable();
    }

    /// <summary>What a consistency proof (RFC 6962, section 2.1.2) names: subtrees that make up the older tree, and what came beside them.</summary>
    /// <param name="older">1 to <paramref name="newer"/>.</param>
    public static ImmutableArray<LeafRange> Consistency(long older, long newer)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(older);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(older, newer);
        var path = ImmutableArray.CreateBuilder<LeafRange>();
        var (range, isWhole) = (new LeafRange(0, newer), true);
        while (range.End != older)
        {
            (range, var sibling, isWhole) = older <= range.Left.End ? (range.Left, range.Right, isWhole) : (range.Right, range.Left, false);
            path.Add(sibling);
        }

        // Who asks has the older root; it is named only where it is not the older tree as a whole.
        if (!isWhole)
        {
            path.Add(range);
        }

        path.Reverse();
        return path.ToImmutable();
    }
}
