using System.Collections.Immutable;
using CsCheck;
using Pool.Proofs;
using Xunit;

namespace Pool.Rules.Tests;

public sealed class MerkleTests
{
    private const int Most = 1_000;

    /// <summary>The leaves and roots by which implementations of RFC 6962 test themselves (in hexadecimal; of the first 0, 1, 2 … leaves).</summary>
    private static readonly string[] PublishedLeaves =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] PublishedRoots =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    private static readonly byte[][] Leaves = [.. Enumerable.Range(0, Most).Select(i => BitConverter.GetBytes(i * 7_919L))];

    private static readonly ImmutableArray<MerkleFrontier> Trees =
        [.. Leaves.Aggregate(new List<MerkleFrontier> { MerkleFrontier.Empty }, (trees, leaf) => [.. trees, trees[^1].Append(MerkleHash.OfLeaf(leaf))])];

    [Fact]
    public void The_roots_are_those_that_are_published()
    {
        var tree = MerkleFrontier.Empty;
        Assert.Equal(PublishedRoots[0], Hex(tree.Root));
        foreach (var (leaf, root) in PublishedLeaves.Zip(PublishedRoots.Skip(1)))
        {
            tree = tree.Append(MerkleHash.OfLeaf(Convert.FromHexString(leaf)));
            Assert.Equal(root, Hex(tree.Root));
        }
    }

    [Theory]
    [InlineData(0, 8, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")]
    public void The_path_of_a_leaf_is_the_one_that_is_published(int index, int size, params string[] path) =>
        Assert.Equal(path, Inclusion([.. PublishedLeaves.Take(size).Select(Convert.FromHexString)], index, size).Select(Hex));

    [Theory]
    [InlineData(1, 8, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")]
    public void The_proof_between_two_sizes_is_the_one_that_is_published(int older, int newer, params string[] path) =>
        Assert.Equal(path, Consistency([.. PublishedLeaves.Take(newer).Select(Convert.FromHexString)], older, newer).Select(Hex));

    [Fact]
    public void Root_and_next_leafs_proof_at_every_size_are_those_of_the_naive_tree()
    {
        var naive = new NaiveTree(Leaves);
        for (var size = 1; size <= Most; size++)
        {
            Assert.Equal(naive.Root(0, size), Trees[size].Root.ToArray());
            AssertSame(naive.Path(size - 1, 0, size), Trees[size - 1].ProofOfNext, $"the last leaf of {size}");
        }
    }

    [Fact]
    public void Every_leafs_proof_at_every_size_is_that_of_the_naive_tree_and_is_accepted()
    {
        var naive = new NaiveTree(Leaves);
        var hashOf = Remembered();
        for (var size = 1; size <= Most; size++)
        {
            for (var index = 0; index < size; index++)
            {
                ImmutableArray<MerkleHash> proof = [.. LeafRange.Inclusion(index, size).Select(range => range.Hash(hashOf))];
                AssertSame(naive.Path(index, 0, size), proof, $"leaf {index} of {size}");
                Assert.True(MerkleProof.Includes(Trees[size].Root, size, index, hashOf(new(0, index)), proof), $"leaf {index} of {size}");
            }
        }
    }

    [Fact]
    public void The_proof_between_any_two_sizes_is_that_of_the_naive_tree_and_is_accepted()
    {
        var naive = new NaiveTree(Leaves);
        var hashOf = Remembered();
        for (var newer = 1; newer <= Most; newer++)
        {
            for (var older = 1; older <= newer; older++)
            {
                ImmutableArray<MerkleHash> proof = [.. LeafRange.Consistency(older, newer).Select(range => range.Hash(hashOf))];
                AssertSame(naive.Consistency(older, 0, newer), proof, $"{older} to {newer}");
                Assert.True(MerkleProof.Extends(Trees[older].Root, older, Trees[newer].Root, newer, proof), $"{older} to {newer}");
            }
        }
    }

    [Fact]
    public void A_proof_that_is_changed_cut_or_lengthened_or_of_another_leaf_or_size_is_refused() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[0, 199], Gen.Int[0, 1_000], Gen.Int[0, 255]).Sample((size, at, where, bit) =>
        {
            var index = at % size;
            var (root, leaf, proof) = (Trees[size].Root, MerkleHash.OfLeaf(Leaves[index]), Inclusion(Leaves, index, size));
            Assert.True(MerkleProof.Includes(root, size, index, leaf, proof));
            Assert.False(MerkleProof.Includes(root, size, index, leaf, proof.Add(leaf)));
            Assert.False(MerkleProof.Includes(root, size, index, leaf, proof.Insert(0, leaf)));
            Assert.False(MerkleProof.Includes(root, size, index, MerkleHash.OfLeaf([1, 2, 3]), proof));
            Assert.False(MerkleProof.Includes(Trees[size - 1].Root, size, index, leaf, proof));
            Assert.False(MerkleProof.Includes(root, index, index, leaf, proof));
            Assert.False(MerkleProof.Includes(root, size, -1, leaf, proof));
            Assert.All(Enumerable.Range(0, size).Where(other => other != index), other => Assert.False(MerkleProof.Includes(root, size, other, leaf, proof)));
            if (!proof.IsEmpty)
            {
                Assert.False(MerkleProof.Includes(root, size, index, leaf, proof.RemoveAt(where % proof.Length)));
                Assert.False(MerkleProof.Includes(root, size, index, leaf, proof.SetItem(where % proof.Length, Flipped(proof[where % proof.Length], bit))));
            }
        });

    [Fact]
    public void A_proof_between_two_sizes_that_is_changed_cut_or_lengthened_or_of_another_history_is_refused() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[1, 200], Gen.Int[0, 1_000], Gen.Int[0, 255]).Sample((one, other, where, bit) =>
        {
            var (older, newer) = (Math.Min(one, other), Math.Max(one, other));
            var (before, after, proof) = (Trees[older].Root, Trees[newer].Root, Consistency(Leaves, older, newer));
            Assert.True(MerkleProof.Extends(before, older, after, newer, proof));
            Assert.False(MerkleProof.Extends(before, older, after, newer, proof.Add(before)));
            Assert.False(MerkleProof.Extends(Flipped(before, bit), older, after, newer, proof));
            Assert.False(MerkleProof.Extends(before, older, Flipped(after, bit), newer, proof));
            Assert.False(MerkleProof.Extends(after, newer + 1, before, older, proof));
            if (!proof.IsEmpty)
            {
                Assert.False(MerkleProof.Extends(before, older, after, newer, proof.RemoveAt(where % proof.Length)));
                Assert.False(MerkleProof.Extends(before, older, after, newer, proof.SetItem(where % proof.Length, Flipped(proof[where % proof.Length], bit))));
            }
        });

    [Fact]
    public void Every_tree_extends_the_empty_one_and_nothing_proves_it()
    {
        Assert.True(MerkleProof.Extends(MerkleHash.OfNothing, 0, Trees[5].Root, 5, []));
        Assert.True(MerkleProof.Extends(MerkleHash.OfNothing, 0, MerkleHash.OfNothing, 0, []));
        Assert.False(MerkleProof.Extends(Trees[1].Root, 0, Trees[5].Root, 5, []));
        Assert.False(MerkleProof.Extends(MerkleHash.OfNothing, 0, Trees[5].Root, 5, [Trees[1].Root]));
    }

    [Fact]
    public void A_hash_is_read_from_its_own_text_alone()
    {
        var text = Trees[3].Root.Text;
        Assert.Equal(Trees[3].Root, MerkleHash.Parse(text));
        // The last character before the sign carries two bits that no byte has.
        Assert.False(MerkleHash.TryParse($"{text[..^2]}{(char)(text[^2] + 1)}=", out _));
        Assert.False(MerkleHash.TryParse($" {text}", out _));
        Assert.False(MerkleHash.TryParse(text[..^1], out _));
        Assert.False(MerkleHash.TryParse("", out _));
        Assert.False(MerkleHash.TryParse(null, out _));
    }

    private static ImmutableArray<MerkleHash> Inclusion(byte[][] leaves, long index, long size) =>
        [.. LeafRange.Inclusion(index, size).Select(range => range.Hash(node => Perfect(leaves, node)))];

    private static ImmutableArray<MerkleHash> Consistency(byte[][] leaves, long older, long newer) =>
        [.. LeafRange.Consistency(older, newer).Select(range => range.Hash(node => Perfect(leaves, node)))];

    private static void AssertSame(IEnumerable<byte[]> expected, ImmutableArray<MerkleHash> proof, string of) =>
        Assert.True(expected.Select(hash => MerkleHash.FromBytes(hash)).SequenceEqual(proof), of);

    private static Func<MerkleNode, MerkleHash> Remembered()
    {
        var known = new Dictionary<MerkleNode, MerkleHash>();
        return node => known.TryGetValue(node, out var hash) ? hash : known[node] = Perfect(Leaves, node);
    }

    private static MerkleHash Perfect(byte[][] leaves, MerkleNode node) =>
        leaves.Skip((int)node.Index << node.Level).Take(1 << node.Level).Aggregate(MerkleFrontier.Empty, (tree, leaf) => tree.Append(MerkleHash.OfLeaf(leaf))).Root;

    private static MerkleHash Flipped(MerkleHash hash, int bit)
    {
        var bytes = hash.ToArray();
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return MerkleHash.FromBytes(bytes);
    }

    private static string Hex(MerkleHash hash) => Convert.ToHexStringLower(hash.ToArray());
}
