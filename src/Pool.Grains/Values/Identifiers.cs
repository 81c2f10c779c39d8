using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Pool.Values;

/// <summary>A value with one text form: the form it has in JSON, in resource names and in actor keys.</summary>
public interface ITextValue<TSelf> where TSelf : struct, ITextValue<TSelf>
{
    /// <summary>The text form; throws for the default value, which stands for nothing.</summary>
    string Text { get; }

    static abstract bool TryParse(string? text, out TSelf value);
}

/// <summary>The nine digits of a street office (街道), from the statistical division codes.</summary>
[GenerateSerializer, Immutable, Alias("pool.StreetId")]
[JsonConverter(typeof(TextJsonConverter<StreetId>))]
public readonly record struct StreetId : ITextValue<StreetId>
{
    [Id(0)] private readonly string? _text;

    private StreetId(string text) => _text = text;

    public string Text => _text ?? throw new InvalidOperationException("A street id is blank.");

    public static StreetId Parse(string text) => TextValue.Parse<StreetId>(text);

    public static bool TryParse(string? text, out StreetId value) =>
        TextValue.Accept(TextValue.IsDigits(text, 9), text, t => new StreetId(t), out value);

    public override string ToString() => _text ?? "";
}

/// <summary>The twelve digits of a community (社区); the first nine are its street's.</summary>
[GenerateSerializer, Immutable, Alias("pool.CommunityId")]
[JsonConverter(typeof(TextJsonConverter<CommunityId>))]
public readonly record struct CommunityId : ITextValue<CommunityId>
{
    [Id(0)] private readonly string? _text;

    private CommunityId(string text) => _text = text;

    public string Text => _text ?? throw new InvalidOperationException("A community id is blank.");

    public StreetId Street => StreetId.Parse(Text[..9]);

    /// <summary>Which of its street's, 0 to 999.</summary>
    public int Number => int.Parse(Text.AsSpan(9), NumberStyles.None, CultureInfo.InvariantCulture);

    public static CommunityId Parse(string text) => TextValue.Parse<CommunityId>(text);

    public static bool TryParse(string? text, out CommunityId value) =>
        TextValue.Accept(TextValue.IsDigits(text, 12), text, t => new CommunityId(t), out value);

    public override string ToString() => _text ?? "";
}

/// <summary>A partner (合伙人), unique over all streets: 3 to 40 of a-z, 0-9 and inner hyphens, a letter first.</summary>
[GenerateSerializer, Immutable, Alias("pool.PartnerId")]
[JsonConverter(typeof(TextJsonConverter<PartnerId>))]
public readonly record struct PartnerId : ITextValue<PartnerId>, IComparable<PartnerId>
{
    [Id(0)] private readonly string? _text;

    private PartnerId(string text) => _text = text;

    public string Text => _text ?? throw new InvalidOperationException("A partner id is blank.");

    public static PartnerId Parse(string text) => TextValue.Parse<PartnerId>(text);

    public static bool TryParse(string? text, out PartnerId value) =>
        TextValue.Accept(TextValue.IsSlug(text), text, t => new PartnerId(t), out value);

    public int CompareTo(PartnerId other) => string.CompareOrdinal(_text, other._text);

    public override string ToString() => _text ?? "";
}

/// <summary>A resident who has an account in the time bank without being a partner, as its community knows it: 3 to 40 of a-z, 0-9 and inner hyphens, a letter first.</summary>
[GenerateSerializer, Immutable, Alias("pool.ResidentId")]
[JsonConverter(typeof(TextJsonConverter<ResidentId>))]
public readonly record struct ResidentId : ITextValue<ResidentId>
{
    [Id(0)] private readonly string? _text;

    private ResidentId(string text) => _text = text;

    public string Text => _text ?? throw new InvalidOperationException("A resident id is blank.");

    public static ResidentId Parse(string text) => TextValue.Parse<ResidentId>(text);

    public static bool TryParse(string? text, out ResidentId value) =>
        TextValue.Accept(TextValue.IsSlug(text), text, t => new ResidentId(t), out value);

    public override string ToString() => _text ?? "";
}

/// <summary>A partner together with the community where it is registered, as its resource name has them.</summary>
[GenerateSerializer, Immutable, Alias("pool.RegisteredPartner")]
public readonly record struct RegisteredPartner([property: Id(0)] CommunityId Home, [property: Id(1)] PartnerId Partner);

