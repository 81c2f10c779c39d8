using System.Globalization;
using Pool.Actors;
using Pool.Demands;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>What the table's cells carry: who released, which minutes were agreed, which input is out of bounds.</summary>
public sealed class AssignmentRulesTests
{
    private static readonly DateTimeOffset Now = Some.Now.AddHours(3);

    [Theory]
    [InlineData(60, 60, 60L)]
    [InlineData(60, 75, 67L)]
    [InlineData(75, 60, 67L)]
    [InlineData(0, 15, 7L)]
    [InlineData(60, 76, null)]
    [InlineData(76, 60, null)]
    [InlineData(1440, 0, null)]
    public void Reports_within_fifteen_minutes_settle_at_their_average_and_others_are_a_dispute(int partner, int community, long? agreed)
    {
        var happened = Assert.Single(AssignmentRules.Confirm(Completed(partner), 1, Some.Home, new Minutes(community), Now).Events);
        DemandEvent expected = agreed is { } minutes
            ? new AssignmentConfirmed(Now, 1, new Minutes(community), new Minutes(minutes))
            : new AssignmentDisputed(Now, 1, new Minutes(community), "");
        Assert.Equal(expected, happened);
    }

    [Fact]
    public void A_resolved_dispute_settles_what_the_clerk_decided_and_keeps_both_reports()
    {
        var disputed = Completed(60).After(AssignmentRules.Confirm(Completed(60), 1, Some.Home, new Minutes(10), Now));
        var resolved = disputed.After(AssignmentRules.Resolve(disputed, 1, new Minutes(40), "Both were heard.", Now)).Proposal(1).Assignment!;
        Assert.Equal((AssignmentStatus.Confirmed, 60L, 10L, 40L),
            (resolved.Status, resolved.PartnerMinutes!.Value.Value, resolved.CommunityMinutes!.Value.Value, resolved.AgreedMinutes!.Value.Value));
    }

    [Fact]
    public void A_correction_is_owed_until_ledgers_and_records_say_it_and_then_another_may_come()
    {
        var settled = Settled();
        Assert.Equal("AssignmentSettled", AssignmentRules.Correct(settled, 1, settled.Proposal(1).Assignment!.AgreedMinutes!.Value, "as it is", Now).Told());

        var correcting = settled.After(AssignmentRules.Correct(settled, 1, new(90), "half an hour longer", Now));
        Assert.Equal((90L, 1, Now), correcting.Proposal(1).Assignment is { } pending ? (pending.AgreedMinutes!.Value.Value, pending.Corrections, pending.Correcting!.At) : default);
        Assert.IsType<Correct>(DemandRules.NextStep(correcting, Now));

        var corrected = correcting.After(AssignmentRules.CorrectionSettled(correcting, 1, [new(Some.Street, 4)], Now));
        Assert.Equal([4L], corrected.Proposal(1).Assignment!.Entries.Select(entry => entry.Number));
        Assert.IsNotType<Correct>(DemandRules.NextStep(corrected, Now));
        Assert.Equal("-", AssignmentRules.CorrectionSettled(corrected, 1, [], Now).Told());
        Assert.Equal(2, corrected.After(AssignmentRules.Correct(corrected, 1, Minutes.Zero, "nobody came", Now)).Proposal(1).Assignment!.Corrections);
    }

    [Fact]
    public void A_release_says_who_did_it_and_against_whom()
    {
        var booked = Booked();
        Assert.Equal(ReleaseReason.PartnerCancelled, Why(AssignmentRules.GiveBack(booked, 1, Some.Asked, "", Now)));
        Assert.Equal(ReleaseReason.CommunityNoShow, Why(AssignmentRules.NoShow(booked, 1, Some.Asked, null, "", Now)));
        Assert.Equal(ReleaseReason.PartnerNoShow, Why(AssignmentRules.NoShow(booked, 1, null, Some.Home, "", Now)));
        Assert.Equal(ReleaseReason.DemandCancelled, Why(DemandRules.Cancel(booked, Some.Home, "", Now)));
        Assert.Equal(ReleaseReason.HoldEnded, Why(AssignmentRules.Booked(Accepted(), 1, ReleaseReason.HoldEnded, Now)));

        static ReleaseReason Why(Decision<DemandEvent> decision) => decision.Events.OfType<AssignmentReleased>().Single().Why;
    }

