using System.Collections.Immutable;
using Pool.Demands;
using Pool.Matching;
using Pool.Values;

namespace Pool.Rounds;

/// <summary>What a demand seeks in a round.</summary>
/// <param name="Seats">Seats that nobody is asked for.</param>
/// <param name="Reach">The farthest ring.</param>
/// <param name="Query">What it asks of the streets of a ring.</param>
[GenerateSerializer, Immutable, Alias("pool.RoundSeeker")]
public sealed record RoundSeeker(
    [property: Id(0)] DemandId Demand,
    [property: Id(1)] int Seats,
    [property: Id(2)] bool AllOrNone,
    [property: Id(3)] Urgency Urgency,
    [property: Id(4)] int Reach,
    [property: Id(5)] RingQuery Query);

/// <summary>A partner whom a round assigns.</summary>
/// <param name="Slot">When; where the calendar has no room then, another time within the window will do.</param>
/// <param name="People">For how many seats.</param>
[GenerateSerializer, Immutable, Alias("pool.RoundSeat")]
public sealed record RoundSeat([property: Id(0)] Candidate Candidate, [property: Id(1)] TimeWindow Slot, [property: Id(2)] int People);

/// <summary>What a round has for one demand.</summary>
/// <param name="Street">Whose round it is.</param>
/// <param name="Round">Its number.</param>
/// <param name="NextAt">When the next one begins.</param>
/// <param name="Searches">What was found, ring by ring; empty where the demand was told before in this round.</param>
[GenerateSerializer, Immutable, Alias("pool.RoundTurn")]
public sealed record RoundTurn(
    [property: Id(0)] StreetId Street,
    [property: Id(1)] int Round,
    [property: Id(2)] DateTimeOffset NextAt,
    [property: Id(3)] ImmutableArray<RingSearched> Searches,
    [property: Id(4)] ImmutableArray<RoundSeat> Seats);

/// <summary>What became of a turn.</summary>
/// <param name="Proposed">Who was proposed: when, and for how many seats.</param>
/// <param name="Refused">Offers that could not be proposed.</param>
/// <param name="Waits">Whether seats are left that nobody is asked for.</param>
[GenerateSerializer, Immutable, Alias("pool.RoundTaken")]
public sealed record RoundTaken(
    [property: Id(0)] ImmutableArray<RoundSeat> Proposed, [property: Id(1)] ImmutableArray<OfferId> Refused, [property: Id(2)] bool Waits);
