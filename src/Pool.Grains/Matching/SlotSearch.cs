using System.Runtime.InteropServices;
using Pool.Offers;
using Pool.Values;

namespace Pool.Matching;

/// <summary>
/// The slots of a window, and the earliest that an offer's hours cover. Many offers are asked for the same slots, so that what a
/// slot is in a zone's local time is found out once.
/// </summary>
/// <param name="now">No slot begins before.</param>
/// <param name="closed">When the street's partners do not serve.</param>
public sealed class SlotSearch(TimeWindow window, Minutes duration, DateTimeOffset now, ClosedTimes closed)
{
    private readonly Dictionary<TimeZoneInfo, LocalSlots> _slots = new(ReferenceEqualityComparer.Instance);

    /// <summary>The first slot not before <paramref name="earliest"/>; null when there is none.</summary>
    /// <param name="whileClosed">Whether a slot counts at which the street is closed.</param>
    public TimeWindow? First(in OfferRow offer, DateTimeOffset earliest, bool whileClosed = false)
    {
        var (availability, anytime) = (offer.Availability, whileClosed || closed.IsEmpty);
        if (!_slots.TryGetValue(availability.Local, out var slots))
        {
            _slots[availability.Local] = slots = new(WeeklyHours.Slots(window, duration, now), availability.Local);
        }

        for (var number = 0; slots.Has(number); number++)
        {
            ref readonly var slot = ref slots[number];
            if (slot.Window.Start >= earliest && availability.Covers(slot.Touched)
                && !(offer.GoesAway && offer.Partner.IsAway(slot.Window))
                && (anytime || closed.Closes(slot.Window, offer.ServesOnHolidays) is null))
            {
                return slot.Window;
            }
        }

        return null;
    }

    /// <summary>Why the street is closed at a slot that the hours cover.</summary>
    public CandidateReason WhyClosed(in OfferRow offer, TimeWindow slot) => closed.Closes(slot, offer.ServesOnHolidays) ?? CandidateReason.NotAvailable;

    /// <summary>Every slot of the window that the offer's hours cover, earliest first.</summary>
    public static IEnumerable<TimeWindow> All(Availability availability, TimeWindow window, Minutes duration, DateTimeOffset earliest) =>
        WeeklyHours.Slots(window, duration, earliest).Where(availability.Covers);

    /// <param name="Touched">The half-hours of the week, in local time.</param>
    private readonly record struct LocalSlot(TimeWindow Window, WeeklyHours Touched);

    /// <summary>Slots in the local time of a zone, as far as somebody asked for them.</summary>
    private sealed class LocalSlots(IEnumerable<TimeWindow> slots, TimeZoneInfo zone)
    {
        private readonly IEnumerator<TimeWindow> _rest = slots.GetEnumerator();
        private readonly List<LocalSlot> _read = [];

        public ref readonly LocalSlot this[int number] => ref CollectionsMarshal.AsSpan(_read)[number];

        /// <summary>Whether there are more slots than <paramref name="number"/>, which grows by one from question to question.</summary>
        public bool Has(int number)
        {
            if (number == _read.Count && _rest.MoveNext())
            {
                _read.Add(new(_rest.Current, WeeklyHours.Of(_rest.Current, zone)));
            }

            return number < _read.Count;
        }
    }
}
