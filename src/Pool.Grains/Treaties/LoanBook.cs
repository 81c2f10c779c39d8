using System.Collections.Immutable;
using Pool.Partners;
using Pool.Values;

namespace Pool.Treaties;

/// <summary>What a street has lent, by whom it is asked for more, and what it wants back.</summary>
[GenerateSerializer, Immutable, Alias("pool.LoanBook")]
public sealed record LoanBook
{
    public static LoanBook Empty { get; } = new();

    [Id(0)] public ImmutableDictionary<LoanId, Loan> Loans { get; init; } = ImmutableDictionary<LoanId, Loan>.Empty;

    /// <summary>Loans that ended lately, so that a message that comes late or twice changes nothing.</summary>
    [Id(1)] public ImmutableDictionary<LoanId, DateTimeOffset> Ended { get; init; } = ImmutableDictionary<LoanId, DateTimeOffset>.Empty;

    /// <summary>Minutes served, by the borrowing street and the quarter in which they were lent.</summary>
    [Id(2)] public ImmutableDictionary<(string Borrower, int Quarter), Minutes> Served { get; init; } = ImmutableDictionary<(string, int), Minutes>.Empty;

    /// <summary>What the clerk is asked, and has answered, while the demand may still be served.</summary>
    [Id(3)] public ImmutableSortedDictionary<int, LoanRequest> Requests { get; init; } = ImmutableSortedDictionary<int, LoanRequest>.Empty;

    [Id(4)] public int LastRequest { get; init; }

    /// <summary>Loans that are wanted back and whose demands do not know yet.</summary>
    [Id(5)] public ImmutableHashSet<LoanId> ToRecall { get; init; } = ImmutableHashSet<LoanId>.Empty;

    [Id(6)] public DateTimeOffset RecalledAt { get; init; }

    /// <summary>Of loans whose service was corrected: the last correction of each.</summary>
    [Id(7)] public ImmutableDictionary<LoanId, int> Corrections { get; init; } = ImmutableDictionary<LoanId, int>.Empty;

    /// <summary>Minutes authorised for a borrower and not served yet.</summary>
    /// <param name="quarter">The quarter in which they were lent; null for all.</param>
    public Minutes UnderWay(StreetId borrower, int? quarter, DateTimeOffset now) => new(Loans.Values
        .Where(loan => loan.Borrower == borrower && !loan.Lapsed(now) && (quarter is null || loan.Quarter == quarter))
        .Sum(loan => loan.Minutes.Value));

    public Minutes ServedIn(StreetId borrower, int quarter) => Served.GetValueOrDefault((borrower.Text, quarter));

    public Minutes ServedTo(StreetId borrower) => new(Served.Where(served => served.Key.Borrower == borrower.Text).Sum(served => served.Value.Value));

    /// <summary>What the clerk is asked, and has not answered, for a demand.</summary>
    public IEnumerable<LoanRequest> Unanswered(DemandId demand, DateTimeOffset now) => RequestsOf(demand, now).Where(request => request.Approved is null);

    /// <summary>What the clerk was asked for a demand, while the service could still begin.</summary>
    public IEnumerable<LoanRequest> RequestsOf(DemandId demand, DateTimeOffset now) =>
        Requests.Values.Where(request => request.Demand == demand && request.LastStart >= now);

    public LoanBook Evolve(TreatyEvent happened) => happened switch
    {
        TreatyRecalled recalled => Recalled(recalled),
        LoanAsked asked => this with
        {
            Requests = Requests.RemoveRange(Requests.Where(request => request.Value.LastStart < asked.At).Select(request => request.Key)).SetItem(asked.Request.Number, asked.Request),
            LastRequest = asked.Request.Number,
        },
        LoanAnswered answered => this with { Requests = Requests.SetItem(answered.Request, Requests[answered.Request] with { Approved = answered.Approved }) },
        LoanAuthorised lent => this with
        {
            Loans = Loans.SetItem(lent.Loan, new(lent.Loan, lent.Borrower, lent.Each, lent.People, Quarter.Of(lent.At), lent.ExpiresAt, lent.At)),
        },
        LoanBooked booked => this with { Loans = Loans.SetItem(booked.Loan, Loans[booked.Loan] with { ExpiresAt = null, People = booked.People }) },
        LoanDropped dropped => this with { Loans = Loans.Remove(dropped.Loan), ToRecall = ToRecall.Remove(dropped.Loan) },
        LoanReturned returned => End(returned.Loan, returned.At),
        LoanLapsed lapsed => End(lapsed.Loan, lapsed.At),
        LoanServed served => WithServed(Loans[served.Loan], served.Served).End(served.Loan, served.At),
        LoanCorrected corrected => this with
        {
            Served = Served.SetItem((corrected.Borrower.Text, corrected.Correction.Quarter), corrected.Correction.Of(ServedIn(corrected.Borrower, corrected.Correction.Quarter))),
            Corrections = Corrections.SetItem(corrected.Loan, corrected.Correction.Number),
        },
        LoanRecalled recalled => this with { ToRecall = ToRecall.Remove(recalled.Loan) },
        _ => throw new InvalidOperationException($"A loan book does not know {happened.GetType().Name}."),
    };

    private LoanBook Recalled(TreatyRecalled recalled)
    {
        var lent = Loans.Values.Where(loan => loan.Borrower == recalled.Borrower).ToList();
        return this with
        {
            Loans = Loans.SetItems(lent.Select(loan => KeyValuePair.Create(loan.Id, loan with { Recalled = true }))),
            ToRecall = ToRecall.Union(lent.Select(loan => loan.Id)),
            RecalledAt = recalled.At,
        };
    }

    private LoanBook WithServed(Loan loan, Minutes served)
    {
        var key = (loan.Borrower.Text, loan.Quarter);
        return this with { Served = Served.SetItem(key, Served.GetValueOrDefault(key) + served) };
    }

    private LoanBook End(LoanId loan, DateTimeOffset at) => this with
    {
        Loans = Loans.Remove(loan),
        Ended = Ended.RemoveRange(Ended.Where(ended => ended.Value + Calendar.Memory < at).Select(ended => ended.Key)).SetItem(loan, at),
        ToRecall = ToRecall.Remove(loan),
    };
}
