using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>
/// What is done in a ledger once: the settlement of an assignment, by its demand and number (<c>uuid/number</c>), a correction
/// of it (<c>uuid/number/correction</c>), an order, by the id of its request (<c>uuid</c>),
/// or what expires, by the quarter and the account (<c>uuid</c>). Two streets that settle one assignment have it under the same id.
/// </summary>
[GenerateSerializer, Immutable, Alias("pool.TransferId")]
[JsonConverter(typeof(TextJsonConverter<TransferId>))]
public readonly record struct TransferId : ITextValue<TransferId>
{
    /// <summary>The demand; or, where there is no number, the request.</summary>
    [Id(0)] private readonly DemandId _demand;

    [Id(1)] private readonly int _number;

    [Id(2)] private readonly int _correction;

    /// <param name="number">The assignment's, from 1 on.</param>
    /// <param name="correction">Which correction of it, from 1 on; 0 for the settlement itself.</param>
    public TransferId(DemandId demand, int number, int correction = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(correction);
        (_demand, _number, _correction) = (demand, number, correction);
    }

    private TransferId(DemandId request) => _demand = request;

    /// <summary>Whether an assignment is settled by it.</summary>
    public bool IsSettlement => _number > 0;

    public DemandId Demand => IsSettlement ? _demand : throw new InvalidOperationException($"{this} is no settlement.");

    /// <summary>The request that ordered it.</summary>
    public Guid Request => IsSettlement ? throw new InvalidOperationException($"{this} was not ordered.") : _demand.Value;

    /// <summary>The assignment's number within its demand.</summary>
    public int Assignment => _number;

    public string Text => !IsSettlement ? _demand.Text
        : _correction == 0 ? string.Create(CultureInfo.InvariantCulture, $"{_demand.Text}/{_number}")
        : string.Create(CultureInfo.InvariantCulture, $"{_demand.Text}/{_number}/{_correction}");

    /// <param name="request">The id of the request that orders it.</param>
    public static TransferId OfOrder(Guid request) => new(new DemandId(request));

    /// <summary>What of an account's credits expires as a quarter begins: its id follows from both.</summary>
    public static TransferId OfExpiry(int period, AccountId account) =>
        OfOrder(new(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"expiry {period} {account}"))).AsSpan(0, 16)));

    public static TransferId Parse(string text) => TextValue.Parse<TransferId>(text);

    public static bool TryParse(string? text, out TransferId value)
    {
        var parts = text?.Split('/') ?? [];
        value = parts.Length is 0 or > 3 || !DemandId.TryParse(parts[0], out var id) ? default
            : parts is [_] ? new(id)
            : parts is [_, var number] && Count(number) is { } assignment ? new(id, assignment)
            : parts is [_, var which, var correction] && Count(which) is { } corrected && Count(correction) is { } times ? new(id, corrected, times)
            : default;
        return value != default;
    }

    public override string ToString() => this == default ? "" : Text;

    private static int? Count(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : null;
}
