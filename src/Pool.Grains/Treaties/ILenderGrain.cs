using System.Collections.Immutable;
using Pool.Actors;
using Pool.EventSourcing;
using Pool.Partners;
using Pool.Streets;
using Pool.Values;

namespace Pool.Treaties;

/// <summary>A street as the one that lends: its treaties, and the loans under them.</summary>
[Alias("pool.ILenderGrain")]
public interface ILenderGrain : IGrainWithStringKey
{
    /// <summary>Opens or closes what this street lends to a borrower.</summary>
    /// <param name="terms">Null: as they were, or unbound in a new treaty.</param>
    [Alias("SetTreaty")]
    Task<Answer<StreetProfile>> SetTreaty(StreetId borrower, bool open, TreatyTerms? terms, Command command);

    /// <summary>Closes a treaty and asks back what has not begun; the demands are told after the answer.</summary>
    [Alias("RecallLoans")]
    Task<Answer<StreetProfile>> RecallLoans(StreetId borrower, string why, Command command);

    [Alias("Account")]
    Task<Answer<TreatyAccount>> Account(StreetId borrower);

    /// <summary>The loans for which the clerk is asked, the oldest first.</summary>
    /// <param name="borrower">Of one borrower; null for all.</param>
    [Alias("Requests")]
    Task<Answer<ImmutableArray<LoanRequest>>> Requests(StreetId? borrower);

    /// <summary>The clerk's answer to a request.</summary>
    [Alias("AnswerLoan")]
    Task<Answer<TreatyAccount>> AnswerLoan(StreetId borrower, int request, bool approved, string note, Command command);

    /// <summary>What a treaty would have changed for the borrower's demands of the last days; nothing is written.</summary>
    /// <param name="days">1 to 92.</param>
    [Alias("Rehearse"), ResponseTimeout(Patience.ForLongVerbs)]
    Task<Answer<TreatyRehearsal>> Rehearse(StreetId borrower, TreatyTerms terms, int days);

    /// <summary>Whether this street lends partners of a skill to another now.</summary>
    [Alias("Lends")]
    Task<bool> Lends(StreetId borrower, SkillCode skill);

    /// <summary>Minutes that this street has served for another since the beginning.</summary>
    [Alias("ServedTo")]
    Task<Minutes> ServedTo(StreetId borrower);

    /// <summary>Whether a partner of this street may be asked for its time; to another street it is lent, durably. Idempotent by the loan.</summary>
    /// <param name="footing">What the call rests on; null where that is durable.</param>
    [Alias("Authorise")]
    Task<Clearance> Authorise(Borrowing borrowing, Footing? footing = null);

    /// <summary>What <see cref="Authorise"/> would answer now; nothing is lent.</summary>
    [Alias("WouldAuthorise")]
    Task<Clearance> WouldAuthorise(Borrowing borrowing);

    /// <summary>The proposal was accepted; false when the loan has ended, or is wanted back.</summary>
    /// <param name="footing">What the call rests on; null where that is durable.</param>
    [Alias("BookLoan")]
    Task<bool> BookLoan(LoanId loan, int people, Footing? footing = null);

    /// <summary>Gives back a loan that came to no proposal, so that it may be made again; idempotent.</summary>
    [Alias("DropLoan")]
    Task DropLoan(LoanId loan, DateTimeOffset lentAt);

    /// <summary>The time is given back; idempotent.</summary>
    [Alias("ReturnLoan")]
    Task ReturnLoan(LoanId loan);

    /// <summary>Ends the loan with the minutes served by all its people together; idempotent.</summary>
    /// <param name="footing">What the call rests on; null where that is durable.</param>
    [Alias("ServeLoan")]
    Task ServeLoan(LoanId loan, Minutes served, Footing? footing = null);

    /// <summary>Counts what was served under a loan otherwise than before; idempotent by the correction's number.</summary>
    [Alias("CorrectLoan")]
    Task CorrectLoan(StreetId borrower, PartnerId partner, ServiceCorrection correction);
}
