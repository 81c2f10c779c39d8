using System.Globalization;
using System.Text.Json.Serialization;
using Pool.Values;

namespace Pool.Offers;

/// <summary>
/// The half-hours of a week in which an offer is available, in the offer's local time: 48 bits a day, bit 0 is
/// 00:00 to 00:30. Its text is seven groups of twelve hexadecimal digits, Monday first, joined by dots.
/// </summary>
[GenerateSerializer, Immutable, Alias("pool.WeeklyHours")]
[JsonConverter(typeof(TextJsonConverter<WeeklyHours>))]
public readonly record struct WeeklyHours(
    [property: Id(0)] ulong Monday,
    [property: Id(1)] ulong Tuesday,
    [property: Id(2)] ulong Wednesday,
    [property: Id(3)] ulong Thursday,
    [property: Id(4)] ulong Friday,
    [property: Id(5)] ulong Saturday,
    [property: Id(6)] ulong Sunday) : ITextValue<WeeklyHours>
{
    public const int HalfHoursPerDay = 48;

    private const int DigitsPerDay = HalfHoursPerDay / 4;

    private const ulong WholeDay = (1UL << HalfHoursPerDay) - 1;

    /// <summary>Every half-hour of the week.</summary>
    public static readonly WeeklyHours Always = new(WholeDay, WholeDay, WholeDay, WholeDay, WholeDay, WholeDay, WholeDay);

    public string Text => string.Join('.', Days.Select(day => day.ToString("x12", CultureInfo.InvariantCulture)));

    public bool IsEmpty => this == default;

    private ulong[] Days => [Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday];

    /// <summary>The half-hours of a day, as bits.</summary>
    public ulong On(DayOfWeek day) => day switch
    {
        DayOfWeek.Monday => Monday,
        DayOfWeek.Tuesday => Tuesday,
        DayOfWeek.Wednesday => Wednesday,
        DayOfWeek.Thursday => Thursday,
        DayOfWeek.Friday => Friday,
        DayOfWeek.Saturday => Saturday,
        DayOfWeek.Sunday => Sunday,
    };

    /// <summary>These hours and those half-hours of a day from <paramref name="first"/> up to but not including <paramref name="end"/>.</summary>
    public WeeklyHours With(DayOfWeek day, int first, int end)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, HalfHoursPerDay);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(first, end);
        var bits = On(day) | (((1UL << (end - first)) - 1) << first);
        return day switch
        {
            DayOfWeek.Monday => this with { Monday = bits },
            DayOfWeek.Tuesday => this with { Tuesday = bits },
            DayOfWeek.Wednesday => this with { Wednesday = bits },
            DayOfWeek.Thursday => this with { Thursday = bits },
            DayOfWeek.Friday => this with { Friday = bits },
            DayOfWeek.Saturday => this with { Saturday = bits },
            DayOfWeek.Sunday => this with { Sunday = bits },
        };
    }

    /// <summary>The half-hours that a slot touches, in the zone's local time.</summary>
    public static WeeklyHours Of(TimeWindow slot, TimeZoneInfo zone)
    {
        Span<ulong> days = stackalloc ulong[7];
        var local = TimeZoneInfo.ConvertTime(slot.Start, zone).DateTime;
        var end = local + slot.Length;
        for (var at = local; at < end; at = at.Date + ((HalfHour(at) + 1) * Clock.HalfHour))
        {
            days[((int)at.DayOfWeek + 6) % 7] |= 1UL << HalfHour(at);
        }

        return new(days[0], days[1], days[2], days[3], days[4], days[5], days[6]);

        static int HalfHour(DateTime at) => (int)(at.TimeOfDay.Ticks / Clock.HalfHour.Ticks);
    }

    /// <summary>Whether all of the others are among these.</summary>
    public bool Include(in WeeklyHours others) =>
        ((others.Monday & ~Monday) | (others.Tuesday & ~Tuesday) | (others.Wednesday & ~Wednesday) | (others.Thursday & ~Thursday)
            | (others.Friday & ~Friday) | (others.Saturday & ~Saturday) | (others.Sunday & ~Sunday)) == 0;

    /// <summary>Whether any of the others is among these.</summary>
    public bool Meet(in WeeklyHours others) =>
        ((others.Monday & Monday) | (others.Tuesday & Tuesday) | (others.Wednesday & Wednesday) | (others.Thursday & Thursday)
            | (others.Friday & Friday) | (others.Saturday & Saturday) | (others.Sunday & Sunday)) != 0;

    /// <summary>
    /// The starts at which a service of the given length fits the window, earliest first: the window's own start, then
    /// every half-hour; none before <paramref name="earliest"/>.
    /// </summary>
    public static IEnumerable<TimeWindow> Slots(TimeWindow window, Minutes duration, DateTimeOffset earliest)
    {
        var start = window.Start >= earliest ? window.Start : RoundUp(earliest);
        for (; start + duration.ToTimeSpan() <= window.End; start = RoundUp(start + TimeSpan.FromTicks(1)))
        {
            yield return TimeWindow.From(start, duration);
        }
    }

    public static bool TryParse(string? text, out WeeklyHours value)
    {
        value = default;
        var groups = text?.Split('.') ?? [];
        Span<ulong> days = stackalloc ulong[7];
        if (groups.Length != 7)
        {
            return false;
        }

        for (var day = 0; day < 7; day++)
        {
            if (groups[day].Length != DigitsPerDay || !ulong.TryParse(groups[day], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out days[day]) || days[day] > WholeDay)
            {
                return false;
            }
        }

        value = new(days[0], days[1], days[2], days[3], days[4], days[5], days[6]);
        return true;
    }

    public override string ToString() => Text;

    private static DateTimeOffset RoundUp(DateTimeOffset at)
    {
        var ticks = Clock.HalfHour.Ticks;
        return new((at.UtcTicks + ticks - 1) / ticks * ticks, TimeSpan.Zero);
    }
}
