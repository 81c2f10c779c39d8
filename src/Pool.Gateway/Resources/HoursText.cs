using System.Globalization;
using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Offers;
using Pool.V1;

namespace Pool.Gateway.Resources;

/// <summary>Weekly hours between their two forms: stretches of a day with "HH:MM" for clients, half-hour bits for matching.</summary>
internal static class HoursText
{
    public static WeeklyHours Read(string field, IEnumerable<Hours> hours) => hours.Aggregate(default(WeeklyHours), (week, stretch) =>
    {
        var (first, end) = (HalfHour(stretch.Start), HalfHour(stretch.End));
        if (stretch.Day is V1.DayOfWeek.Unspecified || !System.Enum.IsDefined(stretch.Day) || first is null || end is null || first >= end)
        {
            throw new RefusedException(RefusalReason.FieldInvalid, field, "a day, and start before end as HH:MM on half-hours");
        }

        return week.With((System.DayOfWeek)((int)stretch.Day % 7), first.Value, end.Value);
    });

    /// <summary>The longest stretches, Monday first.</summary>
    public static IEnumerable<Hours> Write(WeeklyHours week)
    {
        for (var day = 1; day <= 7; day++)
        {
            var bits = week.On((System.DayOfWeek)(day % 7));
            for (var first = 0; first < WeeklyHours.HalfHoursPerDay; first++)
            {
                if ((bits >> first & 1) == 0)
                {
                    continue;
                }

                var end = first;
                while (end < WeeklyHours.HalfHoursPerDay && (bits >> end & 1) == 1)
                {
                    end++;
                }

                yield return new Hours { Day = (V1.DayOfWeek)day, Start = Text(first), End = Text(end) };
                first = end;
            }
        }
    }

    private static int? HalfHour(string text)
    {
        var parts = text.Split(':');
        return parts.Length == 2 && parts.All(part => part.Length == 2)
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var hour)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minute)
            && minute is 0 or 30 && (hour * 60) + minute <= 24 * 60
            ? (hour * 2) + (minute / 30)
            : null;
    }

    private static string Text(int halfHour) => string.Create(CultureInfo.InvariantCulture, $"{halfHour / 2:00}:{halfHour % 2 * 30:00}");
}
