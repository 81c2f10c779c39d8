using System.Collections.Immutable;
using Pool.Offers;
using Pool.Values;

namespace Pool.Treaties;

/// <summary>Under which terms a street lends its partners.</summary>
[GenerateSerializer, Immutable, Alias("pool.TreatyTerms")]
public sealed record TreatyTerms
{
    /// <summary>Everybody, at any time, as much as is asked for.</summary>
    public static TreatyTerms Unbound { get; } = new();

    /// <summary>The skills that are lent; none: all of them.</summary>
    [Id(0)] public ImmutableArray<SkillCode> Skills { get; init; } = [];

    /// <summary>The most minutes lent in a quarter, of all people together; 0: no limit.</summary>
    [Id(1)] public Minutes MinutesPerQuarter { get; init; }

    /// <summary>The half-hours of a week that are kept back for home, by the pool's zone: no service abroad touches them.</summary>
    [Id(2)] public WeeklyHours HomeHours { get; init; }

    /// <summary>Whether the clerk of the lending street is asked for every loan.</summary>
    [Id(3)] public bool NeedsApproval { get; init; }

    /// <summary>The most minutes that the borrower may have had beyond those that it lent in return; 0: no limit.</summary>
    [Id(4)] public Minutes TrustLimit { get; init; }

    public bool Lends(SkillCode skill) => Skills.IsEmpty || Skills.Contains(skill);
}

/// <summary>What one street lends to another (共建协议).</summary>
/// <param name="Open">Whether anything is lent now; what was lent before stays so until it ends, or is recalled.</param>
[GenerateSerializer, Immutable, Alias("pool.Treaty")]
public sealed record Treaty([property: Id(0)] StreetId Borrower, [property: Id(1)] bool Open, [property: Id(2)] TreatyTerms Terms);

/// <summary>A treaty, and what has been lent under it.</summary>
/// <param name="Quarter">Which one it is; see <see cref="Values.Quarter"/>.</param>
/// <param name="UnderWay">Minutes authorised and not served yet.</param>
/// <param name="ServedThisQuarter">Minutes of services that were lent in this quarter.</param>
/// <param name="ServedInAll">Minutes of services since the beginning.</param>
/// <param name="LentBack">Minutes that the borrower has served in return since the beginning.</param>
/// <param name="Requests">Loans for which the clerk is asked.</param>
[GenerateSerializer, Immutable, Alias("pool.TreatyAccount")]
public sealed record TreatyAccount(
    [property: Id(0)] Treaty Treaty,
    [property: Id(1)] int Quarter,
    [property: Id(2)] Minutes UnderWay,
    [property: Id(3)] Minutes ServedThisQuarter,
    [property: Id(4)] Minutes ServedInAll,
    [property: Id(5)] Minutes LentBack,
    [property: Id(6)] ImmutableArray<LoanRequest> Requests);
