using Pool.Actors;
using Pool.Demands;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>
/// Every status against every verb. A cell is a refusal's reason, or the events that follow, each with a plus; the
/// cells come from the design and from the error lists of dispatch.proto and demands.proto.
/// </summary>
public sealed class DemandTableTests
{
    private const string Proposals = """
        status            | Accept            | Decline
        Pending           | +ProposalAccepted | +ProposalDeclined
        PendingPastExpiry | ProposalExpired   | ProposalExpired
        Accepted          | ProposalAccepted  | ProposalAccepted
        Declined          | ProposalDeclined  | ProposalDeclined
        Expired           | ProposalExpired   | ProposalExpired
        Withdrawn         | ProposalWithdrawn | ProposalWithdrawn
        """;

    // A confirmed assignment may be rated: its minutes are agreed, and what it still waits for is only the pool's own step.
    private const string Assignments = """
        status     | Start               | Complete             | Confirm                | Dispute                | Resolve               | Rate                 | GiveBack            | NoShowByPartner     | NoShowByCommunity   | Correct
        Held       | AssignmentNotBooked | AssignmentNotStarted | AssignmentNotCompleted | AssignmentNotCompleted | AssignmentNotDisputed | AssignmentNotSettled | +AssignmentReleased | +AssignmentReleased | +AssignmentReleased | AssignmentNotSettled
        Booked     | +AssignmentStarted  | AssignmentNotStarted | AssignmentNotCompleted | AssignmentNotCompleted | AssignmentNotDisputed | AssignmentNotSettled | +AssignmentReleased | +AssignmentReleased | +AssignmentReleased | AssignmentNotSettled
        Started    | AssignmentStarted   | +AssignmentCompleted | AssignmentNotCompleted | AssignmentNotCompleted | AssignmentNotDisputed | AssignmentNotSettled | AssignmentStarted   | AssignmentStarted   | AssignmentStarted   | AssignmentNotSettled
        Completed  | AssignmentCompleted | AssignmentCompleted  | +AssignmentConfirmed   | +AssignmentDisputed    | AssignmentNotDisputed | AssignmentNotSettled | AssignmentCompleted | AssignmentCompleted | AssignmentCompleted | AssignmentNotSettled
        Disputed   | AssignmentDisputed  | AssignmentDisputed   | AssignmentDisputed     | AssignmentDisputed     | +DisputeResolved      | AssignmentNotSettled | AssignmentDisputed  | AssignmentDisputed  | AssignmentDisputed  | AssignmentNotSettled
        Confirmed  | AssignmentConfirmed | AssignmentConfirmed  | AssignmentConfirmed    | AssignmentConfirmed    | AssignmentNotDisputed | +AssignmentRated     | AssignmentConfirmed | AssignmentConfirmed | AssignmentConfirmed | AssignmentNotSettled
        Settled    | AssignmentSettled   | AssignmentSettled    | AssignmentSettled      | AssignmentSettled      | AssignmentNotDisputed | +AssignmentRated     | AssignmentSettled   | AssignmentSettled   | AssignmentSettled   | +AssignmentCorrected
        Correcting | AssignmentSettled   | AssignmentSettled    | AssignmentSettled      | AssignmentSettled      | AssignmentNotDisputed | +AssignmentRated     | AssignmentSettled   | AssignmentSettled   | AssignmentSettled   | AssignmentConfirmed
        Released   | AssignmentReleased  | AssignmentReleased   | AssignmentReleased     | AssignmentReleased     | AssignmentNotDisputed | AssignmentReleased   | AssignmentReleased  | AssignmentReleased  | AssignmentReleased  | AssignmentReleased
        """;

    private const string Demands = """
        status        | Cancel                              | Change
        Open          | +DemandCancelled                    | +DemandChanged
        OpenProposed  | +DemandCancelled                    | +DemandChanged
        FilledHeld    | +AssignmentReleased+DemandCancelled | DemandFilled
        FilledBooked  | +AssignmentReleased+DemandCancelled | DemandFilled
        FilledStarted | +DemandCancelled                    | DemandFilled
        FilledSettled | AssignmentSettled                   | DemandFilled
        Expired       | DemandExpired                       | DemandExpired
        Cancelled     | DemandCancelled                     | DemandCancelled
        NeverPosted   | DemandNotFound                      | DemandNotFound
        """;

    private static readonly DateTimeOffset Now = Some.Now.AddMinutes(5);

    private static readonly string[] PartnerVerbs = ["Start", "Complete", "GiveBack", "NoShowByPartner"];

    private static readonly string[] CommunityVerbs = ["Confirm", "Dispute", "Rate", "NoShowByCommunity"];

    public static TheoryData<string, string, string> ProposalCells() => Tables.Cells(Proposals);

