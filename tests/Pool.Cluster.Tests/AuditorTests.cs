using Pool.Auditing;
using Xunit;
using static Pool.Cluster.Tests.HandMade;

namespace Pool.Cluster.Tests;

/// <summary>The auditor itself: a sound journal passes, and each invariant, once broken, is named in a sentence.</summary>
public sealed class AuditorTests
{
    private const string Other = "22222222-2222-2222-2222-222222222222";

    [Fact]
    public void A_sound_journal_passes_also_after_the_quiet() =>
        Assert.Equal([], SettledDemand().Read().Audit([Demand], At(100)));

    [Fact]
    public void A_sound_journal_is_quiet_and_one_with_a_step_left_is_not()
    {
        Assert.True(SettledDemand().Read().Replay().IsQuiet);
        Assert.False(SettledDemand().Without("demand.rating-recorded").Read().Replay().IsQuiet);
    }

    [Fact]
    public void I1_two_holds_of_one_hour_are_too_many_for_one_person() => Catches(
        $"I1: partner {Partner} has capacity 1, and 2 people are held or booked at once since partner.hold-placed at position 4 (partner/{Partner}, version 4).",
        new HandMade().Registered().Placed(1, Demand).Placed(2, Other).WakeUp($"partner/{Partner}", 17));

    [Fact]
    public void I1_a_hold_past_its_expiry_takes_no_room_and_a_team_has_more() => Passes(
        new HandMade().Registered(capacity: 2).Placed(1, Demand).Placed(2, Other).Placed(18, "33333333-3333-3333-3333-333333333333").WakeUp($"partner/{Partner}", 17));

    [Fact]
    public void I1_a_confirmed_hold_takes_room_past_its_expiry() => Catches(
        $"I1: partner {Partner} has capacity 1, and 2 people are held or booked at once since partner.hold-placed at position 5 (partner/{Partner}, version 5).",
        new HandMade().Registered().Placed(1, Demand).Calendar("hold-confirmed", 2).Placed(18, Other).WakeUp($"partner/{Partner}", 17));

    [Fact]
    public void I3_a_seat_that_is_settled_and_released_is_caught() => Catches(
        $"I3: assignment 1 of demand {Demand} ends more than once, last by demand.assignment-released at position 21 (demand/{Demand}, version 12).",
        SettledDemand().Of("assignment-released", 8).WakeUp($"demand/{Demand}", 9));

    [Fact]
    public void I3_a_settlement_without_a_service_record_is_caught() => Catches(
        $"I3: demand.assignment-settled at position 15 (demand/{Demand}, version 9) came before the service record at the partner.",
        SettledDemand().Without("partner.service-recorded"));

    [Fact]
    public void I3_a_service_recorded_twice_is_caught() => Catches(
        $"I3: hold {Demand}/1 of partner {Partner} is served twice, by partner.service-recorded at position 21 (partner/{Partner}, version 8).",
        SettledDemand().Calendar("service-recorded", 8).WakeUp($"partner/{Partner}", 9));

    [Fact]
    public void I3_a_proposal_without_a_hold_is_caught() => Catches(
        $"I3: proposal 1 of demand {Demand} was proposed, and partner {Partner} has no hold for it.",
        new HandMade().Registered().Posted().Searched(1, 0, $"{Partner}/offer-1").Made(1, 1, $"{Partner}/offer-1").WakeUp($"demand/{Demand}", 15));

    [Fact]
    public void I4_an_acknowledged_demand_that_is_not_in_the_journal_is_caught() =>
        Assert.Equal([$"I4: demand {Other} was acknowledged and is not in the journal."], SettledDemand().Read().Audit([Demand, Other]));

    [Fact]
    public void I4_a_demand_without_a_status_is_caught() => Catches(
        $"I4: demand {Demand} is neither open, filled, expired nor cancelled.",
        new HandMade().Searched(1, 0));

    [Fact]
    public void I5_a_gap_in_the_positions_is_caught()
    {
        var broken = SettledDemand();
        broken.Lost.Add(3);

        Assert.Contains("I5: position 4 comes where 3 should.", broken.Read().Audit([]));
    }

