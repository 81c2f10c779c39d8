using System.Collections.Immutable;
using Pool.Actors;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Partners;
using Pool.Treaties;
using Pool.Values;

namespace Pool.Streets;

/// <summary>What the street lends: <see cref="TreatyRules"/> decides.</summary>
internal sealed partial class StreetGrain : ILenderGrain
{
    public async Task<Answer<StreetProfile>> SetTreaty(StreetId borrower, bool open, TreatyTerms? terms, Command command)
    {
        var unknown = Check.Lowest(await Task.WhenAll((terms?.Skills ?? []).Select(Unknown).Append(Unknown(borrower))));
        var answer = await Decide(command, (street, now) => TreatyRules.Set(street, Id, borrower, open, terms, unknown, now));
        Call(null);
        return Profile(answer);
    }

    public async Task<Answer<StreetProfile>> RecallLoans(StreetId borrower, string why, Command command) =>
        Profile(await Decide(command, (street, now) => TreatyRules.Recall(street, Id, borrower, why, now)));

    public async Task<Answer<TreatyAccount>> Account(StreetId borrower)
    {
        await HearOf(borrower, always: true);
        return Account(await Read(), borrower);
    }

    public async Task<Answer<ImmutableArray<LoanRequest>>> Requests(StreetId? borrower) =>
        (await Read()).Select(street => Unanswered(street, borrower));

    public async Task<Answer<TreatyAccount>> AnswerLoan(StreetId borrower, int request, bool approved, string note, Command command)
    {
        await HearOf(borrower, always: true);
        var answer = await Decide(command, (street, now) => TreatyRules.Answer(street, Id, borrower, request, approved, note, now));
        if (answer.Refusal is null && State.Loans.Requests.TryGetValue(request, out var answered))
        {
            // A demand that is not told searches again by itself.
            GrainFactory.Demand(answered.Demand).LookNow().Ignore();
        }

        return Account(answer, borrower);
    }

    public async Task<bool> Lends(StreetId borrower, SkillCode skill)
    {
        var lends = State.Profile?.TreatyWith(borrower) is { Open: true } treaty && treaty.Terms.Lends(skill);
        await Durable();
        return lends;
    }

    public async Task<Minutes> ServedTo(StreetId borrower)
    {
        var served = State.Loans.ServedTo(borrower);
        await Durable();
        return served;
    }

    public async Task<Clearance> Authorise(Borrowing borrowing, Footing? footing)
    {
        // At home there is nothing to write; the decision is made all the same, because one that was overtaken knows old holidays.
        await HearOf(borrowing.Home.Street);
        return await DecideAhead((street, now) => TreatyRules.Authorise(street, borrowing, LentBack(borrowing), now), footing);
    }

    public async Task<Clearance> WouldAuthorise(Borrowing borrowing)
    {
        await HearOf(borrowing.Home.Street);
        var clearance = TreatyRules.Authorise(State, borrowing, LentBack(borrowing), Now).Clearance;
        await Durable();
        return clearance;
    }

    public Task<bool> BookLoan(LoanId loan, int people, Footing? footing) => Freeing(DecideAhead((street, now) => TreatyRules.Book(street, loan, people, now), footing));

    public Task DropLoan(LoanId loan, DateTimeOffset lentAt) => Freeing(Decide((street, now) => TreatyRules.Drop(street, loan, lentAt, now)));

    public Task ReturnLoan(LoanId loan) => Freeing(Decide((street, now) => TreatyRules.Return(street, loan, now)));

    public Task ServeLoan(LoanId loan, Minutes served, Footing? footing) => Freeing(DecideAhead((street, now) => (TreatyRules.Serve(street, loan, served, now), true), footing));

    public Task CorrectLoan(StreetId borrower, PartnerId partner, ServiceCorrection correction) =>
        Decide((street, now) => TreatyRules.Correct(street, borrower, new(correction.Hold, partner), correction, now));

    protected override bool OwesStep => TreatyRules.NextStep(State) is not null;

    /// <summary>In a street that lends much there is always something that is not durable: the step waits for what it tells.</summary>
    protected override bool StepsAhead => true;

    protected override async Task CarryStep()
    {
        if (TreatyRules.NextStep(State) is { Loan: var loan })
        {
            await Durable();
            await GrainFactory.Demand(loan.Hold.Demand).Revoke(loan.Hold.Number, loan.Partner, ReleaseReason.LoanRecalled);
            await Decide((street, now) => TreatyRules.Recalled(street, loan, now));
        }
    }

    /// <summary>What is decided may free minutes of a treaty that limits them: whoever waits for some is called.</summary>
    private async Task<T> Freeing<T>(Task<T> decided)
    {
        var outcome = await decided;
        CallForMinutes().Ignore();
        return outcome;
    }

    private async Task CallForMinutes()
    {
        await Durable();
        if (State.Profile?.Treaties.Values.Any(treaty => treaty.Terms.MinutesPerQuarter > Minutes.Zero || treaty.Terms.TrustLimit > Minutes.Zero) == true)
        {
            Call(null);
        }
    }

    private Minutes LentBack(Borrowing borrowing) => _hints.LentBack.GetValueOrDefault(borrowing.Home.Street);

    /// <summary>Asks what a borrower has served in return, where a limit depends on it. It only grows: what is stale lends too little, never too much.</summary>
    private async Task HearOf(StreetId borrower, bool always = false)
    {
        if (borrower != Id && (always || State.Profile?.TreatyWith(borrower) is { Open: true, Terms.TrustLimit.Value: > 0 }))
        {
            _hints.LentBack[borrower] = await GrainFactory.Lender(borrower).ServedTo(Id);
        }
    }

    private Answer<TreatyAccount> Account(Answer<Street> answer, StreetId borrower)
    {
        if (answer.Value is not { } street)
        {
            return answer.Refusal!;
        }

        var (loans, quarter) = (street.Loans, Quarter.Of(Now));
        return street.Profile!.TreatyWith(borrower) is not { } treaty
            ? Refusal.Of(RefusalReason.TreatyNotFound, borrower.Text)
            : answer.Select(_ => new TreatyAccount(
                treaty, quarter, loans.UnderWay(borrower, null, Now), loans.ServedIn(borrower, quarter), loans.ServedTo(borrower), _hints.LentBack.GetValueOrDefault(borrower),
                Unanswered(street, borrower)));
    }

    private ImmutableArray<LoanRequest> Unanswered(Street street, StreetId? borrower) =>
        [.. street.Loans.Requests.Values.Where(request => request.Approved is null && request.LastStart > Now && (borrower is null || request.Home.Street == borrower))];

    private async Task<Refusal?> Unknown(SkillCode skill) =>
        (await GrainFactory.Skills().Get(skill)).Refusal is { } unknown ? unknown with { Fields = ["terms.skills"] } : null;

    private async Task<Refusal?> Unknown(StreetId borrower) =>
        borrower != Id && (await GrainFactory.Street(borrower).Get()).Refusal is { } unknown ? unknown with { Fields = ["borrower"] } : null;
}
