using System.Collections.Immutable;
using Pool.Matching;
using Pool.Values;

namespace Pool.Rounds;

/// <summary>What a round knows while it is under way: who seeks, who may serve, and what has become of its plans so far.</summary>
public sealed class RoundBook
{
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<PartnerId, List<RoundSeat>> _taken = [];

    private sealed record Entry(RoundSeeker Seeker, ImmutableArray<SuppliedOffer> Offers)
    {
        public int Seats { get; set; } = Seeker.Seats;

        public HashSet<OfferId> Refused { get; } = [];

        /// <summary>The slot of an all-or-none demand, once somebody is asked for it: the others serve at the same time.</summary>
        public TimeWindow? Slot { get; set; }
    }

    public int Demands => _entries.Count;

    /// <summary>Seats that nobody is asked for by now.</summary>
    public int Sought => _entries.Sum(entry => entry.Seats);

    /// <param name="offers">Every offer that may serve the demand.</param>
    public void Enter(RoundSeeker seeker, ImmutableArray<SuppliedOffer> offers) => _entries.Add(new(seeker, offers));

    public RoundSeeker Seeker(int demand) => _entries[demand].Seeker;

    /// <summary>What is left to assign. A partner is one option of a demand, by the better of its offers.</summary>
    public RoundProblem Problem()
    {
        var places = new Dictionary<PartnerId, int>();
        var people = new List<int>();
        var options = ImmutableArray.CreateBuilder<RoundOption>();
        for (var demand = 0; demand < _entries.Count; demand++)
        {
            var entry = _entries[demand];
            var known = new HashSet<PartnerId>();
            foreach (var offer in entry.Offers.OrderBy(offer => offer.Candidate.Rank).ThenBy(offer => offer.Candidate.Offer))
            {
                var partner = offer.Candidate.Offer.Partner;
                if (entry.Seats == 0 || entry.Refused.Contains(offer.Candidate.Offer) || Free(offer, entry) is not { IsEmpty: false } starts || !known.Add(partner))
                {
                    continue;
                }

                if (places.TryAdd(partner, people.Count))
                {
                    people.Add(0);
                }

                var place = places[partner];
                people[place] = Math.Max(people[place], offer.People);
                options.Add(new(demand, place, offer.Candidate, Math.Min(offer.People, entry.Seats), RoundCost.Of(offer.Candidate.Rank), starts));
            }
        }

        return new(
            [.. _entries.Select(entry => new SoughtSeats(entry.Seats, entry.Seeker.Query.Duration, entry.Seeker.Urgency, entry.Seeker.AllOrNone))],
            [.. people], options.DrainToImmutable());
    }

    /// <summary>Whom a plan assigns to a demand.</summary>
    public static ILookup<int, RoundSeat> Seats(RoundProblem problem, RoundPlan plan) =>
        plan.Picks.ToLookup(pick => problem.Options[pick.Option].Demand, pick => new RoundSeat(problem.Options[pick.Option].Offer, pick.Slot, pick.People));

    /// <summary>What became of a demand's turn; where that is not known, this round does nothing more for it.</summary>
    public void Note(int demand, RoundTaken? taken)
    {
        var entry = _entries[demand];
        if (taken is null)
        {
            entry.Seats = 0;
            return;
        }

        entry.Refused.UnionWith(taken.Refused);
        entry.Seats = taken.Waits ? entry.Seats - taken.Proposed.Sum(seat => seat.People) : 0;
        foreach (var seat in taken.Proposed)
        {
            var partner = seat.Candidate.Offer.Partner;
            entry.Slot = entry.Seeker.AllOrNone ? seat.Slot : null;
            entry.Refused.UnionWith(entry.Offers.Select(offer => offer.Candidate.Offer).Where(offer => offer.Partner == partner));
            if (!_taken.TryGetValue(partner, out var seats))
            {
                _taken[partner] = seats = [];
            }

            seats.Add(seat);
        }
    }

    /// <summary>The starts at which the partner is not at another demand of this round with all its people.</summary>
    private ImmutableArray<DateTimeOffset> Free(SuppliedOffer offer, Entry entry)
    {
        var (duration, starts) = (entry.Seeker.Query.Duration, entry.Slot is { } slot ? offer.Starts.RemoveAll(start => start != slot.Start) : offer.Starts);
        return _taken.TryGetValue(offer.Candidate.Offer.Partner, out var taken)
            ? starts.RemoveAll(start => taken.Where(seat => seat.Slot.Overlaps(TimeWindow.From(start, duration))).Sum(seat => seat.People) >= offer.People)
            : starts;
    }
}
