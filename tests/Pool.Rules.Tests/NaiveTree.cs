using System.Security.Cryptography;

namespace Pool.Rules.Tests;

/// <summary>
/// Tree hash, audit path and consistency proof by the recursions of RFC 6962 (section 2.1), over bytes; it shares nothing with
/// what it judges. Hashes are remembered, so that all sizes can be asked.
/// </summary>
internal sealed class NaiveTree(byte[][] leaves)
{
    private readonly Dictionary<(int, int), byte[]> _known = [];

    /// <summary>MTH(D[start:end]).</summary>
    public byte[] Root(int start, int end)
    {
        if (start == end)
        {
            return SHA256.HashData([]);
        }

        if (!_known.TryGetValue((start, end), out var root))
        {
            root = end - start == 1
                ? SHA256.HashData([0, .. leaves[start]])
                : SHA256.HashData([1, .. Root(start, start + Divide(end - start)), .. Root(start + Divide(end - start), end)]);
            _known[(start, end)] = root;
        }

        return root;
    }

    /// <summary>PATH(m, D[start:end]).</summary>
    public IEnumerable<byte[]> Path(int m, int start, int end)
    {
        if (end - start == 1)
        {
            return [];
        }

        var k = Divide(end - start);
        return m < k ? Path(m, start, start + k).Append(Root(start + k, end)) : Path(m - k, start + k, end).Append(Root(start, start + k));
    }

    /// <summary>SUBPROOF(m, D[start:end], whole).</summary>
    public IEnumerable<byte[]> Consistency(int m, int start, int end, bool whole = true)
    {
        if (m == end - start)
        {
            return whole ? [] : [Root(start, end)];
        }

        var k = Divide(end - start);
        return m <= k
            ? Consistency(m, start, start + k, whole).Append(Root(start + k, end))
            : Consistency(m - k, start + k, end, false).Append(Root(start, start + k));
    }

    private static int Divide(int n)
    {
        var k = 1;
        while (k * 2 < n)
        {
            k *= 2;
        }

        return k;
    }
}