    [Fact]
    public void I5_a_gap_in_a_streams_versions_is_caught()
    {
        var broken = SettledDemand();
        broken.Lost.Add(11);

        Assert.Contains(
            $"I5: demand.assignment-confirmed at position 12 (demand/{Demand}, version 8) comes where version 7 of its stream should.", broken.Read().Audit([]));
    }

    [Fact]
    public void I7_a_command_with_effects_in_two_streams_is_caught() => Catches(
        $"I7: command {Demand} has effects in demand/{Demand} and partner/{Partner}.",
        SettledDemand().Row($"partner/{Partner}", "partner.published", 8, new { revision = 3 }, Demand));

    [Fact]
    public void I7_a_command_that_took_effect_twice_is_caught() => Catches(
        $"I7: the effects of command {Demand} are more than one append: demand.posted at position 3 (demand/{Demand}, version 1), demand.assignment-disputed at position 21 (demand/{Demand}, version 12).",
        SettledDemand().Of("assignment-disputed", 8, Demand));

    [Fact]
    public void I7_a_command_with_two_fingerprints_is_caught() => Catches(
        $"I7: command {Demand} has more than one fingerprint.",
        SettledDemand().Of("assignment-disputed", 8, Demand, fingerprint: 8));

    [Fact]
    public void I8_a_confirmation_after_the_expiry_is_caught() => Catches(
        $"I8: partner.hold-confirmed at position 4 (partner/{Partner}, version 4) confirms hold {Demand}/1 at {Sentence.Of(At(17))}, after its expiry at {Sentence.Of(At(17))}.",
        new HandMade().Registered().Placed(1, Demand).Calendar("hold-confirmed", 17));

    [Fact]
    public void I8_a_hold_that_outlives_its_expiry_is_caught_after_the_quiet()
    {
        var broken = new HandMade().Registered().Placed(1, Demand).WakeUp($"partner/{Partner}", 17).Read();

        Assert.Equal([], broken.Audit([], At(17)));
        Assert.Equal(
            [$"I8: hold {Demand}/1 of partner {Partner} expired at {Sentence.Of(At(17))} and still stands unconfirmed."], broken.Audit([], At(18)));
    }

    [Fact]
    public void I9_a_ring_left_with_a_candidate_unasked_is_caught() => Catches(
        $"I9: demand.ring-searched at position 3 (demand/{Demand}, version 3) goes on while candidate {Partner}/offer-1 of ring 0 was neither proposed to nor refused.",
        new HandMade().Posted().Searched(1, 0, $"{Partner}/offer-1").Searched(2, 1).WakeUp($"demand/{Demand}", 2));

    [Fact]
    public void I9_a_ring_left_while_its_street_knows_more_is_caught() => Catches(
        $"I9: demand.ring-searched at position 3 (demand/{Demand}, version 3) goes on while street 330109002 knows 5 more candidates of ring 0.",
        new HandMade().Posted().Searched(1, 0, remaining: 5).Searched(2, 1).WakeUp($"demand/{Demand}", 2));

    [Fact]
    public void I9_somebody_who_is_asked_before_those_on_the_waiting_list_is_caught() => Catches(
        $"I9: demand.proposal-made at position 6 (demand/{Demand}, version 4) asks somebody before those on the waiting list.",
        new HandMade().Registered().Posted().Searched(1, 0, $"{Partner}/offer-1")
            .Row($"demand/{Demand}", "demand.waiting-list-joined", 1, new { candidate = new { offer = "wang-wei/offer-2" } })
            .Made(2, 1, $"{Partner}/offer-1"));

    [Fact]
    public void I9_a_ring_may_be_left_when_its_dwell_time_is_over_and_not_before()
    {
        static HandMade Left(int minute) =>
            new HandMade().Posted().Searched(1, 0, $"{Partner}/offer-1", dwell: 5).Searched(minute, 1).WakeUp($"demand/{Demand}", 2);

        Assert.Single(Left(5).Read().Audit([]));
        Assert.Equal([], Left(6).Read().Audit([]));
    }

    [Fact]
    public void A_demand_that_owes_a_step_without_a_wake_up_is_caught() => Catches(
        $"Wake-ups: demand/{Demand} still owes record the rating of proposal 1 and has no wake-up.",
        SettledDemand().Without("demand.rating-recorded"));

