using System.Collections.Immutable;
using Orleans.Concurrency;
using Pool.Actors;
using Pool.EventSourcing;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;

namespace Pool.Streets;

[Alias("pool.IStreetGrain")]
public interface IStreetGrain : IActorGrain
{
    [Alias("Open")]
    Task<Answer<StreetProfile>> Open(string name, ImmutableArray<StreetId> neighbours, DispatchPolicy policy, ImmutableArray<DateOnly> holidays, Command command);

    [Alias("Change")]
    Task<Answer<StreetProfile>> Change(StreetPatch patch, Command command);

    [Alias("Get")]
    Task<Answer<StreetProfile>> Get();

    /// <summary>Everything that this street knows but its loans, for a rehearsal; null where nobody has opened it.</summary>
    [Alias("Whole")]
    Task<Street?> Whole();

    /// <summary>The best candidates of one ring, with every refusal's reason.</summary>
    [Alias("Search")]
    Task<StreetFindings> Search(RingQuery query);

    /// <summary>The same, and every offer that fits, for a round.</summary>
    [Alias("Supply")]
    Task<StreetSupply> Supply(RingQuery query);

    /// <summary>How evenly the work of a skill lies on the street's partners.</summary>
    [Alias("Fairness")]
    Task<Fairness> Fairness(SkillCode skill);

    /// <summary>Who of the street can serve in a skill.</summary>
    /// <param name="horizon">How far ahead ending certificates are named.</param>
    [Alias("Cover")]
    Task<SkillCover> Cover(SkillCode skill, bool requiresCertificate, TimeSpan horizon);

    /// <summary>Where a skill may come to lack somebody.</summary>
    /// <param name="days">How far ahead, and how far back, is looked: 1 to 366.</param>
    [Alias("ForecastGaps"), ResponseTimeout(Patience.ForLongVerbs)]
    Task<Answer<GapForecast>> ForecastGaps(SkillCode skill, int days);

    /// <summary>Takes a demand that found nobody into the queue; it is called as soon as somebody may serve it.</summary>
    [Alias("Await"), OneWay]
    Task Await(WaitingDemand demand);

    /// <summary>Takes a partner's facts into the index; older ones change nothing.</summary>
    [Alias("Publish")]
    Task Publish(PartnerFacts facts);

    /// <summary>Takes an offer into the index; an older revision changes nothing.</summary>
    [Alias("List")]
    Task List(OfferTerms terms, long revision);

    /// <summary>Takes an offer out of the index.</summary>
    [Alias("Unlist")]
    Task Unlist(OfferId offer, long revision);

    /// <summary>Notes when a partner is full; kept in memory alone.</summary>
    [Alias("Hint"), OneWay]
    Task Hint(PartnerId partner, BusyHint hint);
}
