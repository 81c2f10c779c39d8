using Pool.Partners;
using Pool.Streets;
using Pool.Values;

namespace Pool.Treaties;

/// <summary>What happens to a street's treaties and loans; it stands in the stream of the street that lends.</summary>
public abstract record TreatyEvent(DateTimeOffset At) : StreetEvent(At);

/// <summary>The street lends its partners to the borrower, or no longer does.</summary>
/// <param name="Terms">The terms from now on; null in journals of before there were any.</param>
[Alias("street.treaty-set")]
public sealed record TreatySet(DateTimeOffset At, StreetId Borrower, bool Open, TreatyTerms? Terms = null) : TreatyEvent(At);

/// <summary>The treaty is closed, and what has not begun of its loans is wanted back.</summary>
[Alias("street.treaty-recalled")]
public sealed record TreatyRecalled(DateTimeOffset At, StreetId Borrower, string Why) : TreatyEvent(At);

/// <summary>The clerk is asked for a loan.</summary>
[Alias("street.loan-asked")]
public sealed record LoanAsked(DateTimeOffset At, LoanRequest Request) : TreatyEvent(At);

/// <param name="Request">The request's number.</param>
[Alias("street.loan-answered")]
public sealed record LoanAnswered(DateTimeOffset At, int Request, bool Approved, string Note) : TreatyEvent(At);

/// <summary>The street lends a partner's time, before the partner's calendar is asked for it.</summary>
/// <param name="Each">Minutes of each of the people.</param>
/// <param name="ExpiresAt">When the loan ends by itself, unless it is booked.</param>
[Alias("street.loan-authorised")]
public sealed record LoanAuthorised(DateTimeOffset At, LoanId Loan, StreetId Borrower, SkillCode Skill, Minutes Each, int People, DateTimeOffset ExpiresAt)
    : TreatyEvent(At);

/// <summary>The proposal was accepted.</summary>
/// <param name="People">How many of the people are needed.</param>
[Alias("street.loan-booked")]
public sealed record LoanBooked(DateTimeOffset At, LoanId Loan, int People) : TreatyEvent(At);

/// <summary>The loan came to no proposal: it may be made again.</summary>
[Alias("street.loan-dropped")]
public sealed record LoanDropped(DateTimeOffset At, LoanId Loan) : TreatyEvent(At);

/// <summary>The time was given back.</summary>
[Alias("street.loan-returned")]
public sealed record LoanReturned(DateTimeOffset At, LoanId Loan) : TreatyEvent(At);

/// <summary>The loan ended because nobody booked it in time.</summary>
[Alias("street.loan-lapsed")]
public sealed record LoanLapsed(DateTimeOffset At, LoanId Loan) : TreatyEvent(At);

/// <param name="Served">Minutes of all the people together.</param>
[Alias("street.loan-served")]
public sealed record LoanServed(DateTimeOffset At, LoanId Loan, Minutes Served) : TreatyEvent(At);

/// <summary>What was served under a loan is counted otherwise.</summary>
[Alias("street.loan-corrected")]
public sealed record LoanCorrected(DateTimeOffset At, LoanId Loan, StreetId Borrower, ServiceCorrection Correction) : TreatyEvent(At);

/// <summary>The demand knows that the loan is wanted back; a service that had begun runs to its end.</summary>
[Alias("street.loan-recalled")]
public sealed record LoanRecalled(DateTimeOffset At, LoanId Loan) : TreatyEvent(At);