    [Fact]
    public void A_hold_whose_wake_up_comes_too_late_is_caught() => Catches(
        $"Wake-ups: partner/{Partner} still owes 1 holds that lapse by {Sentence.Of(At(17))} and is woken only at {Sentence.Of(At(30))}.",
        new HandMade().Registered().Placed(1, Demand).WakeUp($"partner/{Partner}", 30));

    [Fact]
    public void I2_an_entry_that_does_not_sum_to_nothing_is_caught() => Catches(
        "I2: the postings of ledger.entry-posted at position 2 (ledger/330109002, version 2) sum to -1 in TimeCredit.",
        new HandMade().Opened().Paid(Street, 1, ("fund-330109002051", -61), ("partner-abcdefghijklmnop", 60)));

    [Fact]
    public void I2_a_partner_who_is_given_more_than_its_minutes_are_worth_is_caught() => Catches(
        "I2: ledger.entry-posted at position 2 (ledger/330109002, version 2) gives partner-abcdefghijklmnop 61, and 60 is due.",
        new HandMade().Opened().Paid(Street, 1, ("fund-330109002051", -61), ("partner-abcdefghijklmnop", 61)));

    [Fact]
    public void I2_a_transfer_that_is_paid_twice_is_caught() => Catches(
        $"I2: ledger.entry-posted at position 3 (ledger/330109002, version 3) ends {Demand}/1, which ledger.entry-posted at position 2 (ledger/330109002, version 2) had ended.",
        new HandMade().Opened().Paid(Street, 1, ("fund-330109002051", -60), ("partner-abcdefghijklmnop", 60)).Paid(Street, 2, ("fund-330109002051", -60), ("partner-abcdefghijklmnop", 60)));

    [Fact]
    public void I2_a_hold_without_cover_is_caught() => Catches(
        "I2: ledger.transfer-held at position 2 (ledger/330109002, version 2) holds 60001, for which fund-330109002051 has no cover.",
        new HandMade().Opened().Held(minutes: 60_001));

    [Fact]
    public void I2_a_street_that_pays_for_a_fund_that_could_is_caught() => Catches(
        "I2: ledger.entry-posted at position 2 (ledger/330109002, version 2) has the street pay 60, for which fund-330109002051 has cover.",
        new HandMade().Opened().Paid(Street, 1, ("street", -60), ("partner-abcdefghijklmnop", 60)));

    [Fact]
    public void I2_two_streets_that_say_different_things_of_their_debt_are_caught_after_the_quiet() =>
        Assert.Contains(
            "I2: ledger 330109002 says that 330109003 owes it -60 in TimeCredit, and that one says 0.",
            new HandMade().Opened().Opened("330109003").Paid(Street, 1, ("fund-330109002051", -60), ("mirror-330109003", 60)).Read().Audit([], At(100)));

    [Fact]
    public void I2_a_price_that_is_held_for_ever_is_caught_after_the_quiet() =>
        Assert.Contains(
            $"I2: ledger 330109002 still holds the price of {Demand}/1, which has ended.",
            SettledDemand().Held().Read().Audit([Demand], At(100)));

    [Fact]
    public void I2_a_period_that_forgets_a_balance_is_caught() => Catches(
        "I2: ledger.period-opened at position 3 (ledger/330109002, version 3) does not carry over what there was.",
        new HandMade().Opened().Paid(Street, 1, ("fund-330109002051", -60), ("partner-abcdefghijklmnop", 60))
            .Quarter());

    [Fact]
    public void I2_a_period_that_forgets_how_old_credits_are_is_caught() => Catches(
        "I2: ledger.period-opened at position 3 (ledger/330109002, version 3) does not carry over how old the credits are.",
        new HandMade().Opened().Paid(Street, 1, ("fund-330109002051", -60), ("partner-abcdefghijklmnop", 60)).Quarter(("fund-330109002051", -60)));

    [Fact]
    public void I2_credits_that_expire_before_they_are_too_old_are_caught() => Catches(
        "I2: ledger.entry-posted at position 3 (ledger/330109002, version 3) lets expire what is not too old.",
        new HandMade().Opened().Trusting(1).Ordered("Expiry", "partner-abcdefghijklmnop", "street", "TimeCredit"));

