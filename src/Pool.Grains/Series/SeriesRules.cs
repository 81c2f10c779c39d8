using Pool.Actors;
using Pool.Demands;
using Pool.Skills;
using Pool.Values;

namespace Pool.Series;

/// <summary>The life of a recurring demand: one occurrence after the other, also where one of them cannot be posted.</summary>
public static class SeriesRules
{
    /// <param name="skill">The skill, or what the catalogue says against it.</param>
    /// <param name="community">What the community says against it, or the ledger against the account that is to pay; null where it may post.</param>
    public static Decision<SeriesEvent> Begin(
        DemandSeries series, SeriesId id, CommunityId home, SeriesTerms terms, Answer<Skill> skill, Refusal? community, DateTimeOffset now)
    {
        // A window out of range may begin where no calendar does; its own fault comes before those of the rule.
        var fault = TermsRules.Fault(terms.Each, now, "series.each");
        var first = fault is null ? Recurrence.First(terms.Rule, terms.Each.Window.Start) : Check.Text("series.rule", terms.Rule, Limits.RuleLength) ?? fault;
        var refusal = Check.Lowest(
            fault,
            terms.Each.SameAs is null ? null : Refusal.At("series.each.same_people_as", RefusalReason.FieldInvalid, "empty: same_people says it"),
            Check.Range("series.post_ahead_minutes", terms.PostAhead, Minutes.Zero, Limits.LongestPostAhead),
            first.Refusal,
            skill.Refusal,
            community,
            series.Exists ? Refusal.Of(RefusalReason.AlreadyExists, id.Text) : null);
        return refusal is null ? new SeriesBegun(now, id, home, terms, first.Value) : refusal;
    }

    /// <summary>The occurrence for which a demand is to be posted now; null while there is none.</summary>
    public static PostOccurrence? NextStep(DemandSeries series, DateTimeOffset now) =>
        series.DueAt <= now ? new(series.Last + 1, series.DemandOf(series.Last + 1), TermsOf(series, series.NextStart!.Value)) : null;

    /// <summary>What became of an occurrence; another one than the next is none of it.</summary>
    /// <param name="refusal">Why it was refused; null where it was posted.</param>
    public static Decision<SeriesEvent> Posted(DemandSeries series, PostOccurrence step, Refusal? refusal, DateTimeOffset now)
    {
        if (!series.IsRunning || series.Last + 1 != step.Number)
        {
            return default;
        }

        var next = Recurrence.After(series.Terms!.Rule, series.Terms.Each.Window.Start, series.NextStart!.Value);
        return refusal is null ? new OccurrencePosted(now, step.Number, step.Demand, next) : new OccurrenceRefused(now, step.Number, refusal.Reason, next);
    }

    /// <summary>No more demands are posted.</summary>
    public static Decision<SeriesEvent> End(DemandSeries series, SeriesId id, string why, DateTimeOffset now)
    {
        var refusal = Check.Lowest(
            Check.OptionalText("reason", why, Limits.TextLength),
            series.Exists ? null : Refusal.Of(RefusalReason.SeriesNotFound, id.Text),
            series.Exists && !series.IsRunning ? Refusal.Of(RefusalReason.SeriesEnded) : null);
        return refusal is null ? new SeriesEnded(now, why) : refusal;
    }

    private static DemandTerms TermsOf(DemandSeries series, DateTimeOffset start)
    {
        var each = series.Terms!.Each;
        return each with { Window = new(start, start + each.Window.Length) };
    }
}

/// <summary>Post the demand of an occurrence.</summary>
public sealed record PostOccurrence(int Number, DemandId Demand, DemandTerms Terms);
