using System.Collections.Immutable;
using Pool.Demands;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Streets;
using Pool.Values;

namespace Pool.Treaties;

/// <summary>What one street serves in a rehearsal.</summary>
[GenerateSerializer, Immutable, Alias("pool.RehearsedServices")]
public sealed record RehearsedServices([property: Id(0)] StreetId Street, [property: Id(1)] int Seats, [property: Id(2)] Minutes Minutes);

/// <summary>How demands fare in a rehearsal.</summary>
/// <param name="Waiting">Minutes from a demand's posting to the beginning of its services, on average over the seats filled.</param>
/// <param name="Services">By street, the home street first, then the others by their codes; those that serve nothing are left out.</param>
[GenerateSerializer, Immutable, Alias("pool.RehearsedFates")]
public sealed record RehearsedFates(
    [property: Id(0)] int SeatsFilled, [property: Id(1)] Minutes Waiting, [property: Id(2)] ImmutableArray<RehearsedServices> Services);

/// <summary>What a treaty would have changed for the demands of a time.</summary>
/// <param name="Ring">In which ring the lender lies, 2 or 3; 0 where it is farther, and can lend nothing.</param>
[GenerateSerializer, Immutable, Alias("pool.TreatyRehearsal")]
public sealed record TreatyRehearsal(
    [property: Id(0)] int Demands, [property: Id(1)] int Seats, [property: Id(2)] int Ring, [property: Id(3)] RehearsedFates Without, [property: Id(4)] RehearsedFates With);

/// <summary>
/// Serves demands of the past once more, with the partners and offers of today: in the order of their posting, each by the
/// best candidates of the nearest ring whose rehearsed calendars have room. Nobody declines, every loan is approved, and
/// nobody rests, travels or has a weekly limit.
/// </summary>
public sealed class Rehearsal
{
    private readonly IReadOnlyDictionary<int, IReadOnlyList<StreetId>> _rings;
    private readonly Dictionary<StreetId, Street> _streets;
    private readonly StreetHints _hints = new();
    private readonly Dictionary<PartnerId, Calendar> _calendars = [];
    private readonly SortedDictionary<(bool Abroad, string Street), (int Seats, long Minutes)> _services = [];
    private long _waiting;
    private int _filled;

    private Rehearsal(IReadOnlyDictionary<int, IReadOnlyList<StreetId>> rings, IEnumerable<Street> streets) =>
        (_rings, _streets) = (rings, streets.ToDictionary(street => street.Profile!.Id));

    /// <param name="demands">Of one street.</param>
    /// <param name="rings">The streets around it, itself in rings 0 and 1.</param>
    /// <param name="streets">Those of them that were opened.</param>
    public static TreatyRehearsal Of(
        IEnumerable<Demand> demands, IReadOnlyDictionary<int, IReadOnlyList<StreetId>> rings, IReadOnlyCollection<Street> streets, StreetId lender, StreetId borrower, TreatyTerms terms)
    {
        var inOrder = demands.OrderBy(demand => demand.PostedAt).ThenBy(demand => demand.Id.Text, StringComparer.Ordinal).ToList();
        return new(
            inOrder.Count,
            inOrder.Sum(demand => demand.Terms.Seats),
            rings.FirstOrDefault(ring => ring.Value.Contains(lender)).Key,
            Run(new Treaty(borrower, false, terms)),
            Run(new Treaty(borrower, true, terms)));

        RehearsedFates Run(Treaty treaty)
        {
            var rehearsal = new Rehearsal(rings, streets.Select(Rehearsed));
            inOrder.ForEach(rehearsal.Serve);
            return rehearsal.Fates;

            // Nothing is lent yet.
            Street Rehearsed(Street street) =>
                (street.Profile!.Id == lender ? street.Evolve(new TreatySet(default, borrower, treaty.Open, terms)) : street) with { Loans = LoanBook.Empty };
        }
    }

    private RehearsedFates Fates => new(
        _filled,
        new(_filled == 0 ? 0 : _waiting / _filled),
        [.. _services.Select(served => new RehearsedServices(StreetId.Parse(served.Key.Street), served.Value.Seats, new(served.Value.Minutes)))]);