    [Fact]
    public void I2_credits_that_are_too_old_and_do_not_expire_are_caught() => Catches(
        "I2: ledger.credits-expired at position 6 (ledger/330109002, version 6) leaves partner-abcdefghijklmnop 60 in TimeCredit that are too old.",
        new HandMade().Opened().Trusting(1).Paid(Street, 1, ("fund-330109002051", -60), ("partner-abcdefghijklmnop", 60))
            .Quarter(("fund-330109002051", -60), ("partner-abcdefghijklmnop", 60))
            .Row($"ledger/{Street}", "ledger.period-opened", 10, new { period = 20272, balances = new[] { new { account = "fund-330109002051", unit = "TimeCredit", posted = -60 }, new { account = "partner-abcdefghijklmnop", unit = "TimeCredit", posted = 60 } }, holds = Array.Empty<object>(), orders = Array.Empty<object>(), erasing = Array.Empty<object>(), given = Array.Empty<object>(), received = Array.Empty<object>(), rates = new { versions = Array.Empty<object>() }, log = new { size = 1 }, credits = Array.Empty<object>() })
            .Row($"ledger/{Street}", "ledger.credits-expired", 11, new { period = 20272 }));

    [Fact]
    public void I2_another_account_that_pays_than_the_demand_names_is_caught()
    {
        var named = new HandMade()
            .Row($"demand/{Demand}", "demand.posted", 0, new { community = "330109002051", terms = new { seats = 1, mode = "Sequential", askAtOnce = 0, allOrNone = false, urgency = "Routine", payer = "resident-bbbbbbbbbbbbbbbb" } }, Demand)
            .Opened();

        Catches("I2: ledger.transfer-held at position 3 (ledger/330109002, version 2) has fund-330109002051 pay partner-abcdefghijklmnop, which is not to.", named.Held());
        Catches(
            "I2: ledger.entry-posted at position 4 (ledger/330109002, version 3) has fund-330109002051 pay, and resident-bbbbbbbbbbbbbbbb is to.",
            named.Paid(Street, 1, ("fund-330109002051", -60), ("partner-abcdefghijklmnop", 60)));
    }

    [Fact]
    public void What_is_ordered_for_somebody_who_was_erased_and_who_is_erased_twice_is_caught()
    {
        var erased = new HandMade().Opened().Row($"ledger/{Street}", "ledger.holder-erased", 1, new { pseudonym = "bbbbbbbbbbbbbbbb" });

        Catches("Privacy: ledger.entry-posted at position 3 (ledger/330109002, version 3) is of an account whose holder was erased.", erased.Ordered("Deposit", "cash", "resident-bbbbbbbbbbbbbbbb"));
        Catches(
            "Privacy: ledger.holder-erased at position 4 (ledger/330109002, version 4) erases somebody who was erased before.",
            erased.Row($"ledger/{Street}", "ledger.holder-erased", 6, new { pseudonym = "bbbbbbbbbbbbbbbb" }));
    }

    [Fact]
    public void I3_a_settlement_without_its_entry_is_caught() => Catches(
        $"I3: demand.assignment-settled at position 15 (demand/{Demand}, version 9) came before its entry in ledger 330109002.",
        SettledDemand().Without("ledger.service-recorded"));

    [Fact]
    public void I10_unpaid_work_in_the_economic_ledger_is_caught() => Catches(
        $"I10: ledger.entry-posted at position 21 (ledger/330109002, version 3) is in the wrong book for work of the mode Volunteer.",
        SettledDemand().Paid(Street, 2, ("fund-330109002051", -60), ("partner-abcdefghijklmnop", 60)));

    [Fact]
    public void I2_money_that_was_never_paid_in_and_is_paid_out_is_caught() => Catches(
        "I2: ledger.entry-posted at position 2 (ledger/330109002, version 2) pays out more than was ever paid in.",
        new HandMade().Opened().Ordered("Withdrawal", "fund-330109002051", "cash"));

    [Fact]
    public void I2_a_gift_of_money_is_caught() => Catches(
        "I2: ledger.entry-posted at position 2 (ledger/330109002, version 2) is no GiftInNeed that anybody may order.",
        new HandMade().Opened().Ordered("GiftInNeed", "partner-abcdefghijklmnop", "resident-abcdefghijklmnop"));

