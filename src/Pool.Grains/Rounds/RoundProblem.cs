using System.Collections.Immutable;
using Pool.Demands;
using Pool.Matching;
using Pool.Values;

namespace Pool.Rounds;

/// <summary>What one demand seeks in a round.</summary>
/// <param name="Seats">How many seats nobody is asked for, 1 to 1,000.</param>
/// <param name="AllOrNone">Whether its seats are all assigned, at one slot, or none is.</param>
public sealed record SoughtSeats(int Seats, Minutes Duration, Urgency Urgency, bool AllOrNone);

/// <summary>A partner who may serve a demand.</summary>
/// <param name="Demand">The demand's place in the problem.</param>
/// <param name="Partner">The partner's place in the problem.</param>
/// <param name="Offer">What the street found.</param>
/// <param name="People">For how many seats the partner may come at the most, at least 1.</param>
/// <param name="Cost">See <see cref="RoundCost"/>.</param>
/// <param name="Starts">When the service may begin, in order; at least one.</param>
public sealed record RoundOption(int Demand, int Partner, Candidate Offer, int People, long Cost, ImmutableArray<DateTimeOffset> Starts);

/// <summary>What a round is to assign: each option at most once, no partner to more seats at a time than it has people.</summary>
/// <param name="People">Of each partner: how many people it has.</param>
public sealed record RoundProblem(ImmutableArray<SoughtSeats> Demands, ImmutableArray<int> People, ImmutableArray<RoundOption> Options)
{
    /// <summary>All seats that are sought.</summary>
    public int Seats { get; } = Demands.Sum(demand => demand.Seats);
}

/// <summary>A partner assigned to seats of a demand.</summary>
/// <param name="Option">The option's place in the problem.</param>
public readonly record struct RoundPick(int Option, TimeWindow Slot, int People);

/// <summary>What a round assigns.</summary>
/// <param name="Seats">How many seats.</param>
/// <param name="Cost">Of the picks, and of the seats left open.</param>
/// <param name="Bound">No plan costs less.</param>
public sealed record RoundPlan(ImmutableArray<RoundPick> Picks, int Seats, long Cost, long Bound);

/// <summary>
/// The objective of a round: first the least weight of seats left open, where a routine seat weighs 4, an urgent one 5 and
/// an emergency 6; then the least sum of what each assigned seat costs, which is the ranking of the search made additive.
/// </summary>
public static class RoundCost
{
    /// <summary>What one seat costs is less.</summary>
    private const long Highest = 1L << 25;

    /// <summary>Beyond so many seats an open one does not weigh more: sums stay within 64 bits.</summary>
    private const int MostSeats = 1 << 14;

    /// <summary>
    /// What a seat costs with a candidate, from its rank: 1 for 64 hundredths of a star that lack, 8 a level above what is
    /// needed, 64 a quarter of an hour served or booked this quarter, 2^20 a place in the demand's order of fee modes, 2^22 a
    /// ring, and 2^24 where the street believes that the partner has no room.
    /// </summary>
    public static long Of(long rank)
    {
        var (ring, busy, fee) = (rank >> 48, (rank >> 47) & 1, (rank >> 44) & 7);
        var (load, surplus, lacking) = ((rank >> 20) & 0xFFFFFF, (rank >> 16) & 15, rank & 0xFFFF);
        return (busy << 24) + (Math.Min(ring, 3) << 22) + (Math.Min(fee, 2) << 20) + (Math.Min(load / 15, 16_383) << 6)
            + (Math.Min(surplus, 4) << 3) + Math.Min(lacking / 64, 7);
    }

    /// <summary>What a weight of 1 costs: more than all assigned seats together.</summary>
    /// <param name="seats">All seats of the problem.</param>
    public static long OfWeight(int seats) => Highest * (Math.Min(seats, MostSeats) + 1L);

    /// <summary>How much an open seat weighs.</summary>
    public static int Weight(Urgency urgency) => urgency switch
    {
        Urgency.Routine => 4,
        Urgency.Urgent => 5,
        Urgency.Emergency => 6,
    };

    /// <summary>What the seats cost that picks leave open.</summary>
    public static long Open(RoundProblem problem, IEnumerable<RoundPick> picks)
    {
        var open = problem.Demands.Select(demand => demand.Seats).ToArray();
        foreach (var pick in picks)
        {
            open[problem.Options[pick.Option].Demand] -= pick.People;
        }

        return OfWeight(problem.Seats) * open.Select((left, demand) => (long)left * Weight(problem.Demands[demand].Urgency)).Sum();
    }
}
