using Ical.Net;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Evaluation;
using Pool.Actors;
using Pool.Values;

namespace Pool.Series;

/// <summary>Recurrence rules (RFC 5545, section 3.3.10), by Ical.Net.</summary>
public static class Recurrence
{
    private const string Field = "series.rule";

    /// <summary>Days, weeks, months or years without an occurrence after which a rule is taken for one that never occurs; leap days are up to eight years apart.</summary>
    public static readonly EvaluationOptions Patience = new() { MaxUnmatchedIncrementsLimit = 4_000 };

    /// <summary>Whether a rule recurs more often than daily.</summary>
    public static bool IsTooFrequent(RecurrenceRule rule) => rule.Frequency is FrequencyType.Secondly or FrequencyType.Minutely or FrequencyType.Hourly;

    /// <summary>The first occurrence at or after where the rule begins, or why there is none.</summary>
    public static Answer<DateTimeOffset> First(string rule, DateTimeOffset begins)
    {
        if (Check.Text(Field, rule, Limits.RuleLength) is { } missing)
        {
            return missing;
        }

        RecurrenceRule read;
        try
        {
            read = new(rule);
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            // The library has many exceptions for what a rule may have wrong.
            return Refusal.At(Field, RefusalReason.RuleUnreadable);
        }

        if (IsTooFrequent(read) || read.ByHour.Count + read.ByMinute.Count + read.BySecond.Count > 0)
        {
            return Refusal.At(Field, RefusalReason.FieldInvalid, "FREQ DAILY, WEEKLY, MONTHLY or YEARLY, and no hours, minutes or seconds");
        }

        return After(rule, begins, begins - TimeSpan.FromTicks(1)) is { } first ? Answer<DateTimeOffset>.Of(first) : Refusal.At(Field, RefusalReason.RuleNeverOccurs);
    }

    /// <summary>The first occurrence after an instant; null where there is none.</summary>
    /// <param name="rule">One that <see cref="First"/> has read.</param>
    /// <param name="begins">Where the rule begins to count.</param>
    public static DateTimeOffset? After(string rule, DateTimeOffset begins, DateTimeOffset after)
    {
        var happening = new CalendarEvent
        {
            Start = new CalDateTime(begins.UtcDateTime, CalDateTime.UtcTzId).ToTimeZone(Clock.DefaultZone),
            Duration = Duration.FromMinutes(1),
            RecurrenceRule = new(rule),
        };
        try
        {
            return happening.GetOccurrences(happening.Start, Patience)
                .Select(occurrence => (DateTimeOffset?)new DateTimeOffset(occurrence.Period.StartTime.AsUtc, TimeSpan.Zero))
                .FirstOrDefault(start => start > after);
        }
        catch (Exception never) when (never is EvaluationLimitExceededException or EvaluationOutOfRangeException)
        {
            return null;
        }
    }
}