/// <summary>One offer of a partner; its text is <c>partner/offer</c>, each 3 to 40 of a-z, 0-9 and inner hyphens.</summary>
[GenerateSerializer, Immutable, Alias("pool.OfferId")]
[JsonConverter(typeof(TextJsonConverter<OfferId>))]
public readonly record struct OfferId : ITextValue<OfferId>, IComparable<OfferId>
{
    private const char Slash = '/';

    [Id(0)] private readonly PartnerId _partner;
    [Id(1)] private readonly string? _name;

    public OfferId(PartnerId partner, string name)
        : this(partner, name, TextValue.IsSlug(name))
    {
    }

    private OfferId(PartnerId partner, string name, bool valid) => (_partner, _name) = valid ? (partner, name) : throw new ArgumentException("Not an offer name.", nameof(name));

    public string Text => $"{Partner.Text}{Slash}{Name}";

    public PartnerId Partner => _name is null ? throw new InvalidOperationException("An offer id is blank.") : _partner;

    /// <summary>The part after the partner's.</summary>
    public string Name => _name ?? throw new InvalidOperationException("An offer id is blank.");

    public static OfferId Parse(string text) => TextValue.Parse<OfferId>(text);

    public static bool TryParse(string? text, out OfferId value)
    {
        var slash = text?.IndexOf(Slash) ?? -1;
        var name = text?[(slash + 1)..];
        var valid = PartnerId.TryParse(slash > 0 ? text![..slash] : null, out var partner) & TextValue.IsSlug(name);
        value = valid ? new(partner, name!, valid) : default;
        return valid;
    }

    /// <summary>By their texts.</summary>
    public int CompareTo(OfferId other)
    {
        var (partner, others) = (_partner.ToString(), other._partner.ToString());
        var same = partner.AsSpan().CommonPrefixLength(others);
        return same == partner.Length && same == others.Length
            ? string.CompareOrdinal(_name, other._name)
            : After(partner) - After(others);

        char After(string text) => same < text.Length ? text[same] : Slash;
    }

    public override string ToString() => _name is null ? "" : Text;

    /// <summary>What comes before every offer of a partner.</summary>
    internal static OfferId Before(PartnerId partner) => new(partner, "", valid: true);
}

/// <summary>A demand; its text is the UUID in lower case with hyphens.</summary>
[GenerateSerializer, Immutable, Alias("pool.DemandId")]
[JsonConverter(typeof(TextJsonConverter<DemandId>))]
public readonly record struct DemandId : ITextValue<DemandId>
{
    [Id(0)] private readonly Guid _value;

    public DemandId(Guid value) => _value = value == Guid.Empty ? throw new ArgumentException("A demand id is blank.", nameof(value)) : value;

    public Guid Value => _value;

    public string Text => _value == Guid.Empty ? throw new InvalidOperationException("A demand id is blank.") : _value.ToString();

    public static DemandId Parse(string text) => TextValue.Parse<DemandId>(text);

    public static bool TryParse(string? text, out DemandId value) => TextValue.AcceptUuid(text, id => new DemandId(id), out value);

    public override string ToString() => _value.ToString();
}

/// <summary>A recurring demand: a UUID.</summary>
[GenerateSerializer, Immutable, Alias("pool.SeriesId")]
[JsonConverter(typeof(TextJsonConverter<SeriesId>))]
public readonly record struct SeriesId : ITextValue<SeriesId>
{
    [Id(0)] private readonly Guid _value;

    public SeriesId(Guid value) => _value = value == Guid.Empty ? throw new ArgumentException("A series id is blank.", nameof(value)) : value;

    public Guid Value => _value;

    public string Text => _value == Guid.Empty ? throw new InvalidOperationException("A series id is blank.") : _value.ToString();

    public static SeriesId Parse(string text) => TextValue.Parse<SeriesId>(text);

    public static bool TryParse(string? text, out SeriesId value) => TextValue.AcceptUuid(text, id => new SeriesId(id), out value);

    public override string ToString() => _value.ToString();
}

/// <summary>A skill (技能) of the catalogue: 3 to 40 of a-z, 0-9 and inner hyphens, a letter first.</summary>
[GenerateSerializer, Immutable, Alias("pool.SkillCode")]
[JsonConverter(typeof(TextJsonConverter<SkillCode>))]
public readonly record struct SkillCode : ITextValue<SkillCode>
{
    [Id(0)] private readonly string? _text;

    private SkillCode(string text) => _text = text;

    public string Text => _text ?? throw new InvalidOperationException("A skill code is blank.");

    public static SkillCode Parse(string text) => TextValue.Parse<SkillCode>(text);

    public static bool TryParse(string? text, out SkillCode value) =>
        TextValue.Accept(TextValue.IsSlug(text), text, t => new SkillCode(t), out value);

    public override string ToString() => _text ?? "";
}

/// <summary>What the identifiers share.</summary>
public static class TextValue
{
    public static TValue Parse<TValue>(string text) where TValue : struct, ITextValue<TValue> =>
        TValue.TryParse(text, out var value) ? value : throw new FormatException($"'{text}' is not a {typeof(TValue).Name}.");

    /// <summary>What <see cref="IsSlug"/> accepts, for people.</summary>
    public const string SlugForm = "3 to 40 of a-z, 0-9 and inner hyphens, a letter first";

    public static bool IsDigits([NotNullWhen(true)] string? text, int length) =>
        text?.Length == length && !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    public static bool IsSlug([NotNullWhen(true)] string? text) =>
        text is { Length: >= 3 and <= 40 } && char.IsAsciiLetterLower(text[0]) && text[^1] != '-'
        && !text.AsSpan().ContainsAnyExcept(SlugCharacters);

    private static readonly SearchValues<char> SlugCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    internal static bool AcceptUuid<TValue>(string? text, Func<Guid, TValue> create, out TValue value)
        where TValue : struct
    {
        var valid = Guid.TryParseExact(text, "D", out var id) && id != Guid.Empty;
        value = valid ? create(id) : default;
        return valid;
    }

    internal static bool Accept<TValue>(bool valid, string? text, Func<string, TValue> create, out TValue value)
        where TValue : struct
    {
        value = valid ? create(text!) : default;
        return valid;
    }
}