    public static TheoryData<string, string, string> AssignmentCells() => Tables.Cells(Assignments);

    public static TheoryData<string, string, string> DemandCells() => Tables.Cells(Demands);

    public static TheoryData<string> NumberedVerbs() => [.. PartnerVerbs, .. CommunityVerbs, "Resolve", "Correct"];

    [Theory, MemberData(nameof(ProposalCells))]
    public void A_proposal_answers_each_verb_by_its_status(string status, string verb, string expected)
    {
        var at = status == "PendingPastExpiry" ? Some.Now.AddMinutes(15) : Now;
        Assert.Equal(expected, Answer(Proposal(status), verb, 1, Some.Asked, at).Told());
    }

    [Theory, MemberData(nameof(AssignmentCells))]
    public void An_assignment_answers_each_verb_by_its_status(string status, string verb, string expected) =>
        Assert.Equal(expected, Do(Assignment(status), verb).Told());

    [Theory, MemberData(nameof(DemandCells))]
    public void A_demand_answers_each_verb_by_its_status(string status, string verb, string expected) =>
        Assert.Equal(expected, (verb switch
        {
            "Cancel" => DemandRules.Cancel(Whole(status), Some.Home, "", Now),
            "Change" => DemandRules.Change(Whole(status), new(null, 2, null, null, null, null, null, null), Now),
            _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, null),
        }).Told());

    [Theory]
    [InlineData("Pending", "+ProposalWithdrawn")]
    [InlineData("Declined", "-")]
    [InlineData("Expired", "-")]
    [InlineData("Withdrawn", "-")]
    [InlineData("Held", "+AssignmentReleased")]
    [InlineData("Booked", "+AssignmentReleased")]
    [InlineData("Started", "-")]
    [InlineData("Completed", "-")]
    [InlineData("Settled", "-")]
    [InlineData("Released", "-")]
    public void A_partner_s_suspension_ends_what_has_not_begun(string status, string expected)
    {
        var demand = status is "Pending" or "Declined" or "Expired" or "Withdrawn" ? Proposal(status) : Assignment(status);
        Assert.Equal(expected, ProposalRules.Revoked(demand, 1, Some.Partner, ReleaseReason.PartnerSuspended, Now).Told());
        Assert.Equal("-", ProposalRules.Revoked(demand, 1, Some.Stranger, ReleaseReason.PartnerSuspended, Now).Told());
        Assert.Equal("-", ProposalRules.Revoked(demand, 2, Some.Partner, ReleaseReason.PartnerSuspended, Now).Told());
    }

    [Theory, MemberData(nameof(AssignmentCells))]
    public void A_stranger_learns_nothing_of_an_assignments_status(string status, string verb, string expected)
    {
        Assert.NotEmpty(expected);
        var partner = PartnerVerbs.Contains(verb);
        if (!partner && !CommunityVerbs.Contains(verb))
        {
            return;
        }

        var refusal = Do(Assignment(status), verb, partner: Some.Unasked, community: Some.Neighbour).Refusal;
        Assert.Equal(partner ? RefusalReason.NotTheProposedPartner : RefusalReason.NotTheDemandsCommunity, refusal?.Reason);
        Assert.Equal([partner ? "partner" : "community"], refusal!.Fields);
    }

    [Theory, MemberData(nameof(ProposalCells))]
    public void A_stranger_cannot_answer_a_proposal(string status, string verb, string expected)
    {
        Assert.NotEmpty(expected);
        var refusal = Answer(Proposal(status), verb, 1, Some.Unasked, Now).Refusal;
        Assert.Equal(RefusalReason.NotTheProposedPartner, refusal?.Reason);
        Assert.Equal(["partner"], refusal!.Fields);
    }

    [Theory]
    [InlineData("Accept")]
    [InlineData("Decline")]
    public void A_proposal_that_was_never_made_is_not_found(string verb)
    {
        Assert.All([int.MinValue, -1, 0, 2, int.MaxValue], number =>
            Assert.Equal("ProposalNotFound", Answer(Some.Proposed(), verb, number, Some.Asked, Now).Told()));
        Assert.Equal("DemandNotFound", Answer(Demand.Empty, verb, 1, Some.Asked, Now).Told());
    }

    [Theory, MemberData(nameof(NumberedVerbs))]
    public void An_assignment_that_never_was_is_not_found(string verb)
    {
        Assert.All([int.MinValue, -1, 0, 2, int.MaxValue], number => Assert.Equal("AssignmentNotFound", Do(Assignment("Booked"), verb, number).Told()));
        Assert.Equal("AssignmentNotFound", Do(Some.Proposed(), verb).Told());
        Assert.Equal("AssignmentNotFound", Do(Proposal("Declined"), verb).Told());
        Assert.Equal("DemandNotFound", Do(Demand.Empty, verb).Told());
    }

    [Theory]
    [InlineData("Open")]
    [InlineData("FilledBooked")]
    [InlineData("Expired")]
    [InlineData("Cancelled")]
    public void Another_community_cannot_cancel_a_demand_whatever_its_status(string status)
    {
        var refusal = DemandRules.Cancel(Whole(status), Some.Neighbour, "", Now).Refusal;
        Assert.Equal(RefusalReason.NotTheDemandsCommunity, refusal?.Reason);
        Assert.Equal(["community"], refusal!.Fields);
    }

    [Theory]
    [InlineData("Open", DemandStatus.Open)]
    [InlineData("OpenProposed", DemandStatus.Open)]
    [InlineData("FilledHeld", DemandStatus.Filled)]
    [InlineData("FilledSettled", DemandStatus.Filled)]
    [InlineData("Expired", DemandStatus.Expired)]
    [InlineData("Cancelled", DemandStatus.Cancelled)]
    public void A_demand_is_open_filled_expired_or_cancelled(string status, DemandStatus expected) =>
        Assert.Equal(expected, Whole(status).Status);

    private static Decision<DemandEvent> Answer(Demand demand, string verb, int number, RegisteredPartner partner, DateTimeOffset now) => verb switch
    {
        "Accept" => ProposalRules.Accept(demand, number, partner, now),
        "Decline" => ProposalRules.Decline(demand, number, partner, DeclineReason.NoTime, "", now),
        _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, null),
    };

    private static Decision<DemandEvent> Do(Demand demand, string verb, int number = 1, RegisteredPartner? partner = null, CommunityId? community = null)
    {
        var (who, home) = (partner ?? Some.Asked, community ?? Some.Home);
        return verb switch
        {
            "Start" => AssignmentRules.Start(demand, number, who, Now),
            "Complete" => AssignmentRules.Complete(demand, number, who, Some.Hour, Now),
            "Confirm" => AssignmentRules.Confirm(demand, number, home, Some.Hour, Now),
            "Dispute" => AssignmentRules.Dispute(demand, number, home, "Nobody came upstairs.", Now),
            "Resolve" => AssignmentRules.Resolve(demand, number, Some.Hour, "Both were heard.", Now),
            "Correct" => AssignmentRules.Correct(demand, number, new(61), "It took a minute longer.", Now),
            "Rate" => AssignmentRules.Rate(demand, number, home, 5, "", Now),
            "GiveBack" => AssignmentRules.GiveBack(demand, number, who, "", Now),
            "NoShowByPartner" => AssignmentRules.NoShow(demand, number, who, null, "", Now),
            "NoShowByCommunity" => AssignmentRules.NoShow(demand, number, null, home, "", Now),
            _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, null),
        };
    }

    private static Demand Proposal(string status) => status switch
    {
        "Pending" or "PendingPastExpiry" => Some.Proposed(),
        "Accepted" => Some.Proposed().After(new ProposalAccepted(Now, 1, [1])),
        "Declined" => Some.Proposed().After(new ProposalDeclined(Now, 1, DeclineReason.TooFar, "")),
        "Expired" => Some.Proposed().After(new ProposalExpired(Now, 1)),
        "Withdrawn" => Some.Proposed().After(new DemandCancelled(Now, "")),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    private static Demand Assignment(string status) => status switch
    {
        "Held" => Proposal("Accepted"),
        "Booked" => Assignment("Held").After(new AssignmentBooked(Now, 1)),
        "Started" => Assignment("Booked").After(new AssignmentStarted(Now, 1)),
        "Completed" => Assignment("Started").After(new AssignmentCompleted(Now, 1, Some.Hour)),
        "Disputed" => Assignment("Completed").After(new AssignmentDisputed(Now, 1, null, "")),
        "Confirmed" => Assignment("Completed").After(new AssignmentConfirmed(Now, 1, Some.Hour, Some.Hour)),
        "Settled" => Assignment("Confirmed").After(new AssignmentSettled(Now, 1)),
        "Correcting" => Assignment("Settled").After(new AssignmentCorrected(Now, 1, new(30), "")),
        "Released" => Assignment("Booked").After(new AssignmentReleased(Now, 1, ReleaseReason.PartnerCancelled, "")),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    private static Demand Whole(string status) => status switch
    {
        "Open" => Some.Posted(),
        "OpenProposed" => Some.Proposed(),
        "FilledHeld" => Assignment("Held"),
        "FilledBooked" => Assignment("Booked"),
        "FilledStarted" => Assignment("Started"),
        "FilledSettled" => Assignment("Settled"),
        "Expired" => Some.Posted().After(new DemandExpired(Now)),
        "Cancelled" => Some.Posted().After(new DemandCancelled(Now, "")),
        "NeverPosted" => Demand.Empty,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };
}
