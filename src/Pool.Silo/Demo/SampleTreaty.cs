using Pool.V1;

namespace Pool.Silo.Demo;

/// <summary>Who lends to whom in the sample district.</summary>
/// <param name="NeedsApproval">Between streets two steps apart the lending clerk is asked for every loan.</param>
internal sealed record SampleTreaty(string Lender, string Borrower, bool NeedsApproval)
{
    public string Name => $"streets/{Lender}/treaties/{Borrower}";

    /// <summary>Neighbours lend a hundred hours a quarter, streets farther away twenty; the first hour of Monday stays at home.</summary>
    public TreatyTerms Terms => new()
    {
        MinutesPerQuarter = NeedsApproval ? 1_200 : 6_000,
        HomeHours = { new Hours { Day = V1.DayOfWeek.Monday, Start = "08:00", End = "09:00" } },
        NeedsApproval = NeedsApproval,
    };

    /// <param name="random">Decides who never signed, and who did although there is a street between.</param>
    public static IReadOnlyList<SampleTreaty> Sign(SampleDistrict district, Random random)
    {
        const double Unsigned = 0.15;
        const double FarSigned = 0.7;
        var near = district.Streets.SelectMany(street => district.Neighbours[street.Code].Select(other => (Lender: street.Code, Borrower: other)))
            .Where(_ => random.NextDouble() >= Unsigned).ToList();
        var far = district.Streets.Where(street => street.Code.StartsWith(SampleDistrict.District, StringComparison.Ordinal))
            .SelectMany(street => district.Neighbours[street.Code].SelectMany(next => district.Neighbours[next]).Distinct()
                .Where(other => other != street.Code && !district.Neighbours[street.Code].Contains(other))
                .Select(other => (Lender: other, Borrower: street.Code)))
            .Where(_ => random.NextDouble() < FarSigned);
        return [.. near.Select(pair => new SampleTreaty(pair.Lender, pair.Borrower, false)).Concat(far.Distinct().Select(pair => new SampleTreaty(pair.Lender, pair.Borrower, true)))];
    }
}
