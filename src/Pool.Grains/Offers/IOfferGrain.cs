using Pool.Actors;
using Pool.EventSourcing;
using Pool.Partners;

namespace Pool.Offers;

[Alias("pool.IOfferGrain")]
public interface IOfferGrain : IActorGrain
{
    [Alias("Make")]
    Task<Answer<Offer>> Make(OfferTerms terms, Command command);

    [Alias("Change")]
    Task<Answer<Offer>> Change(OfferPatch patch, Command command);

    [Alias("Withdraw")]
    Task<Answer<Offer>> Withdraw(Command command);

    [Alias("Get")]
    Task<Answer<Offer>> Get();

    /// <summary>Asks the partner's calendar for a hold under this offer's terms.</summary>
    /// <param name="footing">What the call rests on; null where that is durable.</param>
    [Alias("TryHold")]
    Task<HoldOutcome> TryHold(HoldRequest request, Footing? footing = null);

    /// <summary>What the calendar would answer now; nothing is held.</summary>
    [Alias("WouldHold")]
    Task<HoldOutcome> WouldHold(HoldRequest request);
}