    [Fact]
    public void A_checkpoint_of_another_history_is_caught() => Catches(
        "Receipts: ledger.checkpoint-published at position 21 (ledger/330109002, version 3) does not say what entries the ledger has, or says it again.",
        SettledDemand().Row($"ledger/{Street}", "ledger.checkpoint-published", 9, new { checkpoint = new { size = 1, note = $"pool.v1/streets/{Street}/ledger\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n" } }));

    [Fact]
    public void A_witness_of_what_a_ledger_has_not_is_caught() => Catches(
        "Receipts: witness.log-seen at position 21 (witness/330109003, version 1) has seen what ledger 330109002 has not, or goes back in it.",
        SettledDemand().Row("witness/330109003", "witness.log-seen", 9, new { street = Street, seen = new { size = 2, root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" } }));

    [Fact]
    public void An_entry_that_no_wake_up_would_publish_is_caught() => Catches(
        "Wake-ups: ledger/330109002 still owes a checkpoint and has no wake-up.",
        new HandMade().Opened().Ordered("Deposit", "cash", "fund-330109002051"));

    [Fact]
    public void I2_a_part_of_a_transfer_that_nobody_asked_for_is_caught() => Catches(
        "I2: ledger.order-held at position 2 (ledger/330109002, version 2) holds what no transfer between streets asks it to.",
        new HandMade().Opened().Row($"ledger/{Street}", "ledger.order-held", 1, new { transfer = Demand, order = Waived }));

    [Fact]
    public void I2_a_part_of_a_transfer_that_was_not_held_and_is_posted_is_caught() => Catches(
        "I2: ledger.entry-posted at position 2 (ledger/330109002, version 2) posts what was not held.",
        new HandMade().Opened().Ordered("Waiver", "mirror-330109003", "street"));

    [Fact]
    public void I2_parts_that_do_not_say_the_same_of_a_debt_are_caught() => Catches(
        $"I2: the parts of transfer.proposed at position 1 (transfer/{Demand}, version 1) do not say the same of what streets owe each other.",
        new HandMade().Row($"transfer/{Demand}", "transfer.proposed", 0, new
        {
            transfer = Demand,
            awaited = Array.Empty<string>(),
            legs = new object[] { new { street = Street, order = Waived }, new { street = "330109003", order = new { kind = "Waiver", from = "street", to = $"mirror-{Street}", unit = "Cny", amount = 61 } } },
        }));

    [Fact]
    public void I2_a_reversal_that_is_not_the_opposite_is_caught() => Catches(
        "I2: ledger.entry-posted at position 3 (ledger/330109002, version 3) is not the opposite of an entry that stands.",
        new HandMade().Opened().Paid(Street, 1, ("fund-330109002051", -60), ("partner-abcdefghijklmnop", 60))
            .Row($"ledger/{Street}", "ledger.entry-posted", 9, new
            {
                number = 2,
                entry = new
                {
                    kind = "Reversal",
                    transfer = $"{Demand}/1/1",
                    reverses = 1,
                    service = new { receiver = "330109002051", skill = "elder-care", level = 1, minutes = 60, price = new { unit = "TimeCredit", street = Street, version = 0, percent = 100, feePerHour = 0, fundSharePercent = 0 } },
                    postings = new[] { new { account = "fund-330109002051", unit = "TimeCredit", amount = 59 }, new { account = "partner-abcdefghijklmnop", unit = "TimeCredit", amount = -59 } },
                },
            }));

    [Fact]
    public void Who_is_forgotten_while_it_serves_is_caught() => Catches(
        $"Privacy: partner.erased at position 3 (partner/{Partner}, version 3) forgets a partner who still serves.",
        new HandMade().Registered().Row($"partner/{Partner}", "partner.erased", 1, new { why = "moved away" }));

    private static object Waived => new { kind = "Waiver", from = "mirror-330109003", to = "street", unit = "Cny", amount = 60 };

    private static void Catches(string sentence, HandMade broken) => Assert.Contains(sentence, broken.Read().Audit([]));

    private static void Passes(HandMade sound) => Assert.Equal([], sound.Read().Audit([]));
}