    [Fact]
    public void A_given_back_seat_is_open_again_and_its_time_is_owed_to_the_calendar()
    {
        var released = Booked().After(AssignmentRules.GiveBack(Booked(), 1, Some.Asked, "", Now));
        Assert.Equal(DemandStatus.Open, released.Status);
        Assert.Equal(1, released.SeatsToAsk);
        Assert.Equal(1, Assert.IsType<ReturnHold>(DemandRules.NextStep(released, Now)).Proposal.Number);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1440, true)]
    [InlineData(1441, false)]
    public void Minutes_run_from_nothing_to_a_day(int minutes, bool allowed)
    {
        var served = new Minutes(minutes);
        Refusal?[] refusals =
        [
            AssignmentRules.Complete(Started(), 1, Some.Asked, served, Now).Refusal,
            AssignmentRules.Confirm(Completed(60), 1, Some.Home, served, Now).Refusal,
            AssignmentRules.Resolve(Disputed(), 1, served, "Both were heard.", Now).Refusal,
        ];
        Assert.All(refusals, refusal => Expect(refusal, allowed ? null : RefusalReason.ValueOutOfRange, "minutes"));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public void Stars_run_from_one_to_five(int stars, bool allowed) =>
        Expect(AssignmentRules.Rate(Settled(), 1, Some.Home, stars, "", Now).Refusal, allowed ? null : RefusalReason.ValueOutOfRange, "stars");

    [Fact]
    public void A_service_is_rated_once()
    {
        var rated = Settled().After(AssignmentRules.Rate(Settled(), 1, Some.Home, 4, "Patient.", Now));
        Assert.Equal("AssignmentRated", AssignmentRules.Rate(rated, 1, Some.Home, 5, "", Now).Told());
        var recorded = rated.After(AssignmentRules.RatingRecorded(rated, 1, Now));
        Assert.Equal("AssignmentRated", AssignmentRules.Rate(recorded, 1, Some.Home, 5, "", Now).Told());
        Assert.Equal(4, recorded.Proposal(1).Assignment!.Stars);
    }

    [Theory]
    [InlineData("Decline", "note", 2_000, null)]
    [InlineData("Decline", "note", 2_001, "TextTooLong")]
    [InlineData("Dispute", "note", 0, "FieldRequired")]
    [InlineData("Dispute", "note", 2_001, "TextTooLong")]
    [InlineData("Resolve", "note", 0, "FieldRequired")]
    [InlineData("Resolve", "note", 2_001, "TextTooLong")]
    [InlineData("Rate", "comment", 0, null)]
    [InlineData("Rate", "comment", 2_001, "TextTooLong")]
    [InlineData("GiveBack", "note", 2_000, null)]
    [InlineData("GiveBack", "note", 2_001, "TextTooLong")]
    [InlineData("NoShow", "note", 2_001, "TextTooLong")]
    [InlineData("Cancel", "reason", 0, null)]
    [InlineData("Cancel", "reason", 2_001, "TextTooLong")]
    public void A_text_that_must_be_there_is_and_none_is_too_long(string verb, string field, int length, string? reason)
    {
        var text = new string('字', length);
        var refusal = verb switch
        {
            "Decline" => ProposalRules.Decline(Some.Proposed(), 1, Some.Asked, DeclineReason.Other, text, Some.Now).Refusal,
            "Dispute" => AssignmentRules.Dispute(Completed(60), 1, Some.Home, text, Now).Refusal,
            "Resolve" => AssignmentRules.Resolve(Disputed(), 1, Some.Hour, text, Now).Refusal,
            "Rate" => AssignmentRules.Rate(Settled(), 1, Some.Home, 3, text, Now).Refusal,
            "GiveBack" => AssignmentRules.GiveBack(Booked(), 1, Some.Asked, text, Now).Refusal,
            "NoShow" => AssignmentRules.NoShow(Booked(), 1, Some.Asked, null, text, Now).Refusal,
            _ => DemandRules.Cancel(Booked(), Some.Home, text, Now).Refusal,
        };
        Expect(refusal, reason is null ? null : Enum.Parse<RefusalReason>(reason), field);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void A_decline_names_a_reason_of_the_contract(int why) =>
        Expect(ProposalRules.Decline(Some.Proposed(), 1, Some.Asked, (DeclineReason)why, "", Some.Now).Refusal, RefusalReason.FieldRequired, "reason");

    [Fact]
    public void An_outcome_that_comes_twice_is_decided_once()
    {
        Assert.Equal("-", AssignmentRules.Booked(Booked(), 1, null, Now).Told());
        Assert.Equal("-", AssignmentRules.Booked(Booked(), 1, ReleaseReason.HoldEnded, Now).Told());
        Assert.Equal("-", AssignmentRules.Settled(Settled(), 1, [], Now).Told());
        Assert.Equal("-", AssignmentRules.HoldReturned(Booked(), 1, Now).Told());
        Assert.Equal("-", AssignmentRules.RatingRecorded(Settled(), 1, Now).Told());
    }

    [Fact]
    public void A_hold_that_comes_when_the_demand_is_closed_or_its_seat_is_taken_proposes_nothing()
    {
        var open = Some.Posted().After(new RingSearched(Some.Now, 0, [Some.Findings(Some.Candidate(Some.Partner))]));
        var step = Assert.IsType<HoldBest>(DemandRules.NextStep(open, Some.Now));
        Assert.Equal("+ProposalMade", Held(open));
        Assert.Equal("-", Held(open.After(new DemandCancelled(Some.Now, ""))));
        Assert.Equal("-", Held(Some.Proposed()));

        string Held(Demand demand) => ProposalRules.Held(
            demand, step, step.Candidates[0], Some.Held(TimeWindow.From(Some.Window.Start, Some.Hour), Some.Now.AddMinutes(15), 1), [], Some.Now).Told();
    }

    private static Demand Accepted() => Some.Proposed().After(new ProposalAccepted(Some.Now, 1, [1]));

    private static Demand Booked() => Accepted().After(new AssignmentBooked(Some.Now, 1));

    private static Demand Started() => Booked().After(new AssignmentStarted(Some.Now, 1));

    private static Demand Completed(int minutes) => Started().After(new AssignmentCompleted(Some.Now, 1, new Minutes(minutes)));

    private static Demand Disputed() => Completed(60).After(new AssignmentDisputed(Some.Now, 1, null, ""));

    private static Demand Settled() =>
        Completed(60).After(new AssignmentConfirmed(Some.Now, 1, Some.Hour, Some.Hour), new AssignmentSettled(Some.Now, 1));

    private static void Expect(Refusal? refusal, RefusalReason? reason, string field)
    {
        Assert.Equal(reason, refusal?.Reason);
        Assert.Equal(reason is null ? "" : field, string.Join(',', refusal?.Fields ?? []));
        Assert.DoesNotContain("{", refusal?.Detail.ToString(CultureInfo.InvariantCulture) ?? "", StringComparison.Ordinal);
    }
}
