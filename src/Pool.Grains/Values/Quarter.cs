using System.Globalization;

namespace Pool.Values;

/// <summary>Quarters of the year, in which hours served are counted: 20264 is the fourth of 2026, in UTC.</summary>
public static class Quarter
{
    public static int Of(DateTimeOffset at) => (at.UtcDateTime.Year * 10) + ((at.UtcDateTime.Month + 2) / 3);

    /// <summary>Like 2026Q4.</summary>
    public static string Text(int quarter) => string.Create(CultureInfo.InvariantCulture, $"{quarter / 10}Q{quarter % 10}");

    /// <summary>The one before.</summary>
    public static int Before(int quarter) => At(Index(quarter) - 1);

    /// <summary>How many quarters after one another begins; less than 0 where it is earlier.</summary>
    public static int Between(int quarter, int other) => Index(other) - Index(quarter);

    /// <summary>When the next one begins.</summary>
    public static DateTimeOffset EndOf(int quarter) => BeginOf(At(Index(quarter) + 1));

    private static DateTimeOffset BeginOf(int quarter) => new(quarter / 10, (quarter % 10 * 3) - 2, 1, 0, 0, 0, TimeSpan.Zero);

    private static int Index(int quarter) => (quarter / 10 * 4) + (quarter % 10) - 1;

    private static int At(int index) => (index / 4 * 10) + (index % 4) + 1;
}
