using CsCheck;
using Pool.Actors;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>Random lives of a calendar, judged by a ledger of its own that counts minute by minute.</summary>
public sealed class PartnerPropertyTests
{
    /// <summary>What to do, with which hold, from which half-hour of the day on, and how many minutes later.</summary>
    private static readonly Gen<(int Verb, int Hold, int HalfHour, int Pause)[]> Lives =
        Gen.Select(Gen.Int[0, 9], Gen.Int[1, 8], Gen.Int[0, 12], Gen.Int[0, 12]).Array[1, 60];

    private static readonly OfferTerms[] Offers = [Some.Offer(Some.Partner), Some.Offer(Some.Partner, "mediation")];

    [Fact]
    public void Overlapping_reservations_never_exceed_the_capacity_and_no_hold_outlives_its_expiry() =>
        Gen.Select(Lives, Gen.Int[1, 3], Gen.Int[1, 2]).Sample(
            (life, capacity, offerCapacity) => Live(life, capacity, Math.Min(offerCapacity, capacity)), iter: 2_000);

    private static void Live((int Verb, int Hold, int HalfHour, int Pause)[] life, int capacity, int offerCapacity)
    {
        var (partner, now, ledger) = (Some.Registered(capacity), Some.Now, new Ledger());
        foreach (var (verb, number, halfHour, pause) in life)
        {
            now = now.AddMinutes(pause);
            var hold = new HoldId(Some.Demand, number);
            var alive = ledger.Alive(hold, now);
            Decision<PartnerEvent> decision;
            switch (verb)
            {
                case < 5:
                    var offer = Offers[number % 2] with { Capacity = offerCapacity };
                    decision = TryHold(partner, offer, hold, halfHour, now, ledger);
                    break;
                case 5 or 6:
                    (decision, var confirmed) = PartnerRules.Confirm(partner, hold, 1, now);
                    Assert.Equal(alive, confirmed);
                    break;
                case 7 when halfHour % 2 == 0 && partner.Calendar.Reservations.TryGetValue(hold, out var placed):
                    decision = PartnerRules.Drop(partner, hold, placed.PlacedAt, now);
                    break;
                case 7:
                    decision = PartnerRules.Release(partner, hold, false, now);
                    break;
                case 8:
                    decision = PartnerRules.Lapse(partner, now);
                    break;
                default:
                    // A demand records a service only for what it has booked.
                    decision = ledger.Booked(hold)
                        ? PartnerRules.RecordService(partner, hold, Some.Skill, FeeMode.Volunteer, Some.Hour, now)
                        : default(Decision<PartnerEvent>);
                    Assert.Equal(ledger.Booked(hold), decision.Events.Length == 1);
                    break;
            }

            foreach (var happened in decision.Events)
            {
                ledger.Enter(happened, now);
            }

            partner = partner.After(decision);
            ledger.Audit(capacity, offerCapacity, now);
            Assert.Equal(ledger.Served * 60, partner.Served.Values.Sum(minutes => minutes.Value));
        }

        Assert.Equal(ledger.Open, partner.Calendar.Reservations.Count);
    }

    private static Decision<PartnerEvent> TryHold(
        Partner partner, OfferTerms offer, HoldId hold, int halfHour, DateTimeOffset now, Ledger ledger)
    {
        // Two hours of which the first quarter is off the half-hour grid, so that slots overlap in part.
        var start = Some.Now.AddMinutes((halfHour * 30) + (halfHour % 2 * 15));
        var request = new HoldRequest(hold, new(start, start.AddHours(2)), Some.Hour, now.AddMinutes(10), false, 1, Some.Skill, FeeMode.Volunteer, 0, 1);
        var (decision, outcome) = PartnerRules.TryHold(partner, offer, request, now);
        if (ledger.Alive(hold, now))
        {
            Assert.Equal(ledger.SlotOf(hold), outcome.Slot);
            Assert.Empty(decision.Events);
        }
        else if (ledger.Knows(hold))
        {
            Assert.Equal(CandidateReason.HoldEnded, outcome.Reason);
        }

        Assert.Equal(outcome.Slot is null, outcome.AcceptUntil is null);
        Assert.NotEqual(outcome.Slot is null, outcome.Reason is null);
        return decision;
    }

    /// <summary>What the events alone say of the calendar.</summary>
    private sealed class Ledger
    {
        private readonly Dictionary<HoldId, (OfferId Offer, TimeWindow Slot, DateTimeOffset? Expires)> _open = [];

        private readonly HashSet<HoldId> _known = [];

        public int Served { get; private set; }

        public int Open => _open.Count;

        public bool Knows(HoldId hold) => _known.Contains(hold);

        public bool Booked(HoldId hold) => _open.TryGetValue(hold, out var entry) && entry.Expires is null;

        public bool Alive(HoldId hold, DateTimeOffset now) => _open.TryGetValue(hold, out var entry) && (entry.Expires is null || now < entry.Expires);

        public TimeWindow? SlotOf(HoldId hold) => _open.TryGetValue(hold, out var entry) ? entry.Slot : null;

        public void Enter(PartnerEvent happened, DateTimeOffset now)
        {
            switch (happened)
            {
                case HoldPlaced placed:
                    Assert.True(_known.Add(placed.Hold), "A hold was placed twice.");
                    Assert.True(placed.Slot.Start > now && placed.ExpiresAt > now, "A hold was placed in the past.");
                    Assert.All(_open.Values, entry => Assert.False(entry.Expires <= now, "A lapsed hold was still there when another was placed."));
                    _open.Add(placed.Hold, (placed.Offer, placed.Slot, placed.ExpiresAt));
                    break;
                case HoldConfirmed confirmed:
                    var held = _open[confirmed.Hold];
                    Assert.True(now < held.Expires, "A hold was confirmed after its expiry, or twice.");
                    _open[confirmed.Hold] = held with { Expires = null };
                    break;
                case HoldLapsed lapsed:
                    Assert.True(_open[lapsed.Hold].Expires <= now, "A hold lapsed before its time.");
                    Assert.True(_open.Remove(lapsed.Hold));
                    break;
                case HoldDropped dropped:
                    Assert.True(_open.Remove(dropped.Hold, out var unbooked) && unbooked.Expires is not null, "What was dropped was no hold.");
                    _known.Remove(dropped.Hold);
                    break;
                case HoldReleased released:
                    Assert.True(_open.Remove(released.Hold), "A hold was released twice.");
                    break;
                case ServiceRecorded recorded:
                    Assert.True(_open.Remove(recorded.Hold), "A service was counted twice.");
                    Served++;
                    break;
                default:
                    Assert.Fail($"{happened} was not asked for.");
                    break;
            }
        }

        public void Audit(int capacity, int offerCapacity, DateTimeOffset now)
        {
            var minutes = new Dictionary<(OfferId? Offer, DateTimeOffset Minute), int>();
            foreach (var (offer, slot, expires) in _open.Values)
            {
                for (var minute = slot.Start; minute < slot.End && !(expires <= now); minute = minute.AddMinutes(1))
                {
                    minutes[(offer, minute)] = minutes.GetValueOrDefault((offer, minute)) + 1;
                    minutes[(null, minute)] = minutes.GetValueOrDefault((null, minute)) + 1;
                }
            }

            Assert.All(minutes, count => Assert.InRange(count.Value, 1, count.Key.Offer is null ? capacity : offerCapacity));
        }
    }
}