    private void Serve(Demand posted)
    {
        var demand = Demand.Empty.Evolve(new DemandPosted(posted.PostedAt, posted.Id, posted.Community, posted.Terms, posted.RequiresCertificate) { People = posted.People });
        var taken = new List<(Street Street, OfferTerms Terms, TimeWindow Slot, int People)>();
        var open = demand.Terms.Seats;
        for (var ring = 0; ring <= demand.Terms.Reach && open > 0; ring++)
        {
            var query = demand.Ring(ring) with { Limit = int.MaxValue, Wanted = 0 };
            var candidates = _rings.GetValueOrDefault(ring, [])
                .Select(street => _streets.GetValueOrDefault(street)).OfType<Street>()
                .SelectMany(street => MatchRules.Search(street, _hints, query, demand.PostedAt).Candidates)
                .OrderBy(candidate => candidate.Rank).ThenBy(candidate => candidate.Offer);
            foreach (var candidate in candidates.TakeWhile(_ => open > 0))
            {
                var street = _streets[candidate.Community.Street];
                var terms = street.Index.Find(candidate.Offer)!.Terms;
                var lent = taken.Where(other => ReferenceEquals(other.Street, street)).Sum(other => other.People);
                // All of an all-or-none demand come at the same time.
                var window = demand.Terms.AllOrNone && taken.Count > 0 ? taken[0].Slot : demand.Window;
                if (taken.TrueForAll(other => other.Terms.Offer.Partner != candidate.Offer.Partner) && FirstRoom(street, terms, demand, window, lent) is var (slot, room))
                {
                    taken.Add((street, terms, slot, Math.Min(open, room)));
                    open -= Math.Min(open, room);
                }
            }
        }

        for (var seat = 0; seat < taken.Count && (open == 0 || !demand.Terms.AllOrNone); seat++)
        {
            Take(demand, seat + 1, taken[seat].Street.Profile!.Id, taken[seat].Terms, taken[seat].Slot, taken[seat].People);
        }
    }

    /// <summary>The earliest slot in which the partner has room, and for how many people; null where there is none.</summary>
    /// <param name="lent">People whom the street serves with in this demand already.</param>
    private (TimeWindow Slot, int Room)? FirstRoom(Street street, OfferTerms terms, Demand demand, TimeWindow window, int lent)
    {
        var (facts, closed) = (street.Index.Find(terms.Offer.Partner)!, street.Profile!.ClosedTo(demand.Community.Street));
        var left = Lending.Of(street, demand.Community.Street, Minutes.Zero, demand.PostedAt).Left.Value / demand.Terms.Duration.Value - lent;
        foreach (var slot in SlotSearch.All(new Availability(terms.Hours, terms.Zone), window, demand.Terms.Duration, demand.PostedAt + terms.Notice.ToTimeSpan()))
        {
            var room = (int)Math.Min(terms.Capacity - CalendarOf(terms.Offer.Partner).Peak(slot, demand.PostedAt), left);
            if (room > 0 && !facts.IsAway(slot) && closed.Closes(slot, terms.ServesOnHolidays) is null
                && (!demand.RequiresCertificate || facts.Holds(demand.Terms.Skill, demand.Terms.MinLevel, slot.End)))
            {
                return (slot, room);
            }
        }

        return null;
    }

    private void Take(Demand demand, int number, StreetId street, OfferTerms terms, TimeWindow slot, int people)
    {
        var (hold, partner, minutes) = (new HoldId(demand.Id, number), terms.Offer.Partner, demand.Terms.Duration.Times(people));
        _calendars[partner] = CalendarOf(partner).With(new(hold, terms.Offer, slot, null, people, 0, demand.PostedAt));
        _hints.Calendars[partner] = new(_calendars[partner].Full(terms.Capacity, demand.PostedAt), _calendars[partner].Reserved);
        _filled += people;
        _waiting += (long)(slot.Start - demand.PostedAt).TotalMinutes * people;
        var key = (street != demand.Community.Street, street.Text);
        var before = _services.GetValueOrDefault(key);
        _services[key] = (before.Seats + people, before.Minutes + minutes.Value);
        if (street != demand.Community.Street)
        {
            _streets[street] = _streets[street].Evolve(new LoanAuthorised(
                demand.PostedAt, new(hold, partner), demand.Community.Street, demand.Terms.Skill, demand.Terms.Duration, people, DateTimeOffset.MaxValue));
        }
    }

    private Calendar CalendarOf(PartnerId partner) => _calendars.GetValueOrDefault(partner, Calendar.Empty);
}
