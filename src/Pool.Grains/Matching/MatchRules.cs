using System.Collections.Immutable;
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

    /// <summary>What a treaty with wider terms would cure.</summary>
    private static readonly CandidateReason[] NotLent =
        [CandidateReason.SkillNotLent, CandidateReason.QuotaUsed, CandidateReason.TrustUsed, CandidateReason.HomeHours];

    /// <summary>The best candidates, with the reason of every other.</summary>
    /// <param name="street">One that was opened.</param>
    public static StreetFindings Search(Street street, StreetHints hints, RingQuery query, DateTimeOffset now) => Find(street, hints, query, now).Findings;

    /// <summary>The same, and every offer that fits, with the starts at which it may serve.</summary>
    public static StreetSupply Supply(Street street, StreetHints hints, RingQuery query, DateTimeOffset now)
    {
        var (findings, fit) = Find(street, hints, query, now);
        var (profile, closed) = (street.Profile!, street.Profile!.ClosedTo(query.Home.Street));
        var rows = street.Index.Of(query.Skill);
        var shared = new Dictionary<(Availability, Minutes), ImmutableArray<DateTimeOffset>>();
        var offers = ImmutableArray.CreateBuilder<SuppliedOffer>(fit.Count);
        foreach (var (rank, row) in fit)
        {
            ref readonly var offer = ref rows[row];
            var starts = Starts(query, offer, hints.Of(offer.PartnerId), closed, shared, now);
            if (!starts.IsEmpty)
            {
                offers.Add(new(Candidate(query, profile, offer, rank), offer.Capacity, starts));
            }
        }

        return new(findings, offers.DrainToImmutable());
    }

    private static (StreetFindings Findings, List<(long Rank, int Row)> Fit) Find(Street street, StreetHints hints, RingQuery query, DateTimeOffset now)
    {
        var profile = street.Profile!;
        var tried = query.Tried.ToHashSet();
        var fit = new List<(long Rank, int Row)>();
        var refused = new List<OfferId>?[Reasons.Count];
        var closed = profile.ClosedTo(query.Home.Street);
        var slots = new SlotSearch(query.Window, query.Duration, now, closed);
        var filter = new Filter(query, slots, new Loans(street, hints, query, now), query.Asked.ToHashSet(), query.People.ToHashSet(), now);
        var nearMisses = new List<(CandidateReason Reason, OfferRow Offer)>();
        var rows = street.Index.Of(query.Skill);
        var home = query.Home.Street == profile.Id ? query.Home.Number : (int?)null;
        for (var row = 0; row < rows.Length; row++)
        {
            ref readonly var offer = ref rows[row];
            if (!InRing(query.Ring, home, offer.CommunityNumber) || !IsAskedFor(query, offer) || (tried.Count > 0 && tried.Contains(offer.Id)))
            {
                continue;
            }

            var onTrial = offer.Services < profile.Policy.TrialServices;
            var reasons = filter.Unfit(offer, onTrial);
            if (reasons.None)
            {
                fit.Add((Rank(query, offer, hints.Of(offer.PartnerId), now), row));
                continue;
            }

            (refused[(int)reasons.First] ??= []).Add(offer.Id);
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
            profile.Id,
            best.DrainToImmutable(),
            Math.Max(0, fit.Count - query.Limit),
            [.. refused.Index().Where(offers => offers.Item is not null).Select(offers => new RefusedOffers((CandidateReason)offers.Index, [.. offers.Item!]))],
            fit.Count < query.Wanted ? Cures(profile.Id, query, nearMisses, closed, now) : [],
            profile.Neighbours,
            profile.Policy);
        return (findings, fit);
    }

    private static Candidate Candidate(RingQuery query, StreetProfile profile, in OfferRow offer, long rank) =>
        new(offer.Id, offer.Community, query.Ring, offer.Level, offer.FeeMode, rank, offer.Services < profile.Policy.TrialServices);

    /// <summary>When an offer that fits may begin to serve, as far as the street knows; most offers share their hours with others.</summary>
    private static ImmutableArray<DateTimeOffset> Starts(
        RingQuery query, in OfferRow offer, BusyHint? hint, ClosedTimes closed, Dictionary<(Availability, Minutes), ImmutableArray<DateTimeOffset>> shared, DateTimeOffset now)
    {
        var (partner, key, servesOnHolidays) = (offer.Partner, (offer.Availability, offer.Notice), offer.ServesOnHolidays);
        if (!shared.TryGetValue(key, out var starts))
        {
            shared[key] = starts = [.. SlotSearch.All(offer.Availability, query.Window, query.Duration, now + offer.Notice.ToTimeSpan()).Select(slot => slot.Start)];
        }

        return closed.IsEmpty && partner.Away.IsEmpty && !query.RequiresCertificate && hint is not { Full.IsEmpty: false } && starts.Length <= MostStarts
            ? starts
            : [.. starts.Where(start => Serves(TimeWindow.From(start, query.Duration))).Take(MostStarts)];

        bool Serves(TimeWindow slot) =>
            !partner.IsAway(slot)
            && closed.Closes(slot, servesOnHolidays) is null
            && !(hint?.Full.Any(full => full.Overlaps(slot)) ?? false)
            && (!query.RequiresCertificate || partner.Holds(query.Skill, query.MinLevel, slot.End));
    }

    private static bool IsAskedFor(RingQuery query, in OfferRow offer) =>
        (query.Only is not { } only || offer.Id == only) && (query.OnlyPartner is not { } partner || offer.PartnerId == partner);

    /// <param name="home">The demand's own community, where it is of this street.</param>
    private static bool InRing(int ring, int? home, int community) => ring switch
    {
        0 => community == home,
        1 => community != home,
        _ => true,
    };

    /// <summary>
    /// The ranking as one number, lower is better, from the high bits down: ring, busy by hint, fee mode in the
    /// demand's order, minutes served this quarter and booked (fairness), level above what is needed, stars.
    /// </summary>
    private static long Rank(RingQuery query, in OfferRow offer, BusyHint? hint, DateTimeOffset now)
    {
        var busy = hint is not null && hint.Full.Any(full => full.Contains(query.Window)) ? 1L : 0L;
        var load = Math.Min(StreetHints.Served(offer, hint, Quarter.Of(now)).Value + (hint?.Booked.Value ?? 0), (1 << 20) - 1);
        return ((long)query.Ring << 48)
            | (busy << 47)
            | ((long)query.FeeModes.IndexOf(offer.FeeMode) << 44)
            | (load << 20)
            | ((long)(offer.Level - query.MinLevel) << 16)
            | (uint)(500 - offer.CentiStars);
    }

    /// <summary>For each single change, how many candidates it adds: those that fail nothing else.</summary>
    private static ImmutableArray<Cure> Cures(
        StreetId street, RingQuery query, List<(CandidateReason Reason, OfferRow Offer)> nearMisses, ClosedTimes closed, DateTimeOffset now)
    {
        IEnumerable<OfferRow> Failing(CandidateReason reason) => nearMisses.Where(miss => miss.Reason == reason).Select(miss => miss.Offer);

        // A lower level or a later end also admits those who need less, so these counts add up on the way.
        var wider = new SlotSearch(query.Window with { End = query.Window.End.AddDays(CureHorizonDays) }, query.Duration, now, closed);
        var ends = nearMisses
            .Where(miss => miss.Reason is CandidateReason.NotAvailable or CandidateReason.NoticeTooShort or CandidateReason.HomeHours or CandidateReason.Holiday)
            .Select(miss => (miss.Offer.Partner, wider.First(miss.Offer, now + miss.Offer.Notice.ToTimeSpan())?.End))
            .Where(found => found.End is { } end && (!query.RequiresCertificate || found.Partner.Holds(query.Skill, query.MinLevel, end)))
            .Select(found => found.End!.Value);
        Cure[] cures =
        [
            new(CureKind.OpenTreaty, Failing(CandidateReason.NoTreaty).Count(), Street: street),
            new(CureKind.ExtendTreaty, NotLent.Sum(reason => Failing(reason).Count()), Street: street),
            new(CureKind.ApproveLoan, Failing(CandidateReason.AwaitsApproval).Count(), Street: street),
            new(CureKind.AskOthers, Failing(CandidateReason.OtherPeople).Count()),
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
}
