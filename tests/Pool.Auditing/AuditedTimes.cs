using System.Text.Json;

namespace Pool.Auditing;

/// <summary>When a partner has time, as it said last.</summary>
internal sealed class AuditedTimes(JsonElement times)
{
    /// <summary>The pool's zone has had no summer time since 1991.</summary>
    private static readonly TimeSpan Zone = TimeSpan.FromHours(8);

    private readonly List<(DateTimeOffset Start, DateTimeOffset End)> _away =
        [.. Windows(times.GetProperty("away"))];

    private readonly long _rest = times.GetProperty("rest").GetInt64();
    private readonly long _travel = times.GetProperty("travelPerRing").GetInt64();

    /// <summary>In minutes; 0 for none.</summary>
    public long WeeklyLimit { get; } = times.GetProperty("weeklyLimit").GetInt64();

    public bool IsAway(DateTimeOffset start, DateTimeOffset end) => _away.Any(away => away.Start < end && start < away.End);

    public static IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> Windows(JsonElement windows) =>
        windows.EnumerateArray().Select(Window);

    public static (DateTimeOffset Start, DateTimeOffset End) Window(JsonElement window) =>
        (window.GetProperty("start").GetDateTimeOffset(), window.GetProperty("end").GetDateTimeOffset());

    public TimeSpan Between(int ring, int other) => TimeSpan.FromMinutes(_rest + (_travel * Math.Max(ring, other)));

    /// <summary>The Monday of an instant's week.</summary>
    public static DateTime WeekOf(DateTimeOffset at)
    {
        var day = at.ToOffset(Zone).Date;
        return day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
    }
}
