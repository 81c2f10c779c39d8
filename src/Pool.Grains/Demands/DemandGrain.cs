using System.Diagnostics;
using Pool.Actors;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Partners;
using Pool.Streets;
using Pool.Values;

namespace Pool.Demands;

[GrainType("demand")]
internal sealed partial class DemandGrain(ActorServices services) : EventSourcedGrain<Demand, DemandEvent>(services), IDemandGrain
{
    protected override int SnapshotEvery => 128;

    public async Task<Answer<Demand>> RecallPosting(Command command) =>
        await Recall(command) ?? Refusal.Of(RefusalReason.AlreadyExists, Stream);

    public Task<Answer<Demand>> Get() => Read();

    public async Task<Answer<Explanation>> Explain()
    {
        var answer = await Get();
        if (answer.Refusal is not null)
        {
            return answer.Refusal;
        }

        var history = (await History()).Select(record => (Record: record, Event: EventCatalogue<DemandEvent>.Read(record))).ToList();
        var searches = Explanation.Searched(history.Select(entry => entry.Event));
        var streets = searches.SelectMany(search => search.Streets).Select(found => found.Street).Distinct();
        var fairness = await Task.WhenAll(streets.Select(street => Street(street).Fairness(answer.Value!.Terms.Skill)));
        return answer.Select(demand => new Explanation(
            demand,
            searches,
            [.. history.Select(entry => new ExplainedEvent(
                entry.Event.At, entry.Record.Position, entry.Record.Type, Explanation.ProposalOf(entry.Event), entry.Record.Actor, TraceId(entry.Record)))],
            [.. fairness]));
    }

    public Task<Answer<Demand>> Change(DemandPatch patch, Command command) =>
        Decide(command, (demand, now) => DemandRules.Change(demand, patch, now));

    public Task<Answer<Demand>> Cancel(CommunityId community, string why, Command command) =>
        Decide(command, (demand, now) => DemandRules.Cancel(demand, community, why, now));

    /// <summary>The answer leaves when the partner's calendar has the booking, so that the service can start at once.</summary>
    public async Task<Answer<Demand>> Accept(int number, RegisteredPartner partner, Command command) => await Carried(
        await Decide(command, (demand, now) => ProposalRules.Accept(demand, number, partner, now)),
        until: demand => demand.Proposal(number).Hold != HoldStatus.Held);

    public Task Revoke(int number, PartnerId partner, ReleaseReason why) => Decide((demand, now) => ProposalRules.Revoked(demand, number, partner, why, now));

    public Task<Answer<Demand>> Decline(int number, RegisteredPartner partner, DeclineReason why, string note, Command command) =>
        Decide(command, (demand, now) => ProposalRules.Decline(demand, number, partner, why, note, now));

    public Task<Answer<Demand>> Start(int number, RegisteredPartner partner, Command command) =>
        Decide(command, (demand, now) => AssignmentRules.Start(demand, number, partner, now));

    public Task<Answer<Demand>> Complete(int number, RegisteredPartner partner, Minutes served, Command command) =>
        Decide(command, (demand, now) => AssignmentRules.Complete(demand, number, partner, served, now));

    public Task<Answer<Demand>> Confirm(int number, CommunityId community, Minutes served, Command command) =>
        Decide(command, (demand, now) => AssignmentRules.Confirm(demand, number, community, served, now));

    public Task<Answer<Demand>> Dispute(int number, CommunityId community, string note, Command command) =>
        Decide(command, (demand, now) => AssignmentRules.Dispute(demand, number, community, note, now));

    public Task<Answer<Demand>> Resolve(int number, Minutes agreed, string note, Command command) =>
        Decide(command, (demand, now) => AssignmentRules.Resolve(demand, number, agreed, note, now));

    /// <summary>The answer leaves when the ledgers have corrected it, with the entries that stand now.</summary>
    public Task<Answer<Demand>> Correct(int number, Minutes agreed, string note, Command command) => Decide(
        command,
        (demand, now) => AssignmentRules.Correct(demand, number, agreed, note, now),
        until: demand => demand.Proposal(number).Assignment!.Correcting is null,
        ends: happened => happened is CorrectionSettled settled && settled.Number == number);

    public Task<Answer<Demand>> Rate(int number, CommunityId community, int stars, string comment, Command command) =>
        Decide(command, (demand, now) => AssignmentRules.Rate(demand, number, community, stars, comment, now));

    public Task<Answer<Demand>> GiveBack(int number, RegisteredPartner partner, string note, Command command) =>
        Decide(command, (demand, now) => AssignmentRules.GiveBack(demand, number, partner, note, now));

    public Task<Answer<Demand>> NoShow(int number, RegisteredPartner? partner, CommunityId? community, string note, Command command) =>
        Decide(command, (demand, now) => AssignmentRules.NoShow(demand, number, partner, community, note, now));

