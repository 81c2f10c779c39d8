using System.Collections.Immutable;
using System.Numerics;
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

    /// <summary>Starts at which one offer may serve a demand, at most: a week of half-hours.</summary>
    private const int MostStarts = 336;

    /// <summary>The best candidates, with the reason of every other.</summary>
    public static StreetFindings Search(
        StreetId street, StreetProfile profile, OfferIndex index, IReadOnlyDictionary<PartnerId, BusyHint> hints, RingQuery query, DateTimeOffset now) =>
        Find(street, profile, index, hints, query, now).Findings;

    /// <summary>The same, and every offer that fits, with the starts at which it may serve.</summary>
    public static StreetSupply Supply(
        StreetId street, StreetProfile profile, OfferIndex index, IReadOnlyDictionary<PartnerId, BusyHint> hints, RingQuery query, DateTimeOffset now)
    {
        var (findings, fit) = Find(street, profile, index, hints, query, now);
        var rows = index.Of(query.Skill);
        var shared = new Dictionary<(Availability, Minutes), ImmutableArray<DateTimeOffset>>();
        var offers = ImmutableArray.CreateBuilder<SuppliedOffer>(fit.Count);
        foreach (var (rank, row) in fit)
        {
            ref readonly var offer = ref rows[row];
            var starts = Starts(query, offer, hints.GetValueOrDefault(offer.PartnerId), shared, now);
            if (!starts.IsEmpty)
            {
                offers.Add(new(Candidate(query, profile, offer, rank), offer.Terms.Capacity, starts));
            }
        }

        return new(findings, offers.DrainToImmutable());
    }

    private static (StreetFindings Findings, List<(long Rank, int Row)> Fit) Find(
        StreetId street, StreetProfile profile, OfferIndex index, IReadOnlyDictionary<PartnerId, BusyHint> hints, RingQuery query, DateTimeOffset now)
    {
        var treaty = street == query.Home.Street || profile.LendsTo(query.Home.Street);
        var tried = query.Tried.ToHashSet();
        var asked = query.Asked.ToHashSet();
        var fit = new List<(long Rank, int Row)>();
        var refused = new SortedDictionary<CandidateReason, List<OfferId>>();
        var slots = new SlotSearch(query.Duration);
        var nearMisses = new List<(CandidateReason Reason, OfferRow Offer)>();
        var rows = index.Of(query.Skill);
        for (var row = 0; row < rows.Length; row++)
        {
            ref readonly var offer = ref rows[row];
            if (!InRing(query, offer.Community) || !IsAskedFor(query, offer) || (tried.Count > 0 && tried.Contains(offer.Terms.Offer)))
            {
                continue;
            }

            var onTrial = offer.Services < profile.Policy.TrialServices;
            var reasons = Unfit(query, offer, treaty, onTrial, asked, slots, now);
            if (reasons.None)
            {
                fit.Add((Rank(query, offer, hints.GetValueOrDefault(offer.PartnerId), now), row));
                continue;
            }

            if (!refused.TryGetValue(reasons.First, out var offers))
            {
                refused[reasons.First] = offers = [];
            }

            offers.Add(offer.Terms.Offer);
            if (reasons.One)
            {
                nearMisses.Add((reasons.First, offer));
            }
        }

        // Rows are in the order of their ids, so the row decides between equals.
        fit.Sort();
        var best = ImmutableArray.CreateBuilder<Candidate>();
        foreach (var (rank, row) in fit.Take(query.Limit))
        {
            best.Add(Candidate(query, profile, rows[row], rank));
        }

        var findings = new StreetFindings(
            street,
            best.DrainToImmutable(),
            Math.Max(0, fit.Count - query.Limit),
            [.. refused.Select(pair => new RefusedOffers(pair.Key, [.. pair.Value]))],
            fit.Count < query.Wanted ? Cures(street, query, nearMisses, slots, now) : [],
            profile.Neighbours,
            profile.Policy);
        return (findings, fit);
    }

    private static Candidate Candidate(RingQuery query, StreetProfile profile, in OfferRow offer, long rank) =>
        new(offer.Terms.Offer, offer.Community, query.Ring, offer.Level, offer.FeeMode, rank, offer.Services < profile.Policy.TrialServices);

    /// <summary>When an offer that fits may begin to serve, as far as the street knows; most offers share their hours with others.</summary>
    private static ImmutableArray<DateTimeOffset> Starts(
        RingQuery query, in OfferRow offer, BusyHint? hint, Dictionary<(Availability, Minutes), ImmutableArray<DateTimeOffset>> shared, DateTimeOffset now)
    {
        var (partner, key) = (offer.Partner, (offer.Availability, offer.Notice));
        if (!shared.TryGetValue(key, out var starts))
        {
            shared[key] = starts = [.. SlotSearch.All(offer.Availability, query.Window, query.Duration, now + offer.Notice.ToTimeSpan()).Take(MostStarts).Select(slot => slot.Start)];
        }

        return partner.Away.IsEmpty && !query.RequiresCertificate && hint is not { Full.IsEmpty: false } ? starts : starts.RemoveAll(start => !Serves(TimeWindow.From(start, query.Duration)));

        bool Serves(TimeWindow slot) =>
            !partner.IsAway(slot)
            && !(hint?.Full.Any(full => full.Overlaps(slot)) ?? false)
            && (!query.RequiresCertificate || partner.Holds(query.Skill, query.MinLevel, slot.End));
    }

    private static bool IsAskedFor(RingQuery query, in OfferRow offer) =>
        (query.Only is not { } only || offer.Terms.Offer == only) && (query.OnlyPartner is not { } partner || offer.PartnerId == partner);

    private static bool InRing(RingQuery query, CommunityId community) => query.Ring switch
    {
        0 => community == query.Home,
        1 => community != query.Home,
        _ => true,
    };

    /// <summary>Every filter that the offer fails, in the order of the reasons.</summary>
    private static Reasons Unfit(
        RingQuery query, in OfferRow offer, bool treaty, bool onTrial, HashSet<PartnerId> asked, SlotSearch slots, DateTimeOffset now)
    {
        var reasons = new Reasons();
        Unless(!offer.Suspended, CandidateReason.Suspended);
        Unless(treaty, CandidateReason.NoTreaty);
        Unless(offer.Reach >= query.Ring, CandidateReason.OutOfReach);
        Unless(offer.Level >= query.MinLevel, CandidateReason.LevelTooLow);
        var slot = slots.First(offer, query.Window, now);
        // The certificate is asked for the level that the offer has: one that is too low fails the level alone.
        Unless(
            !query.RequiresCertificate || offer.Partner.Holds(query.Skill, Math.Min(query.MinLevel, offer.Level), slot?.End ?? query.Window.End),
            CandidateReason.CertificateNotValid);
        Unless(query.FeeModes.Contains(offer.FeeMode), CandidateReason.FeeModeNotAccepted);
        Unless(slot is not null, CandidateReason.NotAvailable);
        Unless(
            slot is null || offer.Notice == Minutes.Zero || slots.First(offer, query.Window, now + offer.Notice.ToTimeSpan()) is not null,
            CandidateReason.NoticeTooShort);
        Unless(!asked.Contains(offer.PartnerId), CandidateReason.AskedBefore);
        Unless(!onTrial || query.Ring == 0 || query.IsMentored, CandidateReason.OnTrial);
        return reasons;

        void Unless(bool passes, CandidateReason reason)
        {
            if (!passes)
            {
                reasons = reasons.And(reason);
            }
        }
    }

    /// <summary>
    /// The ranking as one number, lower is better, from the high bits down: ring, busy by hint, fee mode in the
    /// demand's order, minutes served this quarter and booked (fairness), level above what is needed, stars.
    /// </summary>
    private static long Rank(RingQuery query, in OfferRow offer, BusyHint? hint, DateTimeOffset now)
    {
        var busy = hint is not null && hint.Full.Any(full => full.Contains(query.Window)) ? 1L : 0L;
        var load = Math.Min(offer.MinutesIn(Quarter.Of(now)).Value + (hint?.Booked.Value ?? 0), (1 << 20) - 1);
        return ((long)query.Ring << 48)
            | (busy << 47)
            | ((long)query.FeeModes.IndexOf(offer.FeeMode) << 44)
            | (load << 20)
            | ((long)(offer.Level - query.MinLevel) << 16)
            | (uint)(500 - offer.CentiStars);
    }

    /// <summary>For each single change, how many candidates it adds: those that fail nothing else.</summary>
    private static ImmutableArray<Cure> Cures(
        StreetId street, RingQuery query, List<(CandidateReason Reason, OfferRow Offer)> nearMisses, SlotSearch slots, DateTimeOffset now)
    {
        IEnumerable<OfferRow> Failing(CandidateReason reason) => nearMisses.Where(miss => miss.Reason == reason).Select(miss => miss.Offer);

        // A lower level or a later end also admits those who need less, so these counts add up on the way.
        var wider = query.Window with { End = query.Window.End.AddDays(CureHorizonDays) };
        var ends = nearMisses
            .Where(miss => miss.Reason is CandidateReason.NotAvailable or CandidateReason.NoticeTooShort)
            .Select(miss => (miss.Offer.Partner, slots.First(miss.Offer, wider, now + miss.Offer.Notice.ToTimeSpan())?.End))
            .Where(found => found.End is { } end && (!query.RequiresCertificate || found.Partner.Holds(query.Skill, query.MinLevel, end)))
            .Select(found => found.End!.Value);
        Cure[] cures =
        [
            new(CureKind.OpenTreaty, Failing(CandidateReason.NoTreaty).Count(), Street: street),
            new(CureKind.WaiveCertificate, Failing(CandidateReason.CertificateNotValid).Count()),
            .. Cumulate(Failing(CandidateReason.LevelTooLow).GroupBy(offer => offer.Level).OrderByDescending(level => level.Key))
                .Select(step => new Cure(CureKind.LowerLevel, step.Count, Level: step.Key)),
            .. Failing(CandidateReason.FeeModeNotAccepted).GroupBy(offer => offer.FeeMode)
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

    /// <summary>The filters that an offer fails, as bits at the reasons' numbers: their order is the reasons' order.</summary>
    private readonly record struct Reasons(int Bits)
    {
        public bool None => Bits == 0;

        public bool One => BitOperations.IsPow2(Bits);

        public CandidateReason First => (CandidateReason)BitOperations.TrailingZeroCount(Bits);

        public Reasons And(CandidateReason reason) => new(Bits | (1 << (int)reason));
    }
}
