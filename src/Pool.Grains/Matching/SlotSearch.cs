using Pool.Offers;
using Pool.Values;

namespace Pool.Matching;

/// <summary>
/// The earliest slot of a window that an offer's hours cover. Many offers share the same hours, so one search
/// remembers what it found.
/// </summary>
/// <param name="closed">When the street's partners do not serve.</param>
public sealed class SlotSearch(Minutes duration, ClosedTimes closed)
{
    private readonly Dictionary<(Availability, TimeWindow, DateTimeOffset, bool, bool), TimeWindow?> _found = [];

    /// <summary>The first slot not before <paramref name="earliest"/>; null when there is none.</summary>
    /// <param name="whileClosed">Whether a slot counts at which the street is closed.</param>
    public TimeWindow? First(in OfferRow offer, TimeWindow window, DateTimeOffset earliest, bool whileClosed = false)
    {
        var (availability, servesOnHolidays) = (offer.Availability, offer.ServesOnHolidays);
        var anytime = whileClosed || closed.IsEmpty;
        if (offer.GoesAway)
        {
            // Nobody else is away just then.
            var partner = offer.Partner;
            return Slots().Where(slot => !partner.IsAway(slot)).Select(slot => (TimeWindow?)slot).FirstOrDefault();
        }

        var key = (availability, window, earliest, anytime, servesOnHolidays);
        if (!_found.TryGetValue(key, out var first))
        {
            _found[key] = first = Slots().Select(slot => (TimeWindow?)slot).FirstOrDefault();
        }

        return first;

        IEnumerable<TimeWindow> Slots()
        {
            var slots = All(availability, window, duration, earliest);
            return anytime ? slots : slots.Where(slot => closed.Closes(slot, servesOnHolidays) is null);
        }
    }

    /// <summary>Why the street is closed at a slot that the hours cover.</summary>
    public CandidateReason WhyClosed(in OfferRow offer, TimeWindow slot) => closed.Closes(slot, offer.ServesOnHolidays) ?? CandidateReason.NotAvailable;

    /// <summary>Every slot of the window that the offer's hours cover, earliest first.</summary>
    public static IEnumerable<TimeWindow> All(Availability availability, TimeWindow window, Minutes duration, DateTimeOffset earliest) =>
        WeeklyHours.Slots(window, duration, earliest).Where(availability.Covers);
}
