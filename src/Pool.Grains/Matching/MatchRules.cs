using System.Collections.Immutable;
using Pool.Offers;
using Pool.Partners;
using Pool.Streets;
using Pool.Values;

namespace Pool.Matching;

/// <summary>Filters and ranking of a ring's candidates: level is a filter first, so that work does not gather on a few.</summary>
public static class MatchRules
{
    /// <summary>How far ahead a wider window is looked for, in days.</summary>
    private const int CureHorizonDays = 14;

    /// <summary>Days named as cures, at most.</summary>
    private const int WindowCures = 3;

    public static StreetFindings Search(
        StreetId street, StreetProfile profile, OfferIndex index, IReadOnlyDictionary<PartnerId, BusyHint> hints, RingQuery query, DateTimeOffset now)
    {
        var treaty = street == query.Home.Street || profile.LendsTo(query.Home.Street);
        var tried = query.Tried.ToHashSet();
        var asked = query.Asked.ToHashSet();
        var fit = new List<Candidate>();
        var refused = new SortedDictionary<CandidateReason, List<OfferId>>();
        var slots = new SlotSearch(query.Duration);
        var nearMisses = new List<(CandidateReason Reason, OfferTerms Terms, PartnerFacts Partner)>();
        foreach (var offer in index.Of(query.Skill).OrderBy(offer => offer.Terms.Offer))
        {
            var terms = offer.Terms;
            if (tried.Contains(terms.Offer)
                || !index.Partners.TryGetValue(terms.Offer.Partner, out var partner)
                || !InRing(query, partner.Community))
            {
                continue;
            }

            var reasons = Unfit(query, terms, partner, treaty, asked, slots, now);
            if (reasons.Count == 0)
            {
                fit.Add(new(terms.Offer, partner.Community, query.Ring, terms.Level, terms.FeeMode,
                    Rank(query, terms, partner, hints.GetValueOrDefault(partner.Partner), now)));
                continue;
            }

            if (!refused.TryGetValue(reasons[0], out var offers))
            {
                refused[reasons[0]] = offers = [];
            }

            offers.Add(terms.Offer);
            if (reasons.Count == 1)
            {
                nearMisses.Add((reasons[0], terms, partner));
            }
        }

        fit.Sort((a, b) => a.Rank != b.Rank ? a.Rank.CompareTo(b.Rank) : a.Offer.CompareTo(b.Offer));
        return new(
            street,
            [.. fit.Take(query.Limit)],
            Math.Max(0, fit.Count - query.Limit),
            [.. refused.Select(pair => new RefusedOffers(pair.Key, [.. pair.Value]))],
            fit.Count < query.Wanted ? Cures(street, query, nearMisses, slots, now) : [],
            profile.Neighbours,
            profile.Policy);
    }

    private static bool InRing(RingQuery query, CommunityId community) => query.Ring switch
    {
        0 => community == query.Home,
        1 => community != query.Home,
        _ => true,
    };

    /// <summary>Every filter that the offer fails, in the order of the reasons.</summary>
    private static List<CandidateReason> Unfit(
        RingQuery query, OfferTerms terms, PartnerFacts partner, bool treaty, HashSet<PartnerId> asked, SlotSearch slots, DateTimeOffset now)
    {
        var reasons = new List<CandidateReason>();
        Unless(!partner.Suspended, CandidateReason.Suspended);
        Unless(treaty, CandidateReason.NoTreaty);
        Unless(terms.Reach >= query.Ring, CandidateReason.OutOfReach);
        Unless(terms.Level >= query.MinLevel, CandidateReason.LevelTooLow);
        var slot = slots.First(terms, query.Window, now);
        // The certificate is asked for the level that the offer has: one that is too low fails the level alone.
        Unless(
            !query.RequiresCertificate || partner.Holds(query.Skill, Math.Min(query.MinLevel, terms.Level), slot?.End ?? query.Window.End),
            CandidateReason.CertificateNotValid);
        Unless(query.FeeModes.Contains(terms.FeeMode), CandidateReason.FeeModeNotAccepted);
        Unless(slot is not null, CandidateReason.NotAvailable);
        Unless(
            slot is null || slots.First(terms, query.Window, now + terms.Notice.ToTimeSpan()) is not null,
            CandidateReason.NoticeTooShort);
        Unless(!asked.Contains(terms.Offer.Partner), CandidateReason.AskedBefore);
        return reasons;

        void Unless(bool passes, CandidateReason reason)
        {
            if (!passes)
            {
                reasons.Add(reason);
            }
        }
    }

