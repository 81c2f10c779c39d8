using System.Collections.Immutable;
using Ical.Net;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Serialization;
using Pool.Actors;
using Pool.Demands;
using Pool.Gateway.Errors;
using Pool.Partners;
using Pool.Series;
using Pool.Values;

namespace Pool.Gateway.Resources;

/// <summary>iCalendar texts (RFC 5545), by Ical.Net: a partner's busy times in, its bookings out.</summary>
internal static class CalendarResource
{
    public const string ContentType = "text/calendar; charset=utf-8";

    /// <summary>Occurrences read of one text, whether they block time or not.</summary>
    private const int MostOccurrences = 20_000;

    /// <summary>When the owner of a calendar is busy, from now on: its events that block time.</summary>
    /// <exception cref="RefusedException">The text cannot be read, or is too large.</exception>
    public static ImmutableArray<TimeWindow> Busy(string field, string text, DateTimeOffset now)
    {
        if (text.Length > Limits.CalendarLength)
        {
            throw new RefusedException(RefusalReason.CalendarTooLarge, field, $"{Limits.CalendarLength}");
        }

        try
        {
            return Read(field, text, now, now + Limits.FarthestWindow);
        }
        catch (Exception unreadable) when (unreadable is not (RefusedException or OutOfMemoryException))
        {
            // The library has many exceptions for what a text may have wrong.
            throw new RefusedException(RefusalReason.CalendarUnreadable, field);
        }
    }

    /// <summary>The partner's reservations: bookings are confirmed, holds are tentative.</summary>
    /// <param name="demands">What they are for; one may be missing.</param>
    public static string Write(Partner partner, string name, IReadOnlyDictionary<DemandId, Demand> demands, DateTimeOffset now)
    {
        var calendar = new Ical.Net.Calendar { ProductId = "-//ResourcePool//bookings//ZH" };
        calendar.AddProperty("X-WR-CALNAME", name);
        foreach (var reservation in partner.Calendar.Reservations.Values.OrderBy(reservation => reservation.Slot.Start).ThenBy(reservation => reservation.Hold.Text, StringComparer.Ordinal))
        {
            var demand = demands.GetValueOrDefault(reservation.Hold.Demand);
            calendar.Events.Add(new CalendarEvent
            {
                Uid = $"{reservation.Hold.Text}@resource-pool",
                DtStamp = Utc(now),
                Start = Utc(reservation.Slot.Start),
                End = Utc(reservation.Slot.End),
                Summary = demand?.Terms.Title ?? reservation.Offer.Name,
                Description = demand is null ? "" : Requests.ResourceNames.Of(demand.Community, demand.Id),
                Status = reservation.IsBooking ? EventStatus.Confirmed : EventStatus.Tentative,
                Transparency = TransparencyType.Opaque,
            });
        }

        return new CalendarSerializer().SerializeToString(calendar)!;
    }

    private static ImmutableArray<TimeWindow> Read(string field, string text, DateTimeOffset now, DateTimeOffset until)
    {
        var calendar = Ical.Net.Calendar.Load(text);
        // The library leaves out what it cannot read of an event's start and end, and of free/busy entries.
        if (calendar is null || calendar.FreeBusy.Count > 0 || calendar.Events.Any(happening => happening.Start is null || IsEndUnreadable(happening) || HasManyRules(happening)))
        {
            throw new RefusedException(RefusalReason.CalendarUnreadable, field);
        }

        if (calendar.Events.Any(happening => happening.RecurrenceRule is { } rule && Recurrence.IsTooFrequent(rule)))
        {
            throw new RefusedException(RefusalReason.CalendarTooLarge, field, $"{MostOccurrences}");
        }

        var windows = ImmutableArray.CreateBuilder<TimeWindow>();
        var seen = 0;
        // What began a day ago may last.
        var occurrences = calendar.GetOccurrences<CalendarEvent>(Utc(now.AddDays(-1)), Recurrence.Patience)
            .TakeWhile(occurrence => Instant(occurrence.Period.StartTime) < until);
        foreach (var occurrence in occurrences)
        {
            if (++seen > MostOccurrences)
            {
                throw new RefusedException(RefusalReason.CalendarTooLarge, field, $"{MostOccurrences}");
            }

            if (occurrence.Source is CalendarEvent { Transparency: not TransparencyType.Transparent, Status: not EventStatus.Cancelled })
            {
                Add(occurrence.Period);
            }
        }

        return windows.DrainToImmutable();

        void Add(Period period)
        {
            var (start, end) = (Instant(period.StartTime), Instant(period.EffectiveEndTime ?? period.StartTime));
            if (end > start && start < until)
            {
                windows.Add(new(start, end));
            }
        }
    }

    /// <summary>More than one rule of recurrence, or of exception, which iCalendar has given up (RFC 5545, section 3.8.5.3 and appendix A.3).</summary>
    private static bool HasManyRules(CalendarEvent happening) =>
        happening.Properties.Count(property => property.Name == "RRULE") > 1 || happening.Properties.Any(property => property.Name == "EXRULE");

    private static bool IsEndUnreadable(CalendarEvent happening) =>
        happening is { DtEnd: null, Duration: null } && happening.Properties.Any(property => property.Name is "DTEND" or "DURATION");

    /// <summary>A time without a zone, and a day, are the pool's own.</summary>
    private static DateTimeOffset Instant(CalDateTime time) =>
        new(time.IsFloating ? time.ToTimeZone(Clock.DefaultZone).AsUtc : time.AsUtc, TimeSpan.Zero);

    private static CalDateTime Utc(DateTimeOffset at) => new(at.UtcDateTime, CalDateTime.UtcTzId);
}
