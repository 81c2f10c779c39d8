using Pool.Actors;
using Pool.Ledgers;
using Pool.Values;

namespace Pool.Demands;

/// <summary>What a demand may ask for.</summary>
public static class TermsRules
{
    /// <summary>The fault of the terms whose reason comes first; null when all is well.</summary>
    /// <param name="at">The field in which the request has them.</param>
    public static Refusal? Fault(DemandTerms terms, DateTimeOffset now, string at = "demand")
    {
        var (window, duration) = (terms.Window, terms.Duration);
        var durationFault = Check.Range($"{at}.duration_minutes", duration, Limits.ShortestService, Limits.LongestService);
        // A duration out of range may be longer than time itself; its own fault comes before those of the window.
        var length = durationFault is null ? duration.ToTimeSpan() : TimeSpan.Zero;
        var tooShort = window.Length < length;
        return Check.Lowest(
        [
            Check.Text($"{at}.title", terms.Title, Limits.TitleLength),
            Check.OptionalText($"{at}.description", terms.Description, Limits.TextLength),
            Check.Range($"{at}.min_level", terms.MinLevel, 1, Limits.Level),
            Check.Range($"{at}.seats", terms.Seats, 1, Limits.Seats),
            Check.Range($"{at}.reach", terms.Reach, 0, Limits.Reach),
            durationFault,
            Check.Known($"{at}.urgency", terms.Urgency),
            Check.Known($"{at}.dispatch_mode", terms.Mode),
            terms.Mode == DispatchMode.Broadcast
                ? terms.AskAtOnce == 0 ? Refusal.At($"{at}.ask_at_once", RefusalReason.BroadcastAsksNobody) : Check.Range($"{at}.ask_at_once", terms.AskAtOnce, 1, Limits.AskAtOnce)
                : terms.AskAtOnce == 0 ? null : Refusal.At($"{at}.ask_at_once", RefusalReason.FieldInvalid, "only a broadcast asks several at once"),
            terms.Payer is { } payer && !TransferRules.IsPerson(payer.Kind) ? Refusal.At($"{at}.payer", RefusalReason.FieldInvalid, "the account of a partner or resident") : null,
            terms.FeeModes.IsEmpty ? Refusal.At($"{at}.fee_modes", RefusalReason.FieldRequired) : null,
            terms.FeeModes.Select(mode => Check.Known($"{at}.fee_modes", mode)).FirstOrDefault(fault => fault is not null),
            terms.FeeModes.Distinct().Count() < terms.FeeModes.Length ? Refusal.At($"{at}.fee_modes", RefusalReason.FieldInvalid, "each mode once") : null,
            window.End > now + Limits.FarthestWindow ? Refusal.At($"{at}.window_end_time", RefusalReason.ValueOutOfRange, $"{Limits.FarthestWindow.TotalDays} days from now") : null,
            window.End <= window.Start ? Refusal.At($"{at}.window_end_time", RefusalReason.WindowEndsBeforeStart) : null,
            window.End <= now || (!tooShort && window.End <= now + length) ? Refusal.At($"{at}.window_end_time", RefusalReason.WindowInPast) : null,
            tooShort ? Refusal.At($"{at}.window_end_time", RefusalReason.WindowTooShort) : null,
            window.Length > Limits.LongestWindow ? Refusal.At($"{at}.window_end_time", RefusalReason.WindowTooLong, $"{Limits.LongestWindow.TotalDays}") : null,
        ]);
    }
}
