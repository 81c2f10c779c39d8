using System.Globalization;
using System.Text.Json;

namespace Pool.Auditing;

/// <summary>
/// When a street does not let its partners serve: on its holidays, and for another street in the hours that it keeps for home.
/// A partner's time may be cleared while the street says something else, so that what it said of late counts, too.
/// </summary>
internal sealed class AuditedClosing
{
    private const int HalfHours = 48;

    /// <summary>The pool's zone has had no summer time since 1991.</summary>
    private static readonly TimeSpan Zone = TimeSpan.FromHours(8);

    /// <summary>Much longer than the way from the street to the partner's calendar.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(30);

    private readonly List<(DateTimeOffset From, HashSet<DateOnly> Days)> _holidays = [];
    private readonly Dictionary<string, List<(DateTimeOffset From, ulong[] Days)>> _homeHours = [];

    public void SetHolidays(JournalRow row) =>
        _holidays.Add((row.At, row.Payload.TryGetProperty("holidays", out var days) ? [.. days.EnumerateArray().Select(day => DateOnly.Parse(day.GetString()!, CultureInfo.InvariantCulture))] : []));

    public void SetHomeHours(JournalRow row, string borrower, JsonElement? terms)
    {
        var text = terms?.GetProperty("homeHours").GetString();
        ulong[] days = text is null ? new ulong[7] : [.. text.Split('.').Select(day => ulong.Parse(day, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
        (_homeHours.TryGetValue(borrower, out var known) ? known : _homeHours[borrower] = []).Add((row.At, days));
    }

    /// <summary>Whether a slot that was held at an instant lies on a holiday, whatever the street has said of late.</summary>
    public bool IsHoliday((DateTimeOffset Start, DateTimeOffset End) slot, DateTimeOffset at)
    {
        var (first, last) = (Day(slot.Start), Day(slot.End.AddTicks(-1)));
        return All(_holidays, at, days => days.Any(day => first <= day && day <= last));
    }

    /// <summary>The same for hours that are kept for home.</summary>
    public bool IsKeptForHome((DateTimeOffset Start, DateTimeOffset End) slot, string borrower, DateTimeOffset at) =>
        _homeHours.TryGetValue(borrower, out var hours) && All(hours, at, days => HalfHoursOf(slot).Any(half => (days[half / HalfHours] >> (half % HalfHours) & 1) == 1));

    private static bool All<T>(List<(DateTimeOffset From, T Value)> said, DateTimeOffset at, Func<T, bool> closes)
    {
        var first = said.FindLastIndex(each => each.From <= at - Lately);
        return said.Count > 0 && first >= 0 && said.Skip(first).All(each => closes(each.Value));
    }

    /// <summary>The half-hours of the week that a slot touches, from Monday's midnight on.</summary>
    private static IEnumerable<int> HalfHoursOf((DateTimeOffset Start, DateTimeOffset End) slot)
    {
        var monday = AuditedTimes.WeekOf(slot.Start);
        var (from, to) = ((slot.Start.ToOffset(Zone).DateTime - monday).TotalMinutes / 30, (slot.End.ToOffset(Zone).DateTime - monday).TotalMinutes / 30);
        return Enumerable.Range((int)from, (int)Math.Ceiling(to) - (int)from).Select(half => half % (7 * HalfHours));
    }

    private static DateOnly Day(DateTimeOffset at) => DateOnly.FromDateTime(at.ToOffset(Zone).DateTime);
}
