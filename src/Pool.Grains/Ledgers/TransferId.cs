using System.Globalization;
using System.Text.Json.Serialization;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>
/// What is done in a ledger once: the settlement of an assignment, by its demand and number (<c>uuid/number</c>), or an order,
/// by the id of its request (<c>uuid</c>). Two streets that settle one assignment have it under the same id.
/// </summary>
[GenerateSerializer, Immutable, Alias("pool.TransferId")]
[JsonConverter(typeof(TextJsonConverter<TransferId>))]
public readonly record struct TransferId : ITextValue<TransferId>
{
    /// <summary>The demand; or, where there is no number, the request.</summary>
    [Id(0)] private readonly DemandId _demand;

    [Id(1)] private readonly int _number;

    /// <param name="number">The assignment's, from 1 on.</param>
    public TransferId(DemandId demand, int number) => (_demand, _number) = (demand, number > 0 ? number : throw new ArgumentOutOfRangeException(nameof(number)));

    private TransferId(DemandId request) => _demand = request;

    /// <summary>Whether an assignment is settled by it.</summary>
    public bool IsSettlement => _number > 0;

    public DemandId Demand => IsSettlement ? _demand : throw new InvalidOperationException($"{this} is no settlement.");

    /// <summary>The assignment's number within its demand.</summary>
    public int Assignment => _number;

    public string Text => IsSettlement ? string.Create(CultureInfo.InvariantCulture, $"{_demand.Text}/{_number}") : _demand.Text;

    /// <param name="request">The id of the request that orders it.</param>
    public static TransferId OfOrder(Guid request) => new(new DemandId(request));

    public static TransferId Parse(string text) => TextValue.Parse<TransferId>(text);

    public static bool TryParse(string? text, out TransferId value)
    {
        var slash = text?.IndexOf('/') ?? -1;
        value = slash < 0 ? (DemandId.TryParse(text, out var request) ? new(request) : default)
            : DemandId.TryParse(text![..slash], out var demand)
                && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
                ? new(demand, number)
            : default;
        return value != default;
    }

    public override string ToString() => this == default ? "" : Text;
}
