using System.Globalization;

namespace Pool.Values;

/// <summary>Quarters of the year, in which hours served are counted: 20264 is the fourth of 2026, in UTC.</summary>
public static class Quarter
{
    public static int Of(DateTimeOffset at) => (at.UtcDateTime.Year * 10) + ((at.UtcDateTime.Month + 2) / 3);

    public static string Text(int quarter) => string.Create(CultureInfo.InvariantCulture, $"{quarter / 10}Q{quarter % 10}");
}
