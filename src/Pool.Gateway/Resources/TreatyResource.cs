using Pool.Gateway.Requests;
using Pool.Treaties;
using Pool.Values;

namespace Pool.Gateway.Resources;

internal static class TreatyResource
{
    public static V1.Treaty Write(Treaty treaty) => new()
    {
        Borrower = ResourceNames.Of(treaty.Borrower),
        Open = treaty.Open,
        Terms = new()
        {
            Skills = { treaty.Terms.Skills.Select(ResourceNames.Of) },
            MinutesPerQuarter = treaty.Terms.MinutesPerQuarter.Value,
            HomeHours = { HoursText.Write(treaty.Terms.HomeHours) },
            NeedsApproval = treaty.Terms.NeedsApproval,
            TrustLimitMinutes = treaty.Terms.TrustLimit.Value,
        },
    };

    public static V1.TreatyAccount Write(StreetId lender, TreatyAccount account, long version) => new()
    {
        Name = ResourceNames.OfTreaty(lender, account.Treaty.Borrower),
        Treaty = Write(account.Treaty),
        Quarter = Quarter.Text(account.Quarter),
        MinutesUnderWay = account.UnderWay.Value,
        MinutesServedThisQuarter = account.ServedThisQuarter.Value,
        MinutesServed = account.ServedInAll.Value,
        MinutesLentBack = account.LentBack.Value,
        LoanRequests = { account.Requests.Select(request => Write(lender, request)) },
        Etag = Etags.Write(version),
    };

    public static V1.LoanRequest Write(StreetId lender, LoanRequest request) => new()
    {
        Name = $"{ResourceNames.OfTreaty(lender, request.Home.Street)}/loanRequests/{request.Number}",
        AskTime = Instants.Write(request.AskedAt),
        Demand = ResourceNames.Of(request.Home, request.Demand),
        Offer = request.Offer.Text,
        Skill = ResourceNames.Of(request.Skill),
        People = request.People,
        Minutes = request.Each.Times(request.People).Value,
        AnswerByTime = Instants.Write(request.LastStart),
    };

    public static V1.TreatyRehearsal Write(TreatyRehearsal rehearsal) => new()
    {
        Demands = rehearsal.Demands,
        Seats = rehearsal.Seats,
        Ring = rehearsal.Ring,
        WithoutTreaty = Write(rehearsal.Without, rehearsal.Seats),
        WithTreaty = Write(rehearsal.With, rehearsal.Seats),
    };

    /// <summary>Null where they are left out.</summary>
    public static TreatyTerms? Terms(V1.TreatyTerms? terms) => terms is null
        ? null
        : new()
        {
            Skills = [.. terms.Skills.Select(skill => ResourceNames.Skill("terms.skills", skill)).Distinct()],
            MinutesPerQuarter = new(terms.MinutesPerQuarter),
            HomeHours = HoursText.Read("terms.home_hours", terms.HomeHours),
            NeedsApproval = terms.NeedsApproval,
            TrustLimit = new(terms.TrustLimitMinutes),
        };

    private static V1.RehearsedFates Write(RehearsedFates fates, int seats) => new()
    {
        SeatsFilled = fates.SeatsFilled,
        FillPercent = seats == 0 ? 0 : 100.0 * fates.SeatsFilled / seats,
        WaitingMinutes = fates.Waiting.Value,
        Services = { fates.Services.Select(served => new V1.RehearsedServices { Street = ResourceNames.Of(served.Street), Seats = served.Seats, Minutes = served.Minutes.Value }) },
    };
}
