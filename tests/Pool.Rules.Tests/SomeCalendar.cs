using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>A partner's calendar as tests fill it: holds of one demand, for one hour.</summary>
internal static class SomeCalendar
{
    public static readonly DateTimeOffset Now = Some.Now;

    public static readonly DateTimeOffset Expiry = Now.AddMinutes(15);

    public static readonly OfferTerms Advice = Some.Offer(Some.Partner);

    /// <summary>A window with room for one service alone.</summary>
    public static readonly TimeWindow Tight = TimeWindow.From(Now.AddHours(2), Some.Hour);

    public static HoldId Hold(int number) => new(Some.Demand, number);

    public static HoldRequest Ask(int number) => new(Hold(number), Tight, Some.Hour, Expiry, false, 2, Some.Skill, FeeMode.Volunteer, 0, 1);

    public static CandidateReason? Refused(Partner partner, OfferTerms offer, HoldRequest request, DateTimeOffset? now = null)
    {
        var (decision, outcome) = PartnerRules.TryHold(partner, offer, request, now ?? Now);
        Assert.Null(outcome.Slot);
        Assert.Equal("-", decision.Told());
        return outcome.Reason;
    }

    public static Partner Held(Partner partner, int number, OfferTerms offer)
    {
        var (decision, outcome) = PartnerRules.TryHold(partner, offer, Ask(number), Now);
        Assert.Equal(Tight, outcome.Slot);
        return partner.After(decision);
    }
}
