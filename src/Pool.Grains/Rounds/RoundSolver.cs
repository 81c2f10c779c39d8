using System.Diagnostics;

namespace Pool.Rounds;

/// <summary>
/// The best assignment of a round. A flow in which each stint holds as many services as its time may have room for is solved
/// first: no plan is better than it. Where these services find their time, it is the optimum. The parts of the problem where
/// some do not, because windows overlap, go to a constraint solver.
/// </summary>
public static class RoundSolver
{
    /// <param name="limit">How long the constraint solver may look; the plan's bound says how good is what it has by then.</param>
    /// <param name="processors">How many threads it may use. With one, the same problem has the same plan, if the limit is not met.</param>
    public static RoundPlan Solve(RoundProblem problem, TimeSpan limit, int processors)
    {
        var stints = Stint.Of(problem);
        var flow = FlowSolver.Solve(problem, stints);
        var bound = Cost(problem, Enumerable.Range(0, flow.Length).Where(option => flow[option] > 0).Select(option => new RoundPick(option, default, flow[option])));
        var timetable = Timetable.Of(problem, stints, flow);
        var tangles = Cost(problem, timetable.Picks) == bound ? [] : Tangle.Of(problem, stints, flow, timetable);
        var (size, left) = (tangles.Sum(tangle => (long)tangle.Options.Count), limit);
        foreach (var tangle in tangles)
        {
            var began = Stopwatch.GetTimestamp();
            bound += new TangleSolver(problem, stints, tangle, timetable, left * ((double)tangle.Options.Count / size), processors).Solve() - tangle.Bound;
            left -= Stopwatch.GetElapsedTime(began);
            size -= tangle.Options.Count;
            left = left < TimeSpan.Zero ? TimeSpan.Zero : left;
        }

        var picks = timetable.Picks;
        return new(picks, picks.Sum(pick => pick.People), Cost(problem, picks), bound);
    }

    private static long Cost(RoundProblem problem, IEnumerable<RoundPick> picks)
    {
        var chosen = picks.ToList();
        return chosen.Sum(pick => pick.People * problem.Options[pick.Option].Cost) + RoundCost.Open(problem, chosen);
    }
}
