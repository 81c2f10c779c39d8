using System.Globalization;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>A line of an account's statement: what an entry did to it.</summary>
/// <param name="Entry">The entry's number.</param>
/// <param name="Balance">What the account has in the unit after it.</param>
[GenerateSerializer, Immutable, Alias("pool.StatementLine")]
public sealed record StatementLine(
    [property: Id(0)] StreetId Street,
    [property: Id(1)] long Entry,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] EntryKind Kind,
    [property: Id(4)] TransferId Transfer,
    [property: Id(5)] Posting Posting,
    [property: Id(6)] long Balance)
{
    /// <summary>The month of an instant by the pool's zone, like 2026-11: what accountants close.</summary>
    public static string MonthOf(DateTimeOffset at) => Clock.Local(at).ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>The month of one street.</summary>
    public static string MonthKey(StreetId street, string month) => $"{street}/{month}";
}
