namespace Pool.Values;

/// <summary>Facts about local time in the pool.</summary>
public static class Clock
{
    /// <summary>The key under which hosts register the pool's <see cref="TimeProvider"/>; the runtime keeps its own.</summary>
    public const string Key = "pool";

    /// <summary>The zone of an offer that names none.</summary>
    public const string DefaultZone = "Asia/Shanghai";

    /// <summary>Weekly availability is kept in half-hours.</summary>
    public static readonly TimeSpan HalfHour = TimeSpan.FromMinutes(30);
}
