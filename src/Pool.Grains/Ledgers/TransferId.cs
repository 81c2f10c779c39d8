using System.Globalization;
using System.Text.Json.Serialization;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>
/// What is done in ledgers once: the settlement of an assignment, by its demand and number (<c>uuid/number</c>), or what a client
/// asked for, by its request id (a UUID). Two streets that settle one assignment have it under the same id.
/// </summary>
[GenerateSerializer, Immutable, Alias("pool.TransferId")]
[JsonConverter(typeof(TextJsonConverter<TransferId>))]
public readonly record struct TransferId : ITextValue<TransferId>
{
    [Id(0)] private readonly Guid _id;

    /// <summary>0 for what a client asked for.</summary>
    [Id(1)] private readonly int _number;

    private TransferId(Guid id, int number) => (_id, _number) = (id, number);

    public string Text =>
        _id == Guid.Empty ? throw new InvalidOperationException("A transfer id is blank.")
        : _number == 0 ? _id.ToString()
        : string.Create(CultureInfo.InvariantCulture, $"{_id}/{_number}");

    /// <param name="number">The assignment's, from 1 on.</param>
    public static TransferId Of(DemandId demand, int number) => new(demand.Value, number > 0 ? number : throw new ArgumentOutOfRangeException(nameof(number)));

    public static TransferId Of(Guid request) => new(request == Guid.Empty ? throw new ArgumentException("A request id is blank.", nameof(request)) : request, 0);

    public static TransferId Parse(string text) => TextValue.Parse<TransferId>(text);

    public static bool TryParse(string? text, out TransferId value)
    {
        var slash = text?.IndexOf('/') ?? -1;
        var number = 0;
        value = default;
        if (Guid.TryParseExact(slash < 0 ? text : text![..slash], "D", out var id) && id != Guid.Empty
            && (slash < 0 || (int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0)))
        {
            var parsed = new TransferId(id, number);
            value = parsed.Text == text ? parsed : default;
        }

        return value != default;
    }

    public override string ToString() => _id == Guid.Empty ? "" : Text;
}