    /// <summary>
    /// The ranking as one number, lower is better, from the high bits down: ring, busy by hint, fee mode in the
    /// demand's order, minutes served this quarter and booked (fairness), level above what is needed, stars.
    /// </summary>
    private static long Rank(RingQuery query, OfferTerms terms, PartnerFacts partner, BusyHint? hint, DateTimeOffset now)
    {
        var busy = hint is not null && hint.Full.Any(full => full.Contains(query.Window)) ? 1L : 0L;
        var load = Math.Min(partner.MinutesIn(Quarter.Of(now)).Value + (hint?.Booked.Value ?? 0), (1 << 20) - 1);
        return ((long)query.Ring << 48)
            | (busy << 47)
            | ((long)query.FeeModes.IndexOf(terms.FeeMode) << 44)
            | (load << 20)
            | ((long)(terms.Level - query.MinLevel) << 16)
            | (uint)(500 - partner.CentiStars);
    }

    /// <summary>For each single change, how many candidates it adds: those that fail nothing else.</summary>
    private static ImmutableArray<Cure> Cures(
        StreetId street, RingQuery query, List<(CandidateReason Reason, OfferTerms Terms, PartnerFacts Partner)> nearMisses, SlotSearch slots, DateTimeOffset now)
    {
        IEnumerable<OfferTerms> Failing(params CandidateReason[] reasons) =>
            nearMisses.Where(miss => reasons.Contains(miss.Reason)).Select(miss => miss.Terms);

        // A lower level or a later end also admits those who need less, so these counts add up on the way.
        var wider = query.Window with { End = query.Window.End.AddDays(CureHorizonDays) };
        var ends = nearMisses
            .Where(miss => miss.Reason is CandidateReason.NotAvailable or CandidateReason.NoticeTooShort)
            .Select(miss => (miss.Terms, miss.Partner, slots.First(miss.Terms, wider, now + miss.Terms.Notice.ToTimeSpan())?.End))
            .Where(found => found.End is { } end && (!query.RequiresCertificate || found.Partner.Holds(query.Skill, query.MinLevel, end)))
            .Select(found => found.End!.Value);
        Cure[] cures =
        [
            new(CureKind.OpenTreaty, Failing(CandidateReason.NoTreaty).Count(), Street: street),
            new(CureKind.WaiveCertificate, Failing(CandidateReason.CertificateNotValid).Count()),
            .. Cumulate(Failing(CandidateReason.LevelTooLow).GroupBy(terms => terms.Level).OrderByDescending(level => level.Key))
                .Select(step => new Cure(CureKind.LowerLevel, step.Count, Level: step.Key)),
            .. Failing(CandidateReason.FeeModeNotAccepted).GroupBy(terms => terms.FeeMode)
                .Select(mode => new Cure(CureKind.AcceptFeeMode, mode.Count(), FeeMode: mode.Key)),
            .. Cumulate(ends.GroupBy(end => end).OrderBy(end => end.Key)).Take(WindowCures)
                .Select(step => new Cure(CureKind.WidenWindow, step.Count, Until: step.Key)),
        ];
        return [.. cures.Where(cure => cure.Candidates > 0).OrderByDescending(cure => cure.Candidates)];
    }

    private static IEnumerable<(TKey Key, int Count)> Cumulate<TKey, TItem>(IEnumerable<IGrouping<TKey, TItem>> steps)
    {
        var count = 0;
        foreach (var step in steps)
        {
            count += step.Count();
            yield return (step.Key, count);
        }
    }
}
