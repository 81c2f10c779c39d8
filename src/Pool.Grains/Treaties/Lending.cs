using Pool.Streets;
using Pool.Values;

namespace Pool.Treaties;

/// <summary>What a street may still lend to another.</summary>
/// <param name="Terms">The terms of the open treaty; null where there is none.</param>
/// <param name="LeftOfQuarter">Minutes.</param>
/// <param name="LeftOfTrust">Minutes.</param>
public sealed record Lending(TreatyTerms? Terms, Minutes LeftOfQuarter, Minutes LeftOfTrust)
{
    /// <summary>At home, and without a limit.</summary>
    private static readonly Minutes Unlimited = new(long.MaxValue);

    public Minutes Left => LeftOfQuarter < LeftOfTrust ? LeftOfQuarter : LeftOfTrust;

    /// <param name="lentBack">What the borrower has served in return.</param>
    public static Lending Of(Street street, StreetId borrower, Minutes lentBack, DateTimeOffset now)
    {
        if (borrower == street.Profile!.Id)
        {
            return new(TreatyTerms.Unbound, Unlimited, Unlimited);
        }

        if (street.Profile.TreatyWith(borrower) is not { Open: true, Terms: var terms })
        {
            return new(null, Minutes.Zero, Minutes.Zero);
        }

        var (loans, quarter) = (street.Loans, Quarter.Of(now));
        return new(
            terms,
            Rest(terms.MinutesPerQuarter, loans.UnderWay(borrower, quarter, now).Value + loans.ServedIn(borrower, quarter).Value),
            Rest(terms.TrustLimit, loans.UnderWay(borrower, null, now).Value + loans.ServedTo(borrower).Value - lentBack.Value));
    }

    private static Minutes Rest(Minutes limit, long used) => limit == Minutes.Zero ? Unlimited : new(Math.Max(0, limit.Value - used));
}
