using System.Collections.Immutable;
using Pool.Matching;

namespace Pool.Demands;

/// <summary>Who has a seat, who is asked for one, and who may have one.</summary>
public sealed partial record Demand
{
    /// <summary>Seats with an assignment that was not released.</summary>
    public int SeatsAccepted => Proposals.Aggregate(0, (seats, proposal) => seats + (proposal.TakesSeats ? proposal.Seats.Length : 0));

    /// <summary>Seats that nobody has accepted; 0 once the demand is closed.</summary>
    public int OpenSeats => ClosedAt is null ? Terms.Seats - SeatsAccepted : 0;

    /// <summary>For how many seats the next partner is to be asked now; 0 while answers are waited for.</summary>
    public int SeatsToAsk => Terms.Mode switch
    {
        DispatchMode.Broadcast => Proposals.Aggregate(0, (asked, proposal) => asked + (proposal.IsForOpenSeats ? 1 : 0)) < Terms.AskAtOnce ? OpenSeats : 0,
        DispatchMode.Sequential or DispatchMode.Round => SeatsUnasked,
        DispatchMode.Claim => Waiting.IsEmpty ? 0 : SeatsUnasked,
    };

    /// <summary>Seats that a partner who comes forward may have: those who wait for one come first.</summary>
    public int SeatsToClaim => Waiting.IsEmpty ? SeatsUnasked : 0;

    /// <summary>Open seats for which nobody is asked yet.</summary>
    public int SeatsUnasked => Math.Max(0, OpenSeats - Proposals.Aggregate(0, (people, proposal) => people + (proposal.IsForOpenSeats ? proposal.People : 0)));

    /// <summary>Whom the next open seat is offered to, the best first: those who wait for one, else those whom the search found.</summary>
    public ImmutableArray<Candidate> Candidates => Waiting.IsEmpty ? Search.Queue : Waiting;

    /// <summary>Proposals that can come to nothing any more: every seat is taken, or those that were to be handed over are not.</summary>
    public IEnumerable<Proposal> Moot => Proposals.Where(IsMoot);

    public bool HasMoot => Proposals.Any(IsMoot);

    public IEnumerable<Proposal> Pending => Proposals.Where(proposal => proposal.IsPending);

    /// <summary>The lowest seats that nobody has, at most so many.</summary>
    public ImmutableArray<int> FreeSeats(int most)
    {
        var taken = Proposals.Where(proposal => proposal.TakesSeats).SelectMany(proposal => proposal.Seats).ToHashSet();
        return [.. Enumerable.Range(1, Terms.Seats).Where(seat => !taken.Contains(seat)).Take(most)];
    }

    /// <summary>Whether somebody who is no newcomer has a seat, so that newcomers may come along.</summary>
    public bool IsMentored => Proposals.Any(proposal => proposal is { TakesSeats: true, Candidate.OnTrial: false });

    private bool IsMoot(Proposal proposal) => proposal.IsPending
        && (proposal.Replaces is { } replaced ? Proposal(replaced).Assignment is not { IsAhead: true } : OpenSeats == 0);
}
