using System.Collections.Immutable;
using Pool.Actors;
using Pool.Matching;
using Pool.Partners;
using Pool.Streets;
using Pool.Values;

namespace Pool.Treaties;

/// <summary>What a street lends, to whom, and how it gets it back.</summary>
public static class TreatyRules
{
    /// <summary>Opens or closes what this street lends to a borrower, and says under which terms.</summary>
    /// <param name="terms">Null: as they were, or unbound in a new treaty.</param>
    /// <param name="unknown">What the borrower, or the catalogue, says against it; null where all is known.</param>
    public static Decision<StreetEvent> Set(
        Street street, StreetId id, StreetId borrower, bool open, TreatyTerms? terms, Refusal? unknown, DateTimeOffset now)
    {
        var before = street.Profile?.TreatyWith(borrower)?.Terms ?? TreatyTerms.Unbound;
        var agreed = terms ?? before;
        var lent = street.Loans.UnderWay(borrower, Quarter.Of(now), now) + street.Loans.ServedIn(borrower, Quarter.Of(now));
        var refusal = Check.Lowest(
            Fault(agreed),
            street.Exists ? null : Refusal.Of(RefusalReason.StreetNotFound, id.Text),
            unknown,
            borrower == id ? Refusal.At("borrower", RefusalReason.TreatyWithItself) : null,
            // More may have been served than was lent for: a limit that is not lowered is no fault.
            IsLower(agreed.MinutesPerQuarter, before.MinutesPerQuarter) && agreed.MinutesPerQuarter < lent
                ? Refusal.At("terms.minutes_per_quarter", RefusalReason.QuotaBelowLent, $"{lent.Value}")
                : null);
        return refusal is null ? new TreatySet(now, borrower, open, agreed) : refusal;
    }

    /// <param name="unknown">What the borrower, or the catalogue, says against it; null where all is known.</param>
    public static Refusal? RehearsalFault(Street street, StreetId id, StreetId borrower, TreatyTerms terms, int days, Refusal? unknown) => Check.Lowest(
        Fault(terms),
        Check.Range("days", days, 1, Limits.RehearsedDays),
        street.Exists ? null : Refusal.Of(RefusalReason.StreetNotFound, id.Text),
        unknown,
        borrower == id ? Refusal.At("borrower", RefusalReason.TreatyWithItself) : null);

    /// <summary>Closes a treaty and asks back what has not begun.</summary>
    public static Decision<StreetEvent> Recall(Street street, StreetId id, StreetId borrower, string why, DateTimeOffset now) =>
        Check.Lowest(Check.Text("reason", why, Limits.TextLength), Missing(street, id, borrower)) is { } refusal ? refusal : new TreatyRecalled(now, borrower, why);

    /// <summary>
    /// Whether a partner of this street may be asked for its time. At home it may; another street needs an open treaty that
    /// lends the skill, minutes that are left of the quarter's and of what it is trusted with, and the clerk's word where
    /// the treaty says so. The same loan again gets the same answer.
    /// </summary>
    /// <param name="lentBack">What the borrower has served in return.</param>
    public static (Decision<StreetEvent> Decision, Clearance Clearance) Authorise(Street street, Borrowing borrowing, Minutes lentBack, DateTimeOffset now)
    {
        var (borrower, id) = (borrowing.Home.Street, borrowing.Loan);
        if (street.Profile is not { } profile)
        {
            return (default, Clearance.Refused(CandidateReason.NoTreaty));
        }

        var closed = profile.ClosedTo(borrower);
        if (profile.Id == borrower)
        {
            return (default, Clearance.For(borrowing.People, closed));
        }

        if (street.Loans.Loans.TryGetValue(id, out var lent) && !lent.Lapsed(now) && !lent.Recalled)
        {
            return (default, Clearance.For(lent.People, closed, lent.LentAt));
        }

        if (lent is not null || street.Loans.Ended.ContainsKey(id) || borrowing.ExpiresAt <= now)
        {
            return (default, Clearance.Refused(CandidateReason.HoldEnded));
        }

        var lending = Lending.Of(street, borrower, lentBack, now);
        if (Unlent(lending, borrowing.Skill, borrowing.Each) is { } reason)
        {
            return (default, Clearance.Refused(reason));
        }

        var people = (int)Math.Min(borrowing.People, lending.Left.Value / borrowing.Each.Value);
        if (lending.Terms!.NeedsApproval && Unapproved(street, borrowing, people, now) is var (asked, answer))
        {
            return (asked, Clearance.Refused(answer));
        }

        return (
            Lapse(street, now).Add(new LoanAuthorised(now, id, borrower, borrowing.Skill, borrowing.Each, people, borrowing.ExpiresAt + Calendar.Grace)),
            Clearance.For(people, closed, now));
    }

    /// <summary>Why nobody of this skill is lent for so long; null where somebody is.</summary>
    /// <param name="each">Minutes of each of the people.</param>
    public static CandidateReason? Unlent(Lending lending, SkillCode skill, Minutes each) =>
        lending.Terms is null ? CandidateReason.NoTreaty
        : !lending.Terms.Lends(skill) ? CandidateReason.SkillNotLent
        : lending.LeftOfQuarter < each ? CandidateReason.QuotaUsed
        : lending.LeftOfTrust < each ? CandidateReason.TrustUsed
        : null;

    /// <summary>An accepted proposal makes the loan one that does not expire, unless it has ended, or is wanted back.</summary>
    /// <param name="people">How many of the people lent are needed, at least 1.</param>
    public static (Decision<StreetEvent> Decision, bool Booked) Book(Street street, LoanId id, int people, DateTimeOffset now) =>
        !street.Loans.Loans.TryGetValue(id, out var loan) || loan.Lapsed(now) || (loan.Recalled && !loan.IsBooked) ? (Lapse(street, now), false)
        : (loan.IsBooked ? default(Decision<StreetEvent>) : new LoanBooked(now, id, people), true);

