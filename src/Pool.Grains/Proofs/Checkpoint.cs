using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Pool.Proofs;

/// <summary>The state of a log at a size (C2SP tlog-checkpoint); what is signed is its text.</summary>
/// <param name="Origin">Which log; also the name of its key.</param>
[GenerateSerializer, Immutable, Alias("pool.Checkpoint")]
public sealed record Checkpoint([property: Id(0)] string Origin, [property: Id(1)] long Size, [property: Id(2)] MerkleHash Root)
{
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Root}\n");

    public static bool TryParse(string text, [NotNullWhen(true)] out Checkpoint? checkpoint)
    {
        var lines = text.Split('\n');
        checkpoint = lines.Length == 4 && SignedNote.IsKeyName(lines[0]) && long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            && MerkleHash.TryParse(lines[2], out var root)
            ? new(lines[0], size, root)
            : null;
        checkpoint = checkpoint?.Text == text ? checkpoint : null;
        return checkpoint is not null;
    }
}
