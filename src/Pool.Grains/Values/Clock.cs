namespace Pool.Values;

/// <summary>Facts about local time in the pool.</summary>
public static class Clock
{
    /// <summary>The key under which hosts register the pool's <see cref="TimeProvider"/>; the runtime keeps its own.</summary>
    public const string Key = "pool";

    /// <summary>The zone of an offer that names none.</summary>
    public const string DefaultZone = "Asia/Shanghai";

    /// <summary>The pool's zone, by whose days and months its rules go where nothing else is said.</summary>
    public static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById(DefaultZone);

    /// <summary>Weekly availability is kept in half-hours.</summary>
    public static readonly TimeSpan HalfHour = TimeSpan.FromMinutes(30);

    /// <summary>An instant as clocks of the pool's zone show it.</summary>
    public static DateTime Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone).DateTime;

    /// <summary>The day of an instant, by the pool's zone.</summary>
    public static DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(Local(at));

    /// <summary>When a day begins, by the pool's zone.</summary>
    public static DateTimeOffset Begins(DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, Zone.GetUtcOffset(midnight)).ToUniversalTime();
    }
}