    protected override Decision<DemandEvent> Tick(Demand demand, DateTimeOffset now) => DemandRules.Tick(demand, now);

    protected override bool OwesStep => State.Exists && DemandRules.NextStep(State, Now) is not null;

    protected override bool StepsAhead => DemandRules.NextStep(State, Now) is SearchRing or HoldBest or ConfirmHold or Demands.Settle;

    protected override bool TimerIsDue => State.Search.RetryAt <= Now;

    protected override Task CarryStep() => DemandRules.NextStep(State, Now) switch
    {
        SearchRing => Search(),
        JoinRound => AwaitRound(),
        HoldBest => InTurn(() => DemandRules.NextStep(State, Now) is HoldBest hold ? Hold(hold, State, DemandRules.Asked) : Task.CompletedTask),
        EnterQueue => Queue(),
        LookAgain => SearchAgain(),
        ConfirmHold confirm => Confirm(confirm.Proposal),
        ReturnHold back => Return(back.Proposal),
        WithdrawMoot => Decide(ProposalRules.Withdrawn),
        Settle settle => Settle(settle.Proposal),
        Correct correct => Correct(correct.Proposal),
        RecordRating rating => Record(rating.Proposal),
        _ => Task.CompletedTask,
    };

    private IStreetGrain Street(StreetId street) => GrainFactory.Street(street);

    private async Task Confirm(Proposal proposal)
    {
        var failed = !await HoldPayment(proposal) ? ReleaseReason.NotCovered : !await Book(proposal) ? ReleaseReason.HoldEnded : (ReleaseReason?)null;
        await Decide((demand, now) => AssignmentRules.Booked(demand, proposal.Number, failed, now));
    }

    /// <summary>Makes the accepted hold a booking.</summary>
    /// <returns>False where the loan or the hold has ended.</returns>
    private async Task<bool> Book(Proposal proposal)
    {
        var (hold, people) = (proposal.HoldOf(State.Id), proposal.Seats.Length);
        return (!IsLent(proposal.Candidate) || await CallAhead(Lender(proposal.Candidate), (lender, footing) => lender.BookLoan(new(hold, proposal.Partner), people, footing)))
            && await CallAhead(Partner(proposal.Partner), (partner, footing) => partner.Confirm(hold, people, footing));
    }

    private async Task Return(Proposal proposal)
    {
        await ReleasePayment(proposal);
        await GiveBack(proposal.Candidate, proposal.HoldOf(State.Id), proposal.Assignment?.Released == ReleaseReason.PartnerNoShow);
        await Decide((demand, now) => AssignmentRules.HoldReturned(demand, proposal.Number, now));
    }

    private async Task Settle(Proposal proposal)
    {
        var (hold, served) = (proposal.HoldOf(State.Id), proposal.Assignment!.AgreedMinutes!.Value);
        var entries = await Pay(proposal, served);
        await CallAhead(Partner(proposal.Partner), (partner, footing) => partner.RecordService(hold, State.Terms.Skill, proposal.Candidate.FeeMode, served, footing));
        if (IsLent(proposal.Candidate))
        {
            await CallAhead(Lender(proposal.Candidate), (lender, footing) => lender.ServeLoan(new(hold, proposal.Partner), served.Times(proposal.Seats.Length), footing));
        }

        await Decide((demand, now) => AssignmentRules.Settled(demand, proposal.Number, entries, now));
    }

    private async Task Correct(Proposal proposal)
    {
        var (hold, assignment, people) = (proposal.HoldOf(State.Id), proposal.Assignment!, proposal.Seats.Length);
        var entries = await CorrectPayment(proposal, assignment.AgreedMinutes!.Value);
        var correction = new ServiceCorrection(
            hold, assignment.Corrections, Quarter.Of(assignment.EndedAt!.Value), assignment.Correcting!.Before.Times(people), assignment.AgreedMinutes.Value.Times(people));
        await Partner(proposal.Partner).CorrectService(correction);
        if (IsLent(proposal.Candidate))
        {
            await Lender(proposal.Candidate).CorrectLoan(State.Community.Street, proposal.Partner, correction with { Quarter = Quarter.Of(proposal.MadeAt) });
        }

        await Decide((demand, now) => AssignmentRules.CorrectionSettled(demand, proposal.Number, entries, now));
    }

    private async Task Record(Proposal proposal)
    {
        await Partner(proposal.Partner).RecordRating(proposal.HoldOf(State.Id), proposal.Assignment!.Stars!.Value);
        await Decide((demand, now) => AssignmentRules.RatingRecorded(demand, proposal.Number, now));
    }

    private static string TraceId(JournalRecord record) =>
        ActivityContext.TryParse(record.TraceParent, null, out var context) ? context.TraceId.ToHexString() : "";
}
