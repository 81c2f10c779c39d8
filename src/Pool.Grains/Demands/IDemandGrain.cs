using System.Collections.Immutable;
using Pool.Actors;
using Pool.EventSourcing;
using Pool.Rounds;
using Pool.Values;

namespace Pool.Demands;

[Alias("pool.IDemandGrain")]
public interface IDemandGrain : IActorGrain
{
    /// <summary>The answer that posting this demand got; its community asks when the stream has begun before.</summary>
    [Alias("RecallPosting")]
    Task<Answer<Demand>> RecallPosting(Command command);

    /// <summary>A street knows somebody for this demand, which waits: it searches at once, and not only when its pause is over.</summary>
    /// <returns>Whether somebody was proposed.</returns>
    [Alias("LookNow")]
    Task<bool> LookNow();

    /// <summary>What would happen if this demand were posted now; nothing is written, and nobody's time is held.</summary>
    [Alias("Preview"), ResponseTimeout(Patience.ForLongVerbs)]
    Task<DemandPreview> Preview(CommunityId home, DemandTerms terms, bool requiresCertificate, ImmutableArray<PartnerId> people);

    /// <summary>What the demand seeks in a round; null where it seeks nobody, or not by a round.</summary>
    [Alias("Seek")]
    Task<RoundSeeker?> Seek();

    /// <summary>A round has looked for partners, and may have assigned some: their time is held, and they are proposed.</summary>
    [Alias("TakeTurn"), ResponseTimeout(Patience.ForLongVerbs)]
    Task<RoundTaken> TakeTurn(RoundTurn turn);

    [Alias("Get")]
    Task<Answer<Demand>> Get();

    [Alias("Explain")]
    Task<Answer<Explanation>> Explain();

    [Alias("Change")]
    Task<Answer<Demand>> Change(DemandPatch patch, Command command);

    [Alias("Cancel")]
    Task<Answer<Demand>> Cancel(CommunityId community, string why, Command command);

    [Alias("Accept")]
    Task<Answer<Demand>> Accept(int number, RegisteredPartner partner, Command command);

    /// <summary>The partner takes seats of a published demand, or waits for one.</summary>
    [Alias("Claim")]
    Task<Answer<Demand>> Claim(OfferId offer, CommunityId community, int people, bool wait, Command command);

    /// <summary>The partner's seats are proposed to another partner.</summary>
    [Alias("Swap")]
    Task<Answer<Demand>> Swap(int number, RegisteredPartner partner, OfferId successor, CommunityId community, Command command);

    /// <summary>The proposed or assigned partner was suspended, or is not lent any more: what has not begun is released, and somebody else is found.</summary>
    [Alias("Revoke")]
    Task Revoke(int number, PartnerId partner, ReleaseReason why);

    [Alias("Decline")]
    Task<Answer<Demand>> Decline(int number, RegisteredPartner partner, DeclineReason why, string note, Command command);

    [Alias("Start")]
    Task<Answer<Demand>> Start(int number, RegisteredPartner partner, Command command);

    [Alias("Complete")]
    Task<Answer<Demand>> Complete(int number, RegisteredPartner partner, Minutes served, Command command);

    [Alias("Confirm")]
    Task<Answer<Demand>> Confirm(int number, CommunityId community, Minutes served, Command command);

    [Alias("Dispute")]
    Task<Answer<Demand>> Dispute(int number, CommunityId community, string note, Command command);

    [Alias("Resolve")]
    Task<Answer<Demand>> Resolve(int number, Minutes agreed, string note, Command command);

    /// <summary>Corrects what was settled; the answer leaves when ledgers and records have it.</summary>
    [Alias("Correct")]
    Task<Answer<Demand>> Correct(int number, Minutes agreed, string note, Command command);

    [Alias("Rate")]
    Task<Answer<Demand>> Rate(int number, CommunityId community, int stars, string comment, Command command);

    [Alias("GiveBack")]
    Task<Answer<Demand>> GiveBack(int number, RegisteredPartner partner, string note, Command command);

    /// <summary>Reported by the partner against the community, or by the community against the partner: one of the two is given.</summary>
    [Alias("NoShow")]
    Task<Answer<Demand>> NoShow(int number, RegisteredPartner? partner, CommunityId? community, string note, Command command);
}
