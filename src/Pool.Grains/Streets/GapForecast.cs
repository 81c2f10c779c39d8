using Pool.Matching;
using Pool.Values;

namespace Pool.Streets;

/// <summary>A street that could lend.</summary>
/// <param name="Ring">2 adjacent, 3 their neighbours.</param>
/// <param name="Lends">Whether a treaty is open.</param>
[GenerateSerializer, Immutable, Alias("pool.NearestLender")]
public sealed record NearestLender(
    [property: Id(0)] StreetId Street, [property: Id(1)] int Ring, [property: Id(2)] int Partners, [property: Id(3)] bool Lends);

/// <summary>Where a skill of a street may come to lack somebody.</summary>
/// <param name="OpenSeats">Seats of the street's open demands for which nobody is asked.</param>
/// <param name="MissedSeats">Seats of its demands that expired unfilled within the horizon before now.</param>
/// <param name="Nearest">The nearest street that could lend: of the nearest ring that has anybody, one with a treaty first, then the one with most partners; null where there is none up to ring 3.</param>
[GenerateSerializer, Immutable, Alias("pool.GapForecast")]
public sealed record GapForecast(
    [property: Id(0)] SkillCover Cover, [property: Id(1)] int OpenSeats, [property: Id(2)] int MissedSeats, [property: Id(3)] NearestLender? Nearest);
