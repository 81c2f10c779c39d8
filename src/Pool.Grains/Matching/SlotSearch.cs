using Pool.Offers;
using Pool.Values;

namespace Pool.Matching;

/// <summary>
/// The earliest slot of a window that an offer's hours cover. Many offers share the same hours, so one search
/// remembers what it found.
/// </summary>
public sealed class SlotSearch(Minutes duration)
{
    private readonly Dictionary<(Availability, TimeWindow, DateTimeOffset), TimeWindow?> _found = [];

    /// <summary>The first slot not before <paramref name="earliest"/>; null when there is none.</summary>
    public TimeWindow? First(in OfferRow offer, TimeWindow window, DateTimeOffset earliest)
    {
        var (availability, partner) = (offer.Availability, offer.Partner);
        if (!partner.Away.IsEmpty)
        {
            // Nobody else is away just then.
            return All(availability, window, duration, earliest).Where(found => !partner.IsAway(found)).Select(found => (TimeWindow?)found).FirstOrDefault();
        }

        var key = (availability, window, earliest);
        if (!_found.TryGetValue(key, out var slot))
        {
            _found[key] = slot = All(availability, window, duration, earliest).Select(found => (TimeWindow?)found).FirstOrDefault();
        }

        return slot;
    }

    /// <summary>Every slot of the window that the offer's hours cover, earliest first.</summary>
    public static IEnumerable<TimeWindow> All(Availability availability, TimeWindow window, Minutes duration, DateTimeOffset earliest) =>
        WeeklyHours.Slots(window, duration, earliest).Where(availability.Covers);
}
