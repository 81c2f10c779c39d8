using System.Numerics;
using Pool.Streets;
using Pool.Treaties;
using Pool.Values;

namespace Pool.Matching;

/// <summary>The hard filters of one search: an offer passes all of them, or has the reasons why not.</summary>
/// <param name="loans">What the street lends to the demand's.</param>
/// <param name="asked">Partners who were asked for the demand before.</param>
/// <param name="people">The only partners whom the demand wants; none: anybody.</param>
internal sealed class Filter(RingQuery query, SlotSearch slots, Loans loans, HashSet<PartnerId> asked, HashSet<PartnerId> people, DateTimeOffset now)
{
    /// <summary>Every filter that the offer fails, in the order of the reasons.</summary>
    /// <param name="onTrial">Whether the partner is a newcomer, by its street's policy.</param>
    public Reasons Unfit(in OfferRow offer, bool onTrial)
    {
        var reasons = new Reasons();
        Unless(!offer.Suspended, CandidateReason.Suspended);
        Unless(offer.Reach >= query.Ring, CandidateReason.OutOfReach);
        Unless(offer.Level >= query.MinLevel, CandidateReason.LevelTooLow);
        var byHours = slots.First(offer, now, whileClosed: true);
        var slot = byHours is null ? null : slots.First(offer, now);
        // The certificate is asked for the level that the offer has: one that is too low fails the level alone.
        Unless(
            !query.RequiresCertificate || offer.Partner.Holds(query.Skill, Math.Min(query.MinLevel, offer.Level), slot?.End ?? query.Window.End),
            CandidateReason.CertificateNotValid);
        Unless(query.FeeModes.Contains(offer.FeeMode), CandidateReason.FeeModeNotAccepted);
        Unless(byHours is not null, CandidateReason.NotAvailable);
        if (byHours is { } closed && slot is null)
        {
            reasons = reasons.And(slots.WhyClosed(offer, closed));
        }

        Unless(
            slot is null || offer.Notice == Minutes.Zero || slots.First(offer, now + offer.Notice.ToTimeSpan()) is not null,
            CandidateReason.NoticeTooShort);
        Unless(asked.Count == 0 || !asked.Contains(offer.PartnerId), CandidateReason.AskedBefore);
        Unless(!onTrial || query.Ring == 0 || query.IsMentored, CandidateReason.OnTrial);
        Unless(people.Count == 0 || people.Contains(offer.PartnerId), CandidateReason.OtherPeople);
        return loans.WhyNot(offer) is { } notLent ? reasons.And(notLent) : reasons;

        void Unless(bool passes, CandidateReason reason)
        {
            if (!passes)
            {
                reasons = reasons.And(reason);
            }
        }
    }
}

/// <summary>The filters that an offer fails, as bits at the reasons' numbers: their order is the reasons' order.</summary>
internal readonly record struct Reasons(ulong Bits)
{
    /// <summary>One more than the last reason's number.</summary>
    public static int Count { get; } = (int)Enum.GetValues<CandidateReason>().Max() + 1;

    public bool None => Bits == 0;

    public bool One => BitOperations.IsPow2(Bits);

    public CandidateReason First => (CandidateReason)BitOperations.TrailingZeroCount(Bits);

    public Reasons And(CandidateReason reason) => new(Bits | (1UL << (int)reason));
}

/// <summary>Why partners of a street are not lent to a demand, as far as the street knows without being asked for the loan.</summary>
internal sealed class Loans
{
    private readonly CandidateReason? _nobody;
    private readonly Dictionary<PartnerId, bool?> _answers;
    private readonly bool _isAsked;

    public Loans(Street street, StreetHints hints, RingQuery query, DateTimeOffset now)
    {
        var (borrower, needsApproval) = (query.Home.Street, street.Profile!.TreatyWith(query.Home.Street) is { Terms.NeedsApproval: true });
        _nobody = TreatyRules.Unlent(Lending.Of(street, borrower, hints.LentBack.GetValueOrDefault(borrower), now), query.Skill, query.Duration);
        _answers = needsApproval && query.Demand is { } asking
            ? street.Loans.RequestsOf(asking, now).GroupBy(request => request.Offer.Partner).ToDictionary(requests => requests.Key, requests => requests.Last().Approved)
            : [];
        _isAsked = needsApproval && query.Demand is { } demand && street.Loans.Unanswered(demand, now).Sum(request => request.People) >= Math.Max(1, query.Wanted);
    }

    public CandidateReason? WhyNot(in OfferRow offer) =>
        _nobody is not null ? _nobody
        : _answers.Count > 0 && _answers.TryGetValue(offer.PartnerId, out var approved) ? approved switch
        {
            null => CandidateReason.AwaitsApproval,
            false => CandidateReason.LoanDeclined,
            true => null,
        }
        : _isAsked ? CandidateReason.AwaitsApproval
        : null;
}