    /// <summary>A loan that came to no proposal is given back; what is booked, or was lent since, stays.</summary>
    public static Decision<StreetEvent> Drop(Street street, LoanId id, DateTimeOffset lentAt, DateTimeOffset now) =>
        street.Loans.Loans.TryGetValue(id, out var loan) && !loan.IsBooked && loan.LentAt == lentAt ? new LoanDropped(now, id) : default(Decision<StreetEvent>);

    /// <summary>The time is given back. Nothing to do when the loan has ended.</summary>
    public static Decision<StreetEvent> Return(Street street, LoanId id, DateTimeOffset now) =>
        street.Loans.Loans.ContainsKey(id) ? new LoanReturned(now, id) : default(Decision<StreetEvent>);

    /// <summary>The service ends the loan and is counted, once.</summary>
    /// <param name="served">Minutes of all the people together.</param>
    public static Decision<StreetEvent> Serve(Street street, LoanId id, Minutes served, DateTimeOffset now) =>
        street.Loans.Loans.TryGetValue(id, out var loan) && loan.IsBooked ? new LoanServed(now, id, served) : default(Decision<StreetEvent>);

    /// <summary>Idempotent by the correction's number.</summary>
    public static Decision<StreetEvent> Correct(Street street, StreetId borrower, LoanId id, ServiceCorrection correction, DateTimeOffset now) =>
        street.Loans.Corrections.GetValueOrDefault(id) < correction.Number ? new LoanCorrected(now, id, borrower, correction) : default(Decision<StreetEvent>);

    /// <summary>The clerk's answer to a request.</summary>
    public static Decision<StreetEvent> Answer(Street street, StreetId id, StreetId borrower, int number, bool approved, string note, DateTimeOffset now)
    {
        var request = street.Loans.Requests.GetValueOrDefault(number);
        var refusal = Check.Lowest(
            Check.OptionalText("note", note, Limits.TextLength),
            Missing(street, id, borrower),
            request is null || request.Home.Street != borrower ? Refusal.At("request", RefusalReason.LoanRequestNotFound, $"{number}") : null,
            request?.Approved is null ? null : Refusal.Of(RefusalReason.LoanRequestAnswered));
        return refusal is null ? new LoanAnswered(now, number, approved, note) : refusal;
    }

    /// <summary>What this street still owes: word to the demands whose loans it wants back.</summary>
    public static RecallLoan? NextStep(Street street) => street.Loans.ToRecall.IsEmpty
        ? null
        : new(street.Loans.ToRecall.MinBy(loan => $"{loan.Hold.Text} {loan.Partner}", StringComparer.Ordinal));

    public static Decision<StreetEvent> Recalled(Street street, LoanId id, DateTimeOffset now) =>
        street.Loans.ToRecall.Contains(id) ? new LoanRecalled(now, id) : default(Decision<StreetEvent>);

    /// <summary>
    /// The clerk has to be asked, has not answered, or has declined: what happens, and the reason; null where the loan is
    /// approved. For one demand the clerk is asked for no more people at a time than it wants.
    /// </summary>
    private static (Decision<StreetEvent> Asked, CandidateReason Reason)? Unapproved(Street street, Borrowing borrowing, int people, DateTimeOffset now) =>
        street.Loans.RequestsOf(borrowing.Loan.Hold.Demand, now).LastOrDefault(request => request.Offer.Partner == borrowing.Loan.Partner) switch
        {
            null when street.Loans.Unanswered(borrowing.Loan.Hold.Demand, now).Sum(request => request.People) >= borrowing.People => (default, CandidateReason.AwaitsApproval),
            null => (new LoanAsked(now, new(
                street.Loans.LastRequest + 1, now, borrowing.Home, borrowing.Loan.Hold.Demand, borrowing.Offer, borrowing.Skill, people, borrowing.Each, borrowing.LastStart)),
                CandidateReason.AwaitsApproval),
            { Approved: null } => (default, CandidateReason.AwaitsApproval),
            { Approved: false } => (default, CandidateReason.LoanDeclined),
            _ => null,
        };

    /// <summary>Ends every loan whose time has passed; nothing waits for it, so that it is done when the next one is made.</summary>
    private static ImmutableArray<StreetEvent> Lapse(Street street, DateTimeOffset now) =>
        [.. street.Loans.Loans.Values.Where(loan => loan.Lapsed(now)).Select(loan => new LoanLapsed(now, loan.Id))];

    private static Refusal? Missing(Street street, StreetId id, StreetId borrower) =>
        street.Profile is not { } profile ? Refusal.Of(RefusalReason.StreetNotFound, id.Text)
        : profile.TreatyWith(borrower) is null ? Refusal.Of(RefusalReason.TreatyNotFound, borrower.Text)
        : null;

    /// <summary>Whether a limit, of which 0 is none, is lower than another.</summary>
    private static bool IsLower(Minutes limit, Minutes other) => limit > Minutes.Zero && (other == Minutes.Zero || limit < other);

    private static Refusal? Fault(TreatyTerms terms) => Check.Lowest(
        Check.Range("terms.skills", terms.Skills.Length, 0, Limits.TreatySkills),
        Check.Range("terms.minutes_per_quarter", terms.MinutesPerQuarter, Minutes.Zero, Limits.MostLent),
        Check.Range("terms.trust_limit_minutes", terms.TrustLimit, Minutes.Zero, Limits.MostLent));
}

/// <summary>Tell a demand that its loan is wanted back.</summary>
public sealed record RecallLoan(LoanId Loan);
