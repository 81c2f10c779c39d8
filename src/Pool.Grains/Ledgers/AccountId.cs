using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>Whose an account of a street's economic ledger is.</summary>
public enum AccountKind
{
    /// <summary>A partner's, by its pseudonym: what it has earned.</summary>
    Partner = 1,

    /// <summary>A community's fund (社区基金): it pays, and has what is paid and not earned.</summary>
    Fund = 2,

    /// <summary>The street office's own: it pays what a fund cannot.</summary>
    Street = 3,

    /// <summary>What another street is owed; in debt where the other owes.</summary>
    Mirror = 4,

    /// <summary>A resident's, by a pseudonym: what it was given, and can spend.</summary>
    Resident = 5,

    /// <summary>Money that the street office was paid in, less what it has paid out: in debt by what lies in its safe.</summary>
    Cash = 6,
}

/// <summary>
/// An account of a street's economic ledger: <c>partner-</c> with a pseudonym, <c>fund-</c> with a community's twelve digits,
/// <c>mirror-</c> with another street's nine, <c>resident-</c> with a pseudonym, <c>street</c> or <c>cash</c>.
/// </summary>
[GenerateSerializer, Immutable, Alias("pool.AccountId")]
[JsonConverter(typeof(TextJsonConverter<AccountId>))]
public readonly record struct AccountId : ITextValue<AccountId>, IComparable<AccountId>
{
    public static readonly AccountId Street = new("street");

    public static readonly AccountId Cash = new("cash");

    private const string PartnerPrefix = "partner-";
    private const string FundPrefix = "fund-";
    private const string MirrorPrefix = "mirror-";
    private const string ResidentPrefix = "resident-";

    [Id(0)] private readonly string? _text;

    private AccountId(string text) => _text = text;

    public string Text => _text ?? throw new InvalidOperationException("An account id is blank.");

    public AccountKind Kind => KindOf(_text) ?? throw new InvalidOperationException("An account id is blank.");

    /// <summary>Whose it is, where it is a partner's; null for others.</summary>
    public Pseudonym? Partner => Kind == AccountKind.Partner ? Pseudonym.Parse(Text[PartnerPrefix.Length..]) : null;

    /// <summary>Whose it is, where it is a partner's or a resident's; null for others.</summary>
    public Pseudonym? Holder => Partner ?? (Kind == AccountKind.Resident ? Pseudonym.Parse(Text[ResidentPrefix.Length..]) : null);

    /// <summary>Which other street it is about, where it is a mirror; null for others.</summary>
    public StreetId? Peer => Kind == AccountKind.Mirror ? StreetId.Parse(Text[MirrorPrefix.Length..]) : null;

    public static AccountId OfPartner(Pseudonym partner) => new($"{PartnerPrefix}{partner.Text}");

    public static AccountId OfFund(CommunityId community) => new($"{FundPrefix}{community.Text}");

    public static AccountId OfMirror(StreetId peer) => new($"{MirrorPrefix}{peer.Text}");

    public static AccountId OfResident(Pseudonym resident) => new($"{ResidentPrefix}{resident.Text}");

    public static AccountId Parse(string text) => TextValue.Parse<AccountId>(text);

    public static bool TryParse(string? text, out AccountId value)
    {
        value = KindOf(text) is null ? default : new(text!);
        return value != default;
    }

    public int CompareTo(AccountId other) => string.CompareOrdinal(_text, other._text);

    public override string ToString() => _text ?? "";

    private static AccountKind? KindOf(string? text) => text switch
    {
        null => null,
        "street" => AccountKind.Street,
        "cash" => AccountKind.Cash,
        _ when After(text, PartnerPrefix) is { } pseudonym && Pseudonym.TryParse(pseudonym, out _) => AccountKind.Partner,
        _ when After(text, FundPrefix) is { } community && CommunityId.TryParse(community, out _) => AccountKind.Fund,
        _ when After(text, ResidentPrefix) is { } pseudonym && Pseudonym.TryParse(pseudonym, out _) => AccountKind.Resident,
        _ when After(text, MirrorPrefix) is { } street && StreetId.TryParse(street, out _) => AccountKind.Mirror,
        _ => null,
    };

    private static string? After(string text, string prefix) => text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;
}

/// <summary>
/// What stands in ledgers for a person, a team or an organisation: 16 of a-z and 2-7, which tell nothing by themselves.
/// </summary>
[GenerateSerializer, Immutable, Alias("pool.Pseudonym")]
[JsonConverter(typeof(TextJsonConverter<Pseudonym>))]
public readonly record struct Pseudonym : ITextValue<Pseudonym>
{
    public const int Length = 16;

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);

    [Id(0)] private readonly string? _text;

    private Pseudonym(string text) => _text = text;

    public string Text => _text ?? throw new InvalidOperationException("A pseudonym is blank.");

    /// <summary>The first 80 bits of something that nobody can guess.</summary>
    /// <param name="bits">At least 10 bytes.</param>
    public static Pseudonym From(ReadOnlySpan<byte> bits)
    {
        Span<char> text = stackalloc char[Length];
        for (var i = 0; i < Length; i++)
        {
            var (at, shift) = (i * 5 / 8, i * 5 % 8);
            var pair = (bits[at] << 8) | (at + 1 < bits.Length ? bits[at + 1] : 0);
            text[i] = Alphabet[(pair >> (11 - shift)) & 31];
        }

        return new(new string(text));
    }

    public static Pseudonym Parse(string text) => TextValue.Parse<Pseudonym>(text);

    public static bool TryParse([NotNullWhen(true)] string? text, out Pseudonym value)
    {
        value = text?.Length == Length && !text.AsSpan().ContainsAnyExcept(Letters) ? new(text) : default;
        return value != default;
    }

    public override string ToString() => _text ?? "";
}
