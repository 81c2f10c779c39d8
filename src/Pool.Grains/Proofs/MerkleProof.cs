using System.Collections.Immutable;

namespace Pool.Proofs;

/// <summary>Checks proofs against roots (RFC 9162, sections 2.1.3.2 and 2.1.4.2); it needs nothing of the tree.</summary>
public static class MerkleProof
{
    /// <summary>Whether a leaf stands at its index in the tree that has the root.</summary>
    public static bool Includes(MerkleHash root, long size, long index, MerkleHash leaf, ImmutableArray<MerkleHash> proof)
    {
        if (index < 0 || index >= size)
        {
            return false;
        }

        var (at, last, hash) = (index, size - 1, leaf);
        foreach (var sibling in proof)
        {
            if (last == 0)
            {
                return false;
            }

            if ((at & 1) == 1 || at == last)
            {
                hash = MerkleHash.OfNode(sibling, hash);
                (at, last) = SkipLevels(at, last);
            }
            else
            {
                hash = MerkleHash.OfNode(hash, sibling);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        return last == 0 && hash == root;
    }

    /// <summary>Whether the newer tree begins with the older one, leaf for leaf.</summary>
    public static bool Extends(MerkleHash olderRoot, long older, MerkleHash newerRoot, long newer, ImmutableArray<MerkleHash> proof)
    {
        if (older < 0 || older > newer)
        {
            return false;
        }

        if (older == newer || older == 0)
        {
            // Every tree extends the empty one, and itself; there is nothing to prove.
            return proof.IsEmpty && (older == newer ? olderRoot == newerRoot : olderRoot == MerkleHash.OfNothing);
        }

        // A tree of a power of two of leaves is itself the first node of the path.
        var path = long.IsPow2(older) ? proof.Insert(0, olderRoot) : proof;
        if (path.IsEmpty)
        {
            return false;
        }

        var (at, last) = (older - 1, newer - 1);
        while ((at & 1) == 1)
        {
            (at, last) = (at >> 1, last >> 1);
        }

        var (olderHash, newerHash) = (path[0], path[0]);
        foreach (var node in path.AsSpan()[1..])
        {
            if (last == 0)
            {
                return false;
            }

            if ((at & 1) == 1 || at == last)
            {
                (olderHash, newerHash) = (MerkleHash.OfNode(node, olderHash), MerkleHash.OfNode(node, newerHash));
                (at, last) = SkipLevels(at, last);
            }
            else
            {
                newerHash = MerkleHash.OfNode(newerHash, node);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        return last == 0 && olderHash == olderRoot && newerHash == newerRoot;
    }

    /// <summary>A node that is the last of its level and has no sibling goes up as it is, until it has one.</summary>
    private static (long At, long Last) SkipLevels(long at, long last)
    {
        while ((at & 1) == 0 && at != 0)
        {
            (at, last) = (at >> 1, last >> 1);
        }

        return (at, last);
    }
}
