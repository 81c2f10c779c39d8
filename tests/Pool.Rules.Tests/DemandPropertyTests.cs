using System.Text.Json;
using CsCheck;
using Pool.Actors;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>
/// Random lives of a demand: commands, time, and the outcomes of its own steps from a simulated world. A ledger that
/// knows the events alone judges every step.
/// </summary>
public sealed class DemandPropertyTests
{
    private static readonly Gen<(int Verb, int Choice, int Pause)[]> Lives =
        Gen.Select(Gen.Int[0, 19], Gen.Int[0, 63], Gen.Int[0, 9]).Array[1, 80];

    private static readonly Gen<(int Seats, int Reach, int Dwell, int AskAtOnce, bool AllOrNone)> Terms =
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, 3], Gen.Int[0, 12], Gen.Int[-1, 3], Gen.Bool);

    [Fact]
    public void A_demand_keeps_its_promises_whatever_happens() =>
        Gen.Select(Terms, Lives).Sample((terms, life) => Live(terms, life), iter: 1_000);

    private static void Live((int Seats, int Reach, int Dwell, int AskAtOnce, bool AllOrNone) terms, (int Verb, int Choice, int Pause)[] life)
    {
        var world = new DemandWorld(terms.Dwell, page: 1 + (terms.Seats % 3));
        var posted = Some.Terms(terms.Seats, terms.Reach) with
        {
            Mode = terms.AskAtOnce < 0 ? DispatchMode.Claim : terms.AskAtOnce == 0 ? DispatchMode.Sequential : DispatchMode.Broadcast,
            AskAtOnce = Math.Max(0, terms.AskAtOnce),
            AllOrNone = terms.AllOrNone,
        };
        var ledger = new DemandLedger(posted, terms.Dwell);
        var (demand, now) = (Demand.Empty, Some.Now);
        Take(Some.Post(posted));
        foreach (var (verb, choice, pause) in life)
        {
            now = now.AddMinutes(pause);
            Take(DemandRules.Tick(demand, now));
            if (verb >= 10)
            {
                Step(choice, verb >= 16 ? Command(demand, choice % 10, choice / 2, now) : default);
            }
            else
            {
                Take(Command(demand, verb, choice, now));
            }
        }

        // Whatever is left undone when the window has closed can be done, and then nothing is owed.
        now = demand.LastStart > now ? demand.LastStart : now;
        Take(DemandRules.Tick(demand, now));
        for (var left = 200; DemandRules.NextStep(demand, now) is not null; left--)
        {
            Assert.True(left > 0, "The steps have no end.");
            Step(0, default);
        }

        ledger.Close(demand);
        Assert.Equal(JsonSerializer.Serialize(demand, StoredJson.Options), JsonSerializer.Serialize(ledger.Replay(), StoredJson.Options));

        // Between a step and its outcome others may act: the outcome is decided on the state that it finds.
        void Step(int choice, Decision<DemandEvent> meanwhile)
        {
            if (DemandRules.NextStep(demand, now) is not { } step)
            {
                return;
            }

            var sought = demand;
            Take(meanwhile);
            Take(world.Carry(demand, sought, step, choice, now));
            // An outcome that comes twice is nothing new.
            Assert.All(DemandWorld.Again(demand, step, now), again => Assert.Equal("-", again.Told()));
        }

        void Take(Decision<DemandEvent> decision)
        {
            foreach (var happened in decision.Events)
            {
                demand = demand.Evolve(happened);
                ledger.Enter(happened);
            }

            ledger.Audit(demand, now);
        }
    }

    /// <summary>Somebody whom no search finds, another one every time.</summary>
    private static PartnerId Comer(Demand demand) => PartnerId.Parse($"comer-{demand.Proposals.Length}");

    /// <summary>What a clerk may change: the reach, or the mode.</summary>
    private static DemandPatch Switched(Demand demand, int choice) => new(
        null, (choice & 8) > 0 ? 3 : null, null, null, null, null,
        demand.Terms.Mode == DispatchMode.Sequential ? DispatchMode.Broadcast : DispatchMode.Sequential,
        demand.Terms.Mode == DispatchMode.Sequential ? 1 + (choice % 3) : null);

    /// <summary>What partners and the community do, rightly or not: a refusal changes nothing.</summary>
    private static Decision<DemandEvent> Command(Demand demand, int verb, int choice, DateTimeOffset now)
    {
        var number = (choice % Math.Max(1, demand.Proposals.Length)) + 1;
        var partner = number <= demand.Proposals.Length ? demand.Proposal(number).Proposed : Some.Unasked;
        var minutes = new Minutes(choice);
        return verb switch
        {
            0 or 1 => ProposalRules.Accept(demand, number, partner, now),
            2 when choice % 8 == 0 => ProposalRules.Revoked(demand, number, partner.Partner, choice % 16 == 0 ? ReleaseReason.LoanRecalled : ReleaseReason.PartnerSuspended, now),
            2 => ProposalRules.Decline(demand, number, partner, DeclineReason.NoTime, "", now),
            3 => AssignmentRules.Start(demand, number, partner, now),
            4 => AssignmentRules.Complete(demand, number, partner, minutes, now),
            5 => AssignmentRules.Confirm(demand, number, Some.Home, minutes, now),
            6 => AssignmentRules.Resolve(demand, number, minutes, "Both were heard.", now),
            7 when choice % 4 == 0 => DemandRules.Change(demand, Switched(demand, choice), now),
            7 => AssignmentRules.Rate(demand, number, Some.Home, (choice % 5) + 1, "", now),
            8 when choice % 4 == 1 && demand.SeatsToClaim > 0 => ClaimRules.Claim(
                demand, demand.Proposals.Length + 1, Some.Candidate(Comer(demand)), DemandWorld.Held(demand, choice, now), now),
            8 when choice % 4 == 3 => ClaimRules.Swap(
                demand, number, partner, demand.Proposals.Length + 1, Some.Candidate(Comer(demand)),
                Some.Held(number <= demand.Proposals.Length ? demand.Proposal(number).Slot : default, now.AddMinutes(7), 4), now),
            8 => choice % 2 == 0
                ? AssignmentRules.GiveBack(demand, number, partner, "", now)
                : AssignmentRules.NoShow(demand, number, null, Some.Home, "", now),
            _ => choice < 4 ? DemandRules.Cancel(demand, Some.Home, "", now) : AssignmentRules.Dispute(demand, number, Some.Home, "Late.", now),
        };
    }
}
