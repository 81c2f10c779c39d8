using Pool.Actors;
using Pool.Demands;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Streets;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>Ordinary values, so that a test names only what it is about.</summary>
internal static class Some
{
    /// <summary>Monday 2026-11-23, 09:00 in Shanghai.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 1, 0, 0, TimeSpan.Zero);

    public static readonly StreetId Street = StreetId.Parse("330109002");

    public static readonly StreetId OtherStreet = StreetId.Parse("330109003");

    public static readonly CommunityId Home = CommunityId.Parse("330109002037");

    public static readonly CommunityId Neighbour = CommunityId.Parse("330109002038");

    public static readonly CommunityId Abroad = CommunityId.Parse("330109003001");

    public static readonly SkillCode Skill = SkillCode.Parse("legal-advice");

    public static readonly DemandId Demand = DemandId.Parse("6f1c0a5e-0b52-4a6e-9a3d-0c8f5a3e7d10");

    public static readonly PartnerId Partner = PartnerId.Parse("lawyer-li");

    public static readonly PartnerId Stranger = PartnerId.Parse("plumber-wang");

    public static readonly RegisteredPartner Asked = new(Home, Partner);

    public static readonly RegisteredPartner Unasked = new(Home, Stranger);

    /// <summary>From two hours after <see cref="Now"/>, for eight hours.</summary>
    public static readonly TimeWindow Window = new(Now.AddHours(2), Now.AddHours(10));

    public static readonly Minutes Hour = Minutes.FromHours(1);

    public static DemandTerms Terms(int seats = 1, int reach = 1) =>
        new("Advice on a will", "", Skill, 2, seats, Window, Hour, [FeeMode.Volunteer, FeeMode.TimeCredit], reach, false);

    /// <summary>Posts where the community exists and the catalogue knows the skill.</summary>
    public static Decision<DemandEvent> Post(DemandTerms terms, bool skillRequiresCertificate = false) => DemandRules.Post(
        Demand, Home, terms, Answer<Skills.Skill>.Of(new(Skill, "法律咨询", "Legal advice", "law", 100, skillRequiresCertificate)), null, null, null, Now);

    public static OfferTerms Offer(PartnerId partner, string name = "advice") =>
        new(new(partner, name), Skill, 3, WeeklyHours.Always, Clock.DefaultZone, 1, FeeMode.Volunteer, 3, Minutes.Zero);

    public static Candidate Candidate(PartnerId partner, long rank = 0) =>
        new(new(partner, "advice"), Home, 0, 3, FeeMode.Volunteer, rank);

    public static StreetFindings Findings(params Candidate[] candidates) =>
        new(Street, [.. candidates], 0, [], [], [OtherStreet], DispatchPolicy.Default);

    public static PartnerProfile Profile(int capacity = 1) =>
        new("Li", capacity == 1 ? PartnerKind.Person : PartnerKind.Team, Circle.Service, PartnerMode.PublicBenefit, capacity);

    public static Partner Registered(int capacity = 1) =>
        Partners.Partner.Empty.Evolve(new PartnerRegistered(Now, Partner, Home, Profile(capacity)));

    public static Demand Posted(int seats = 1, int reach = 1) =>
        Demands.Demand.Empty.Evolve(new DemandPosted(Now, Demand, Home, Terms(seats, reach), false));

    /// <summary>A demand of one seat with proposal 1 to <see cref="Partner"/>, open for 15 minutes.</summary>
    public static Demand Proposed() => Posted().After(
        new RingSearched(Now, 0, [Findings(Candidate(Partner))]),
        new ProposalMade(Now, 1, Candidate(Partner), TimeWindow.From(Window.Start, Hour), Now.AddMinutes(15), []));

    public static HoldOutcome Held(TimeWindow slot, DateTimeOffset acceptUntil, int people) => HoldOutcome.Held(slot, acceptUntil, people, Now);

    public static Demand After(this Demand demand, params DemandEvent[] happened) =>
        happened.Aggregate(demand, (state, next) => state.Evolve(next));

    public static Demand After(this Demand demand, Decision<DemandEvent> decision)
    {
        Assert.Null(decision.Refusal);
        return demand.After([.. decision.Events]);
    }

    public static Partner After(this Partner partner, Decision<PartnerEvent> decision)
    {
        Assert.Null(decision.Refusal);
        return decision.Events.Aggregate(partner, (state, next) => state.Evolve(next));
    }

    /// <summary>What a decision is, as a table writes it: a reason's name, or the events' names with a plus each; a minus for nothing.</summary>
    public static string Told<TEvent>(this Decision<TEvent> decision) => decision.Refusal is { } refusal
        ? refusal.Reason.ToString()
        : decision.Events.IsEmpty ? "-" : string.Concat(decision.Events.Select(happened => $"+{happened!.GetType().Name}"));
}
