using System.Collections.Immutable;
using Pool.Matching;
using Pool.Values;

namespace Pool.Demands;

/// <summary>What a demand still owes the world; every step is idempotent at its target.</summary>
public abstract record DemandStep;

/// <summary>Give the partner's calendar its time back.</summary>
public sealed record ReturnHold(Proposal Proposal) : DemandStep;

/// <summary>Have ledgers hold the price, and make the accepted hold a booking.</summary>
public sealed record ConfirmHold(Proposal Proposal) : DemandStep;

/// <summary>Have ledgers post what the agreed minutes cost, and write them into the partner's record.</summary>
public sealed record Settle(Proposal Proposal) : DemandStep;

/// <summary>Have ledgers undo what they posted and post what is right, and correct the partner's record.</summary>
public sealed record Correct(Proposal Proposal) : DemandStep;

/// <summary>Write the rating into the partner's record.</summary>
public sealed record RecordRating(Proposal Proposal) : DemandStep;

/// <summary>Tell partners who need not answer any more.</summary>
public sealed record WithdrawMoot : DemandStep;

/// <summary>Ask the streets of a ring for candidates.</summary>
public sealed record SearchRing(int Ring, ImmutableArray<StreetId> Streets) : DemandStep;

/// <summary>Hold the first candidate whose calendar has room, and propose an open seat.</summary>
public sealed record HoldBest(int Number, ImmutableArray<Candidate> Candidates) : DemandStep;

/// <summary>Ask for a place in the next round.</summary>
public sealed record JoinRound : DemandStep;

/// <summary>Every ring was searched: wait in the queue.</summary>
public sealed record EnterQueue : DemandStep;

/// <summary>The wait is over: look whether a search finds anything new.</summary>
public sealed record LookAgain : DemandStep;
