using System.Collections.Immutable;
using Pool.Actors;
using Pool.EventSourcing;
using Pool.Values;

namespace Pool.JointTransfers;

/// <summary>A transfer between streets, by the id of the request that asked for it.</summary>
[Alias("pool.IJointTransferGrain")]
public interface IJointTransferGrain : IActorGrain
{
    /// <summary>Carries out what nobody but the giver need agree to; the answer leaves when every ledger has its entry, or one would not hold its part.</summary>
    [Alias("Order")]
    Task<Answer<JointTransfer>> Order(ImmutableArray<Leg> legs, Command command);

    /// <summary>Proposes to the other streets how to clear what is owed.</summary>
    [Alias("Propose")]
    Task<Answer<JointTransfer>> Propose(Clearing clearing, StreetId by, Command command);

    /// <summary>A street agrees; with the last of them the clearing is carried out before the answer leaves.</summary>
    [Alias("Agree")]
    Task<Answer<JointTransfer>> Agree(StreetId street, Command command);

    [Alias("Reject")]
    Task<Answer<JointTransfer>> Reject(StreetId street, string why, Command command);

    [Alias("Get")]
    Task<Answer<JointTransfer>> Get(StreetId street);
}
