using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Pool.Proofs;

/// <summary>A line of a note that says who signed it.</summary>
/// <param name="Signature">The bytes after the key's id.</param>
[GenerateSerializer, Immutable, Alias("pool.NoteSignature")]
public sealed record NoteSignature([property: Id(0)] string Name, [property: Id(1)] uint KeyId, [property: Id(2)] ImmutableArray<byte> Signature)
{
    internal const string Dash = "\u2014 ";

    internal string Line => $"{Dash}{Name} {Convert.ToBase64String([(byte)(KeyId >> 24), (byte)(KeyId >> 16), (byte)(KeyId >> 8), (byte)KeyId, .. Signature])}\n";

    internal static NoteSignature? Parse(string line)
    {
        var space = line.LastIndexOf(' ');
        if (!line.StartsWith(Dash, StringComparison.Ordinal) || space < Dash.Length || !SignedNote.IsKeyName(line[Dash.Length..space]))
        {
            return null;
        }

        var text = line[(space + 1)..];
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var written) && written > sizeof(uint)
            ? new(line[Dash.Length..space], (uint)((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]), [.. bytes.AsSpan(sizeof(uint)..written)])
            : null;
    }
}

/// <summary>A text and who signed it (C2SP signed-note).</summary>
/// <param name="Text">It ends with a newline.</param>
/// <param name="Signatures">At least one.</param>
[GenerateSerializer, Immutable, Alias("pool.SignedNote")]
public sealed record SignedNote([property: Id(0)] string Text, [property: Id(1)] ImmutableArray<NoteSignature> Signatures)
{
    /// <summary>Signatures that a note may have.</summary>
    private const int MostSignatures = 100;

    public override string ToString() => $"{Text}\n{string.Concat(Signatures.Select(signature => signature.Line))}";

    /// <summary>Only the one text that the note itself has.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SignedNote? note)
    {
        note = null;
        var divide = text.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (divide < 1 || !text.EndsWith('\n'))
        {
            return false;
        }

        var signatures = text[(divide + 2)..].Split('\n')[..^1].Select(NoteSignature.Parse).ToList();
        if (signatures.Count is 0 or > MostSignatures || signatures.Contains(null))
        {
            return false;
        }

        var parsed = new SignedNote(text[..(divide + 1)], [.. signatures.OfType<NoteSignature>()]);
        note = parsed.ToString() == text ? parsed : null;
        return note is not null;
    }

    /// <summary>Whether a key may have the name: not empty, without blanks, control characters and plus signs.</summary>
    internal static bool IsKeyName(string name) =>
        name.Length > 0 && !name.Any(character => char.IsWhiteSpace(character) || char.IsControl(character) || character == '+');
}
